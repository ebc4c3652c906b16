"""Showing: which entries a feed shows, and each of its archives, in the feed's order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.catalogue.choosing import CHOSEN, Chosen, first_rows, public, rows_of
from aggregator.catalogue.criteria import ordering
from aggregator.catalogue.history import archive_end, feed_key, members_between, open_members
from aggregator.catalogue.rankings import shown_by
from aggregator.catalogue.tables import entries
from feeds.definition import FeedDefinition
from feeds.stories import window_of


def shown_in(
    connection: Connection, definition: FeedDefinition, as_of: datetime, archives: int
) -> Sequence[Chosen]:
    """Give what a feed shows, or looks at to fold it: as many as its limit says, and among them all that no closed archive holds.

    So whoever reads the feed and then walks its archives misses nothing, an article that came late included.

    archives  how many closed archives the feed has
    """
    decided = () if definition.fold else shown_by(connection, definition)
    if decided:
        return _entries(connection, decided, definition)
    shown = first_rows(connection, window_of(definition) if definition.fold else definition, as_of)
    if not archives:
        return shown
    feed = feed_key(definition)
    fresh_keys = {key for _, key in open_members(connection, feed, archive_end(connection, feed, archives))}
    missing = fresh_keys - {row.key for row in shown}
    if not missing:
        return shown
    late = _entries(connection, sorted(missing), definition)
    kept = [row for row in shown if row.key in fresh_keys]
    others = [row for row in shown if row.key not in fresh_keys]
    room = max(0, definition.limit - len(kept) - len(late))
    chosen = {row.key for row in (*kept, *late, *others[:room])}
    return _entries(connection, sorted(chosen), definition)[: definition.limit]


def archived_in(connection: Connection, definition: FeedDefinition, number: int) -> Sequence[Chosen]:
    """Give what a closed archive holds that is public still; nothing where it is not closed."""
    feed = feed_key(definition)
    end = archive_end(connection, feed, number)
    if end is None:
        return ()
    keys = members_between(connection, feed, archive_end(connection, feed, number - 1), end)
    return _entries(connection, keys, definition)


def _entries(connection: Connection, keys: Sequence[int], definition: FeedDefinition) -> Sequence[Chosen]:
    """Give the public ones of some entries in a feed's order."""
    statement = select(*CHOSEN).where(public(), entries.c.key.in_(keys))
    return rows_of(connection, statement.order_by(*ordering(definition.order)))
