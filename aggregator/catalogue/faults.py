"""Faults: what an error of the database says of its file."""

import sqlite3
from enum import Enum, auto
from typing import NamedTuple

# What says that the file itself is no good (sqlite.org/rescode.html).
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# What sqlite3 says of a file that somebody made, emptied or deleted while it was open.
_LACKING = ("no such table", "no such column")
# What may pass: a lock, a disk that is full or fails, a right that is missing, a statement that was ended.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_ABORT,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
# Wrong use of the driver, such as of a connection that is closed.
_OURS = (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.NotSupportedError)
_PRIMARY = 0xFF
# sqlite3 shows the text that is no UTF-8, and that is what an article says.
_SHOWN_TEXT = " with text "


class Kind(Enum):
    """What is to become of the file."""

    PASSING = auto()  # nothing: it says nothing of what is in it
    BROKEN = auto()  # it is set aside
    STRANGE = auto()  # it is looked through, since no sound one of ours gives that


class Fault(NamedTuple):
    """An error's kind, and the reason in SQLite's words, without any of what the database holds."""

    kind: Kind
    reason: str


def fault_of(error: BaseException) -> Fault:
    """Tell what an error of SQLAlchemy or of sqlite3 says of the database."""
    error = getattr(error, "orig", None) or error
    return Fault(_kind(error), str(error).partition(_SHOWN_TEXT)[0])


def _kind(error: BaseException) -> Kind:
    if not isinstance(error, sqlite3.Error) or isinstance(error, _OURS):
        return Kind.PASSING
    # None where it is the driver's own, as of a text that is no UTF-8.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _BROKEN or (code == sqlite3.SQLITE_ERROR and str(error).startswith(_LACKING)):
        return Kind.BROKEN
    return Kind.PASSING if code in _PASSING else Kind.STRANGE
