"""The full-text index of public articles: SQLite's FTS5 (sqlite.org/fts5.html). The one place that knows its tables.

Words compare without case and accents. PostgreSQL would have its own index here.
"""

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection, text

_CREATE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS entry_text
    USING fts5(title, excerpt, body, tokenize = "unicode61 remove_diacritics 2")
"""
# How much of the index is gathered in memory before it is written (fts5_config.c): by default one MiB, with which a first load took
# 44 µs a row instead of 26 (measured, SQLite 3.40). Given back at the end of each transaction.
_SET_GATHERED_BYTES = text("INSERT INTO entry_text (entry_text, rank) VALUES ('hashsize', 16777216)")
_REMOVE = text("DELETE FROM entry_text WHERE rowid = :key")
_ADD = "INSERT INTO entry_text (rowid, title, excerpt, body) VALUES (?, ?, ?, ?)"


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


def remove_texts(connection: Connection, keys: Sequence[int]) -> None:
    """Take entries out of the index; those that are not in it don't matter."""
    if keys:
        connection.execute(_REMOVE, [{"key": key} for key in keys])


def add_texts(connection: Connection, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Put entries, as key, title, excerpt and body of plain text, into the index."""
    if rows:
        connection.exec_driver_sql(_ADD, list(rows))
