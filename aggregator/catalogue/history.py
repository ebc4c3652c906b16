"""Which entries each feed holds, since when, and which of its archives are closed: what RFC 5005 and RFC 6721 build on.

An entry arrives in a feed once, in the generation that brought it there. An archive is a run of arrivals; once closed it never
gains an entry, so an article that comes late, whatever its date, is found by whoever walks back from the feed: it is in no archive
that anybody may have read before. For the same reason an entry that is edited leaves the archive that holds it, and arrives again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Tuple,
    and_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)

from aggregator.catalogue.batches import batches
from aggregator.catalogue.criteria import criteria
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import (
    archives,
    entries,
    entry_topics,
    memberships,
    names,
    shown,
)
from aggregator.entry.keys import key_of
from aggregator.entry.names import Kind
from aggregator.entry.preparing import Prepared
from feeds.definition import FeedDefinition

EVERYTHING = "/feeds/all"

# The published date in whole seconds, in the lower bits of an arrival: until the year 2514.
_SECONDS_BITS = 34
_MICROSECONDS = 1_000_000
_MEMBER = ("feed", "arrival", "key")


def feed_key(definition: FeedDefinition) -> int:
    """Give the key under which a feed's members are kept: of an automatic feed, that of the name it is made of."""
    kind, _, _ = definition.path.strip("/").partition("/")
    wanted = {
        Kind.TOPIC: definition.selection.topics,
        Kind.PROVIDER: definition.selection.providers,
        Kind.CATEGORY: definition.selection.categories,
    }
    return key_of(f"{kind}/{wanted[Kind(kind)].any[0]}") if kind in set(Kind) else key_of(definition.path)


class Memberships:
    """Follows, within one transaction, what changes of entries mean for the feeds that hold them.

    touched  the keys of the feeds that hold, or held, any entry that changed
    """

    def __init__(
        self,
        connection: Connection,
        definitions: Sequence[FeedDefinition],
        generation: int,
        as_of: datetime,
        *,
        is_first: bool,
    ) -> None:
        self._connection = connection
        self._definitions = [definition for definition in definitions if definition.path != EVERYTHING]
        self._generation = generation
        self._as_of = as_of
        self._is_first = is_first
        self.touched: set[int] = set()

    def touch(self, keys: Sequence[int]) -> None:
        """Take note of the feeds that hold these entries as things stand."""
        for batch in batches(keys):
            statement = select(memberships.c.feed).where(memberships.c.key.in_(batch)).distinct()
            self.touched.update(self._connection.execute(statement).scalars())

    def follow(
        self, written: Mapping[int, Prepared], returned: Collection[int], edited: Collection[int]
    ) -> None:
        """Bring the members of every feed up to date with entries that were written.

        returned  those that had been withdrawn: they arrive everywhere again
        edited    those with another `updated`: they arrive again where a closed archive holds them (RFC 5005 section 4.1)
        """
        if self._is_first:
            # `fill` will do it for all at once.
            return
        self.remove(sorted(returned))
        self._leave_archives(sorted(edited))
        self._follow_names(written)
        for definition in self._definitions:
            for batch in batches(sorted(written)):
                self._follow_definition(definition, batch)
        self.touch(sorted(written))

    def fill(self) -> None:
        """Bring the members of all feeds up to date, once the first load has written every entry.

        One statement for each kind of feed, in the order of the table: row by row it took a quarter of a first load (measured).
        """
        if not self._is_first:
            return
        for members in self._automatic():
            ordered = members.order_by(*(members.selected_columns[name] for name in _MEMBER))
            self._connection.execute(memberships.insert().from_select(_MEMBER, ordered))
        for definition in self._definitions:
            self._follow_definition(definition, None)
        self.touched.update(self._connection.execute(select(memberships.c.feed).distinct()).scalars())

    def _automatic(self) -> Iterator[Select[tuple[int, int, int]]]:
        """Give statements for the members of the feeds that every article is in by what it says, as `_MEMBER`."""
        public, arrival = (
            entries.c.withdrawn_at.is_(None),
            self._arrival_of(entries.c.published).label("arrival"),
        )
        yield select(literal(key_of(EVERYTHING)).label("feed"), arrival, entries.c.key).where(public)
        arrived = self._arrival_of(entry_topics.c.published).label("arrival")
        yield select(entry_topics.c.topic.label("feed"), arrived, entry_topics.c.key).where(
            entry_topics.c.key.in_(select(entries.c.key).where(public))
        )
        for kind, column in ((Kind.PROVIDER, entries.c.provider), (Kind.CATEGORY, entries.c.category)):
            is_named = and_(names.c.kind == kind, names.c.folded == column)
            yield (
                select(names.c.key.label("feed"), arrival, entries.c.key)
                .join_from(entries, names, is_named)
                .where(public)
            )

    def remove(self, keys: Sequence[int]) -> None:
        """Forget entries."""
        for batch in batches(keys):
            self._connection.execute(memberships.delete().where(memberships.c.key.in_(batch)))

    def define(self, definition: FeedDefinition) -> None:
        """Bring the members of a feed up to date with its definition, which is new or has changed."""
        if definition.path != EVERYTHING and not self._is_first:
            self._follow_definition(definition, None)
        self._connection.execute(shown.delete().where(shown.c.feed == feed_key(definition)))
        self.touched.add(feed_key(definition))

    def forget(self, path: str) -> None:
        """Forget a configured feed that is no more."""
        for table in (memberships, archives, shown):
            self._connection.execute(table.delete().where(table.c.feed == key_of(path)))

    def leave(self, definition: FeedDefinition, keys: Sequence[int]) -> None:
        """Take entries out of a feed."""
        feed = feed_key(definition)
        for batch in batches(keys):
            theirs = (memberships.c.feed == feed, memberships.c.key.in_(batch))
            self._connection.execute(memberships.delete().where(*theirs))
        self.touched.add(feed)

    def _leave_archives(self, keys: Sequence[int]) -> None:
        last = select(func.max(archives.c.number)).where(archives.c.feed == memberships.c.feed)
        newest = archives.alias()
        is_archived = (
            select(newest.c.number)
            .where(
                newest.c.feed == memberships.c.feed,
                newest.c.number == last.correlate(memberships).scalar_subquery(),
                _place(newest) >= _place(memberships),
            )
            .correlate(memberships)
            .exists()
        )
        for batch in batches(keys):
            self._connection.execute(memberships.delete().where(memberships.c.key.in_(batch), is_archived))

    def _follow_names(self, written: Mapping[int, Prepared]) -> None:
        """Follow the feeds that every article is in by what it says: that of everything, and those of its names."""
        automatic = {key: _automatic_feeds(article) for key, article in written.items()}
        known = self._automatic_members(sorted(written))
        configured = {feed_key(definition) for definition in self._definitions}
        for key, feeds in automatic.items():
            for feed in known.get(key, set()) - feeds - configured:
                left = (memberships.c.feed == feed, memberships.c.key == key)
                self._connection.execute(memberships.delete().where(*left))
                self.touched.add(feed)
        rows = [
            {"feed": feed, "arrival": self._arrival(written[key].published), "key": key}
            for key, feeds in automatic.items()
            for feed in sorted(feeds - known.get(key, set()))
        ]
        if rows:
            self._connection.execute(memberships.insert(), rows)

    def _automatic_members(self, keys: Sequence[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for batch in batches(keys):
            statement = select(memberships.c.key, memberships.c.feed).where(memberships.c.key.in_(batch))
            for row in self._connection.execute(statement):
                found.setdefault(row.key, set()).add(row.feed)
        return found

    def _follow_definition(self, definition: FeedDefinition, keys: Sequence[int] | None) -> None:
        """Follow one configured feed for some entries, or for all."""
        feed = feed_key(definition)
        members = select(memberships.c.key).where(memberships.c.feed == feed)
        public = [entries.c.withdrawn_at.is_(None)]
        among = [] if keys is None else [entries.c.key.in_(keys)]
        if keys is not None:
            # Else each edit would cost as much as the feed has members.
            members = members.where(memberships.c.key.in_(keys))
        wanted = [expression for _, expression in criteria(definition.selection, self._as_of)]
        # SQL's own false where a column is NULL and a condition on it unknown.
        belongs = select(entries.c.key).where(*public, *among, *wanted)
        left = select(entries.c.key).where(
            *public, *among, entries.c.key.in_(members), entries.c.key.not_in(belongs)
        )
        gone = (memberships.c.feed == feed, memberships.c.key.in_(left))
        self._connection.execute(memberships.delete().where(*gone))
        joining = select(literal(feed), self._arrival_of(entries.c.published), entries.c.key).where(
            *public, *among, *wanted, entries.c.key.not_in(members)
        )
        self._connection.execute(memberships.insert().from_select(_MEMBER, joining))

    def _arrival_of(self, published: ColumnElement[datetime]) -> ColumnElement[int]:
        seconds = type_coerce(published, BigInteger) // _MICROSECONDS
        bounded = func.min(func.max(seconds, 0), (1 << _SECONDS_BITS) - 1)
        return literal(self._generation << _SECONDS_BITS) + bounded

    def _arrival(self, published: int) -> int:
        seconds = min(max(published // _MICROSECONDS, 0), (1 << _SECONDS_BITS) - 1)
        return (self._generation << _SECONDS_BITS) + seconds


def _automatic_feeds(article: Prepared) -> set[int]:
    return {key_of(EVERYTHING), *article.name_keys}


def close_archives(connection: Connection, feeds: Sequence[int], size: int, generation: int) -> None:
    """Close archives of at most `size` entries in each of these feeds, as long as more than that have arrived since the last was closed.

    What `generation` brought stays out of an archive that has earlier arrivals: so that readers who do not walk are shown it, articles
    dated long ago too.
    """
    start = generation << _SECONDS_BITS
    for batch in batches(feeds):
        newest = select(archives.c.feed, func.max(archives.c.number)).where(archives.c.feed.in_(batch))
        known = {row[0]: row[1] for row in connection.execute(newest.group_by(archives.c.feed))}
        first = [feed for feed in batch if feed not in known]
        known |= dict.fromkeys(_outgrown(connection, first, size, start), 0)
        _close_first_archives(connection, [feed for feed in first if feed not in known], size)
        for feed, number in known.items():
            _close_more_archives(connection, feed, number, size, start)


def _outgrown(connection: Connection, feeds: Sequence[int], size: int, start: int) -> Sequence[int]:
    """Give the feeds that held something before `start`, and hold more than `size` now."""
    statement = select(memberships.c.feed).where(memberships.c.feed.in_(feeds)).group_by(memberships.c.feed)
    grown = statement.having(func.min(memberships.c.arrival) < start, func.count() > size)
    return connection.execute(grown).scalars().all()


def _close_first_archives(connection: Connection, feeds: Sequence[int], size: int) -> None:
    """Close the archives of feeds that have none yet.

    One statement for all: a statement for each archive took a third of what a first load writes (measured, 10,000 files).
    """
    of_feed = func.row_number().over(
        partition_by=memberships.c.feed, order_by=(memberships.c.arrival, memberships.c.key)
    )
    among = memberships.c.feed.in_(feeds)
    members = select(memberships, of_feed.label("place")).where(among).subquery()
    # Counted apart: as a second window, it took longer than all the rest.
    counts = (
        select(memberships.c.feed, func.count().label("arrived"))
        .where(among)
        .group_by(memberships.c.feed)
        .subquery()
    )
    ends = (
        select(members.c.feed, members.c.place // size, members.c.arrival, members.c.key)
        .join(counts, counts.c.feed == members.c.feed)
        .where(members.c.place % size == 0, counts.c.arrived > members.c.place)
    )
    connection.execute(archives.insert().from_select(["feed", "number", "arrival", "key"], ends))


def _close_more_archives(connection: Connection, feed: int, number: int, size: int, start: int) -> None:
    end = archive_end(connection, feed, number) if number else None
    beyond = open_members(connection, feed, end)
    rows = [
        {"feed": feed, "number": number + place, "arrival": arrival, "key": key}
        for place, (arrival, key) in enumerate(_ends(beyond, size, start), 1)
    ]
    if rows:
        connection.execute(archives.insert(), rows)


def _ends(arrived: Sequence[tuple[int, int]], size: int, start: int) -> Iterator[tuple[int, int]]:
    """Give the last of each archive among what arrived; none mixes what came before `start` with what came after."""
    place = 0
    while len(arrived) - place > size:
        earlier = sum(arrival < start for arrival, _ in arrived[place : place + size])
        place += earlier or size
        yield arrived[place - 1]


def open_members(connection: Connection, feed: int, end: tuple[int, int] | None) -> Sequence[tuple[int, int]]:
    """Give what arrived in a feed after `end`, as arrival and key, in that order."""
    arrival, key = end or _BEFORE_ALL
    return [(row[0], row[1]) for row in _OPEN.rows(connection, feed=feed, after=arrival, after_key=key)]


def members_between(
    connection: Connection, feed: int, start: tuple[int, int] | None, end: tuple[int, int]
) -> Sequence[int]:
    """Give the keys of what arrived in a feed after `start` and up to `end`."""
    after, after_key = start or _BEFORE_ALL
    until, until_key = end
    rows = _BETWEEN.rows(
        connection, feed=feed, after=after, after_key=after_key, until=until, until_key=until_key
    )
    return [row[0] for row in rows]


def archive_end(connection: Connection, feed: int, number: int) -> tuple[int, int] | None:
    """Give where an archive ends, None where it is not closed."""
    rows = _END.rows(connection, feed=feed, number=number)
    return (rows[0][0], rows[0][1]) if rows else None


def last_archive(connection: Connection, feed: int) -> int:
    """Give the number of the newest closed archive, 0 where none is."""
    return _NEWEST.rows(connection, feed=feed)[0][0] or 0


def _place(table: FromClause) -> Tuple:
    """Give what a feed's members are in order of, and where its archives end."""
    return tuple_(table.c.arrival, table.c.key)


def _bound(name: str) -> Tuple:
    return tuple_(bindparam(name), bindparam(f"{name}_key"))


_BEFORE_ALL = (-1, 0)
_MEMBERS = (
    select(memberships.c.arrival, memberships.c.key)
    .where(memberships.c.feed == bindparam("feed"), _place(memberships) > _bound("after"))
    .order_by(memberships.c.arrival, memberships.c.key)
)
_OPEN = Ready(_MEMBERS)
_BETWEEN = Ready(_MEMBERS.with_only_columns(memberships.c.key).where(_place(memberships) <= _bound("until")))
_END = Ready(
    select(archives.c.arrival, archives.c.key).where(
        archives.c.feed == bindparam("feed"), archives.c.number == bindparam("number")
    )
)
_NEWEST = Ready(select(func.max(archives.c.number)).where(archives.c.feed == bindparam("feed")))
