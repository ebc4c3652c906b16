"""Whereabouts: which files speak of which article, and what has become of it. For people who ask; no document depends on it."""

from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from aggregator.catalogue.tables import entries, files, records
from aggregator.entry.records import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file as it was read last.

    state   a State, or broken, or skipped
    key     of the identity in it, None where it has none
    origin  SOURCE/PATH from which its identity comes, None where that is no other place than its own
    """

    source: str
    path: str
    state: str
    key: int | None
    digest: bytes
    origin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article that is public, or was: `withdrawn_at` tells. `source` and `path` are those of the file that counts, or counted."""

    key: int
    identity: str
    source: str
    path: str
    updated: datetime
    withdrawn_at: datetime | None


def file_at(connection: Connection, source: str, path: str) -> KnownFile | None:
    """Give what is known of one file."""
    found = _files(connection, _known().where(files.c.source == source, files.c.path == path))
    return found[0] if found else None


def files_of(connection: Connection, key: int) -> tuple[KnownFile, ...]:
    """Give every file that claims an identity."""
    return _files(connection, _known().where(files.c.key == key))


def files_in(connection: Connection, *states: str) -> tuple[KnownFile, ...]:
    """Give every file in one of these states."""
    return _files(connection, _known().where(files.c.state.in_(states)))


def entry(connection: Connection, key: int) -> Entry | None:
    """Give the article with this key, whether it is public still or not."""
    row = connection.execute(_entries().where(entries.c.key == key)).one_or_none()
    return None if row is None else _entry(row)


def entry_from(connection: Connection, source: str, path: str) -> Entry | None:
    """Give the article that came from a file, which may be gone."""
    rows = connection.execute(_entries().where(entries.c.source == source, entries.c.path == path)).all()
    return _entry(rows[0]) if rows else None


def entry_at(connection: Connection, address: str) -> Entry | None:
    """Give the public article that is to be read, or first appeared, at a URL. Looks at every record: it is for one question."""
    # What is written in a related article is found too, and what is written in text only where it is all of that.
    holding = func.instr(records.c.record, dumps(address, ensure_ascii=False)) > 0
    statement = _entries().join(records, records.c.key == entries.c.key).add_columns(records.c.record)
    for row in connection.execute(statement.where(entries.c.withdrawn_at.is_(None), holding)):
        article = decode(row.record, None)
        if address in {article.link, article.original_url}:
            return _entry(row)
    return None


def _known() -> Select[Any]:
    columns = (files.c.source, files.c.path, files.c.state, files.c.key, files.c.digest, files.c.origin)
    return select(*columns).order_by(files.c.source, files.c.path)


def _files(connection: Connection, statement: Select[Any]) -> tuple[KnownFile, ...]:
    return tuple(KnownFile(**row._mapping) for row in connection.execute(statement))  # noqa: SLF001  public, in spite of its name


def _entries() -> Select[Any]:
    return select(*(entries.c[name] for name in Entry.__slots__))


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})
