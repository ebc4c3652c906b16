"""Changes: when a feed, and anything public, last really changed, and what was withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from aggregator.catalogue.choosing import public
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import entries, feeds, memberships, names
from aggregator.entry.keys import moment_of
from aggregator.entry.names import Kind


@dataclass(frozen=True, slots=True)
class Retraction:
    """An entry that was public and is no more: its identity, when it was withdrawn, and in which generation."""

    identity: str
    when: datetime
    revision: int


# More would make a document that is mostly about what is no more: each takes 130 bytes, so these take a third of what 50 articles do, and a
# source of 20,000 that is given up 2.6 MB, at every poll for 90 days.
MOST_RETRACTIONS = 250

_MEMBERS_OF_FEED = select(memberships.c.key).where(
    memberships.c.feed == bindparam("feed"), memberships.c.key == entries.c.key
)
# Written so that SQLite begins with what was withdrawn: a join begins with all that the feed ever held. Put together once: that takes as
# long as to run it.
_RETRACTIONS = (
    select(entries.c.identity, entries.c.withdrawn_at, entries.c.revision)
    .where(entries.c.withdrawn_at.is_not(None), _MEMBERS_OF_FEED.exists())
    .order_by(entries.c.withdrawn_at.desc(), entries.c.published.desc(), entries.c.key)
    .limit(MOST_RETRACTIONS)
)
# Asked for each document that is made.
_FEED_CHANGED = Ready(select(feeds.c.changed).where(feeds.c.path == bindparam("path")))
_NAME_CHANGED = Ready(
    select(names.c.changed).where(names.c.kind == bindparam("kind"), names.c.slug == bindparam("slug"))
)
_KINDS = frozenset(map(str, Kind))


def retractions(connection: Connection, feed: int) -> tuple[Retraction, ...]:
    """Give what the feed of this key held and was withdrawn, and is still remembered, the latest first, and of those the newest articles.

    The first MOST_RETRACTIONS: who polls before so many were withdrawn, or holds the newest articles alone, is told of all that it holds.
    """
    rows = connection.execute(_RETRACTIONS, {"feed": feed})
    return tuple(Retraction(row.identity, row.withdrawn_at, row.revision) for row in rows)


def feed_changed(connection: Connection, path: str) -> datetime | None:
    """Give when what the feed at `path` shows last changed, None where it did not since the first load."""
    kind, _, slug = path.strip("/").partition("/")
    if kind in _KINDS:
        rows = _NAME_CHANGED.rows(connection, kind=kind, slug=slug)
    else:
        rows = _FEED_CHANGED.rows(connection, path=path)
    moment = rows[0][0] if rows else None
    return None if moment is None else moment_of(moment)


def newest_change(connection: Connection) -> datetime | None:
    """Give when the public article that was updated last was, None where there is none."""
    newest = select(func.max(entries.c.updated, type_=entries.c.updated.type)).where(public())
    moment: datetime | None = connection.execute(newest).scalar_one()
    return moment


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    """Give the latest of the times that there are, None where there is none."""
    return max((moment for moment in moments if moment is not None), default=None)
