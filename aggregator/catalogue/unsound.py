"""What SQLite does not find wrong with a database, and what is as bad as if it were corrupt."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Row = TypeVar("Row")

# What reading a value ends in that is none of ours: of another type, not as long as it should be, no number, no text.
NONSENSE = (TypeError, ValueError, LookupError, AttributeError, OverflowError)


def unsound(reason: str) -> sqlite3.DatabaseError:
    """Give an error as SQLite's own of a file that is no good, so that it is met like one."""
    error = sqlite3.DatabaseError(reason)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


@contextmanager
def made_sense_of(what: str) -> Iterator[None]:
    """Within the block, read values of the database, such as "its generation"; raise what `unsound` gives where they are none of ours.

    The values stand in no message: they are what articles say.
    """
    try:
        yield
    except NONSENSE as error:
        raise unsound(f"{what} makes no sense") from error


def the_generation(rows: Sequence[Row]) -> Row:
    """Give the one row of the table of generations; raise what `unsound` gives where there is another number of them."""
    if len(rows) != 1:
        raise unsound(f"it holds {len(rows) or 'no'} generations, expected 1")
    return rows[0]
