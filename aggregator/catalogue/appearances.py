"""When each feed last changed for those who read it: what its document shows now is compared with what it showed.

So a file that is renamed, another mark, or an edit of an article that the feed does not show moves no date of the feed, and no reader
has to take it again.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.history import feed_key
from aggregator.catalogue.reading import Snapshot
from aggregator.catalogue.tables import feeds, names
from aggregator.entry.names import Kind, Listed, selection_of
from feeds.definition import FeedDefinition

# To compare one takes a millisecond or two. Where so many are concerned at once, such as by a first load, each counts as changed.
_MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed that may have changed, and the row in which its last change stands: of a name or of a configured feed."""

    definition: FeedDefinition
    name: int | None
    appearance: bytes | None


def note_changes(
    connection: Connection,
    configured: Sequence[FeedDefinition],
    touched: Collection[int],
    *,
    new: Collection[str],
    redefined: Collection[str],
    limit: int,
    now: datetime | None,
) -> None:
    """Note when feeds changed, after all else of the new generation is written.

    touched         the keys of the feeds that hold, or held, an entry that was written
    new, redefined  the paths of configured feeds that were not there before, or had another definition
    limit           how many entries an automatic feed shows
    now             when what changed did so, None: it is the first load, and nothing has changed yet
    """
    if len(touched) > _MOST_COMPARED:
        _note_all(connection, configured, touched, now)
        return
    snapshot = Snapshot(connection)
    for feed in (*_configured(connection, configured, touched), *_named(connection, touched, limit)):
        appearance = snapshot.appearance(feed.definition)
        path = feed.definition.path
        has_changed = path in redefined or (feed.appearance != appearance and path not in new)
        _write(connection, feed, {"appearance": appearance} | ({"changed": now} if has_changed else {}))


def _note_all(
    connection: Connection,
    configured: Sequence[FeedDefinition],
    touched: Collection[int],
    now: datetime | None,
) -> None:
    values = {"changed": now, "appearance": None}
    for batch in batches(sorted(touched)):
        connection.execute(names.update().where(names.c.key.in_(batch)).values(**values))
    paths = [definition.path for definition in configured if feed_key(definition) in touched]
    connection.execute(feeds.update().where(feeds.c.path.in_(paths)).values(**values))


def _configured(
    connection: Connection, configured: Sequence[FeedDefinition], touched: Collection[int]
) -> Iterator[_Feed]:
    known = {row.path: row.appearance for row in connection.execute(select(feeds))}
    for definition in configured:
        if feed_key(definition) in touched:
            yield _Feed(definition, None, known[definition.path])


def _named(connection: Connection, touched: Collection[int], limit: int) -> Iterator[_Feed]:
    for batch in batches(sorted(touched)):
        for row in connection.execute(select(names).where(names.c.key.in_(batch))).all():
            selection = selection_of(Kind(row.kind), row.folded)
            path = Listed.path_of(Kind(row.kind), row.slug)
            definition = FeedDefinition(path=path, title=row.name, selection=selection, limit=limit)
            yield _Feed(definition, row.key, row.appearance)


def _write(connection: Connection, feed: _Feed, values: dict[str, bytes | datetime | None]) -> None:
    if feed.name is not None:
        connection.execute(names.update().where(names.c.key == feed.name).values(**values))
    else:
        connection.execute(feeds.update().where(feeds.c.path == feed.definition.path).values(**values))
