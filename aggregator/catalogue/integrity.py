"""Integrity: a whole database looked through, for whoever had an error of which it may be the reason. Costs as much as the archive."""

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from aggregator.catalogue.faults import Kind, fault_of
from aggregator.catalogue.full_text import expect_sound_index
from aggregator.catalogue.tables import metadata
from aggregator.catalogue.tables import records as record_table
from aggregator.catalogue.unsound import made_sense_of, unsound
from aggregator.entry import records

# Rows that are in memory at once.
_ROWS = 1_000
# Of SQLite's virtual machine between two calls of `proceed`: some milliseconds.
_INSTRUCTIONS = 100_000


def expect_integrity(connection: Connection, proceed: Callable[[], None]) -> None:
    """Have SQLite look at every page and index, and read every value; raise what `unsound` gives where anything is not as it was written.

    What was written over by what makes sense, and is the same in every index, nobody can tell. `proceed` is called all the time; where it
    raises, SQLite ends the statement that is under way.
    """
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(proceed, _INSTRUCTIONS)
    try:
        _expect_integrity(connection)
    finally:
        driver.set_progress_handler(None, 0)


def _expect_integrity(connection: Connection) -> None:
    found = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar_one())
    if found != "ok":
        raise unsound(found.splitlines()[-1])
    try:
        expect_sound_index(connection)
        _read_everything(connection)
    except (DBAPIError, sqlite3.Error) as error:
        fault = fault_of(error)
        if fault.kind is Kind.STRANGE:
            raise unsound(fault.reason) from None
        raise


def _read_everything(connection: Connection) -> None:
    streaming = connection.execution_options(yield_per=_ROWS)
    for table in metadata.sorted_tables:
        with made_sense_of(f"the table {table.name}"):
            for row in streaming.execute(select(table)):
                if table is record_table:
                    records.decode(row.record, None)
