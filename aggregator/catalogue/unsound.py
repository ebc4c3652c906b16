"""What SQLite does not find wrong with a database, and what is as bad as if it were corrupt."""

import sqlite3
from collections.abc import Sequence
from typing import TypeVar

Row = TypeVar("Row")


def unsound(reason: str) -> sqlite3.DatabaseError:
    """Give an error as SQLite's own of a file that is no good, so that it is met like one."""
    error = sqlite3.DatabaseError(reason)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def the_generation(rows: Sequence[Row]) -> Row:
    """Give the one row of the table of generations; raise what `unsound` gives where there is another number of them."""
    if len(rows) != 1:
        raise unsound(f"it holds {len(rows) or 'no'} generations, expected 1")
    return rows[0]
