"""Which files claim an identity, and from which its entry was made, as the tables have it."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.deciding import Claim
from aggregator.catalogue.tables import entries, files
from feeds.article import State


def contested_keys(connection: Connection, keys: Collection[int]) -> set[int]:
    """Give the identities that several files claim."""
    found: set[int] = set()
    for batch in batches(sorted(keys)):
        statement = select(files.c.key).where(files.c.key.in_(batch)).group_by(files.c.key)
        found.update(connection.execute(statement.having(func.count() > 1)).scalars())
    return found


def claims_on(connection: Connection, keys: Iterable[int]) -> dict[int, list[Claim]]:
    found: dict[int, list[Claim]] = {}
    for batch in batches(sorted(keys)):
        statement = select(files.c.key, files.c.source, files.c.path, files.c.state, files.c.rank).where(
            files.c.key.in_(batch)
        )
        for row in connection.execute(statement):
            found.setdefault(row.key, []).append(Claim(row.source, row.path, State(row.state), row.rank))
    return found


def owners_of(connection: Connection, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    found = {}
    for batch in batches(sorted(keys)):
        public = (entries.c.key.in_(batch), entries.c.withdrawn_at.is_(None))
        for row in connection.execute(select(entries.c.key, entries.c.source, entries.c.path).where(*public)):
            found[row.key] = (row.source, row.path)
    return found
