"""Inventory: what is known of the files of each source. A refresh compares it with what it finds, and reports from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, func, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.deciding import Claim, winner
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import files, sources
from aggregator.entry.keys import moment_of
from aggregator.source.stamp import UNKNOWN, Stamp
from feeds.article import State


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file that does not count, and the one that does, each as (source, path)."""

    file: tuple[str, str]
    counts: tuple[str, str]


# In the words of the index, which SQLite can't find otherwise.
_NEXT_DUE = Ready(select(func.min(files.c.due)).where(files.c.due.is_not(None)))


def stamps(connection: Connection, source: str, *, trust_problems: bool) -> dict[str, Stamp]:
    """Give what is known of the files of a source by path.

    Files in which something was wrong are UNKNOWN unless `trust_problems`: what was wrong is not kept here, so a process
    that has not read them yet must.
    """
    columns = (files.c.inode, files.c.size, files.c.modified_ns, files.c.path, files.c.has_problems)
    found = connection.execute(select(*columns).where(files.c.source == source))
    # The database's own rows, numbers and text all of them: of 100,000 files SQLAlchemy's take another 0.1 s of 0.3 s.
    rows: Any = found.cursor
    stamp_of = Stamp._make
    if trust_problems:
        return {row[3]: stamp_of(row[:3]) for row in rows}
    return {row[3]: UNKNOWN if row[4] else stamp_of(row[:3]) for row in rows}


def stamps_at(connection: Connection, source: str, paths: Sequence[str]) -> dict[str, Stamp]:
    """Give what is known of these files of a source by path, of those that are known."""
    found = {}
    for batch in batches(paths):
        columns = (files.c.path, files.c.inode, files.c.size, files.c.modified_ns)
        statement = select(*columns).where(files.c.source == source, files.c.path.in_(batch))
        found.update({path: Stamp(*stamp) for path, *stamp in connection.execute(statement)})
    return found


def readings(connection: Connection) -> dict[str, str]:
    """Give the digest of how each source was read the last time."""
    return {row.name: row.reading for row in connection.execute(select(sources))}


def states(connection: Connection) -> dict[str, int]:
    """Count the files by state."""
    statement = select(files.c.state, func.count()).group_by(files.c.state).order_by(files.c.state)
    return {row[0]: row[1] for row in connection.execute(statement)}


def due(connection: Connection, source: str, now: datetime) -> tuple[str, ...]:
    """Give the files of a source whose time has come."""
    # Not by the source, of which SQLite would make a look at each of its files.
    statement = select(files.c.source, files.c.path).where(files.c.due <= now).order_by(files.c.path)
    return tuple(row.path for row in connection.execute(statement) if row.source == source)


def next_due(connection: Connection, after: datetime | None) -> datetime | None:
    """Give the time at which the next scheduled article goes live: of all, or of those that are due later than `after`."""
    if after is not None:
        moment: datetime | None = connection.execute(
            select(func.min(files.c.due)).where(files.c.due > after)
        ).scalar_one()
        return moment
    [(number,)] = _NEXT_DUE.rows(connection)
    return None if number is None else moment_of(number)


def duplicates(connection: Connection) -> tuple[Duplicate, ...]:
    """Give every file that another one with the same identity outdates, whether the world may see that one or not."""
    keys = select(files.c.key).where(files.c.key.is_not(None)).group_by(files.c.key)
    contested = connection.execute(keys.having(func.count() > 1)).scalars().all()
    claims: dict[int, list[Claim]] = {}
    for batch in batches(contested):
        statement = select(files.c.key, files.c.source, files.c.path, files.c.state, files.c.rank)
        for key, source, path, state, rank in connection.execute(statement.where(files.c.key.in_(batch))):
            claims.setdefault(key, []).append(Claim(source, path, State(state), rank))
    return tuple(sorted(chain.from_iterable(map(_outdated, claims.values())), key=attrgetter("file")))


def _outdated(claims: Sequence[Claim]) -> Iterator[Duplicate]:
    best = winner(claims)
    for claim in claims:
        if best is not None and claim is not best:
            yield Duplicate((claim.source, claim.path), (best.source, best.path))
