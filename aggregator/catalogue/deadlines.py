"""Deadlines: statements that take too long are ended by the database itself. SQLite's way; PostgreSQL has statement_timeout."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from aggregator.errors import TooSlowError

# Instructions of SQLite's virtual machine between two looks at the clock: a fraction of a millisecond, and each look needs
# Python's lock, so that more of them would slow the query down where other threads are busy.
_INSTRUCTIONS = 50_000


@contextmanager
def ended_after(connection: Connection, longest: timedelta) -> Iterator[None]:
    """Within the block, end any statement that is under way when so long has passed since the beginning; raise TooSlowError."""
    driver: Any = connection.connection.driver_connection
    end = monotonic() + longest.total_seconds()
    driver.set_progress_handler(lambda: monotonic() > end, _INSTRUCTIONS)
    try:
        yield
    # SQLAlchemy's, and of a statement that is Ready sqlite3's own.
    except (OperationalError, sqlite3.OperationalError) as error:
        if getattr(getattr(error, "orig", error), "sqlite_errorname", None) != "SQLITE_INTERRUPT":
            raise
        raise TooSlowError(
            f"the catalogue was read from for longer than {longest.total_seconds():g} s, expected less"
        ) from error
    finally:
        driver.set_progress_handler(None, 0)
