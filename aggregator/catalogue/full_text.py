"""The full-text index of public articles: SQLite's FTS5 (sqlite.org/fts5.html). The one place that knows its tables.

Words compare without case and accents. PostgreSQL would have its own index here.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

_CREATE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS entry_text
    USING fts5(title, excerpt, body, tokenize = "unicode61 remove_diacritics 2")
"""
# How much of the index is gathered in memory before it is written (fts5_config.c): by default one MiB, with which a first load took
# 44 µs a row instead of 26 (measured, SQLite 3.40). Given back at the end of each transaction.
_SET_GATHERED_BYTES = text("INSERT INTO entry_text (entry_text, rank) VALUES ('hashsize', 16777216)")
_REMOVE = text("DELETE FROM entry_text WHERE rowid = :key")
_ADD = "INSERT INTO entry_text (rowid, title, excerpt, body) VALUES (?, ?, ?, ?)"

_MISSING = text("""
    SELECT key FROM records WHERE key NOT IN (SELECT rowid FROM entry_text) ORDER BY records.rowid
""")

# Control characters, which no text of an article holds, around what was found.
FOUND_START, FOUND_END = "\x02", "\x03"
_EXCERPTS = text("""
    SELECT rowid, highlight(entry_text, 0, :start, :end),
        snippet(entry_text, 1, :start, :end, '…', 40), snippet(entry_text, 2, :start, :end, '…', 40)
    FROM entry_text WHERE entry_text MATCH :query AND rowid IN :keys
""").bindparams(bindparam("keys", expanding=True))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What was found of an article, in plain text with FOUND_START and FOUND_END around the terms: its title, and a stretch of its excerpt
    or body, empty where neither has any of them.
    """

    title: str
    text: str


# From 3.42 on FTS5 takes the words of what is removed out of the index at once; before, they stay until a merge.
_REMOVES_AT_ONCE = sqlite3.sqlite_version_info >= (3, 42)


def create_index(connection: Connection) -> None:
    """Make the empty index."""
    connection.execute(text(_CREATE))
    connection.execute(_SET_GATHERED_BYTES)
    if _REMOVES_AT_ONCE:
        connection.execute(text("INSERT INTO entry_text (entry_text, rank) VALUES ('secure-delete', 1)"))


def purge_removed(connection: Connection) -> None:
    """Take the words of all that was removed out of the index, where that has not been done yet. Costs as much as the archive."""
    if not _REMOVES_AT_ONCE:
        connection.execute(text("INSERT INTO entry_text (entry_text) VALUES ('optimize')"))


def expect_sound_index(connection: Connection) -> None:
    """Have SQLite look through the index, and raise that the database is corrupt where it is."""
    connection.execute(text("INSERT INTO entry_text (entry_text) VALUES ('integrity-check')"))


def remove_texts(connection: Connection, keys: Sequence[int]) -> None:
    """Take entries out of the index; those that are not in it don't matter."""
    if keys:
        connection.execute(_REMOVE, [{"key": key} for key in keys])


def missing_texts(connection: Connection) -> Sequence[int]:
    """Give the keys of public entries that are not in the index, in the order in which they came."""
    return connection.execute(_MISSING).scalars().all()


def add_texts(connection: Connection, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Put entries, as key, title, excerpt and body of plain text, into the index."""
    if rows:
        connection.exec_driver_sql(_ADD, list(rows))


def excerpts(connection: Connection, query: str, keys: Sequence[int]) -> Mapping[int, Excerpt]:
    """Give what `query`, in the language of FTS5, finds in these entries."""
    if not keys:
        return {}
    values = {"query": query, "keys": list(keys), "start": FOUND_START, "end": FOUND_END}
    found = connection.execute(_EXCERPTS, values)
    return {key: Excerpt(title, _first_found(texts)) for key, title, *texts in found}


def _first_found(texts: Sequence[str]) -> str:
    return next((text for text in texts if FOUND_START in text), "")
