"""A catalogue's database, open and of the right version. One of another version, or a broken one, is set aside, never deleted."""

import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from operator import index
from pathlib import Path
from secrets import randbits
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from aggregator.catalogue import following
from aggregator.catalogue.asides import KEPT, delete_old, set_aside
from aggregator.catalogue.faults import Kind, fault_of
from aggregator.catalogue.following import follow, forget
from aggregator.catalogue.full_text import create_index
from aggregator.catalogue.owner import noted_owner
from aggregator.catalogue.tables import SCHEMA_VERSION, generations, metadata
from aggregator.catalogue.unsound import made_sense_of, the_generation
from aggregator.errors import CatalogueError
from aggregator.monitoring import events

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# A page holds two or three articles, and of SQLite's usual size not one: that made a first load a tenth slower (measured, 100,000 files).
# Of a database that is there it changes nothing.
_PRAGMAS = (
    "page_size = 8192",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "secure_delete = ON",
    "cache_size = -16000",
)
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite"})
# Of a store that does not say how long to wait for a lock.
_BUSY_MILLISECONDS = 5_000
# As SQLite makes a file.
_MODE = 0o644


def open_engine(address: str) -> Engine:
    """Open, or make, the database at a SQLAlchemy URL; raise CatalogueError where that can't be."""
    url = _url(address)
    path = _file_of(url)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        return _usable(url, path)
    except (SQLAlchemyError, OSError) as error:
        raise CatalogueError(f"catalogue {url.database}: can't be opened: {_reason(error)}") from error


def open_known(address: str) -> Engine | None:
    """Open the database at a SQLAlchemy URL, None where there is none of use; raise CatalogueError where that can't be found out."""
    url = _url(address)
    path = _file_of(url)
    try:
        return _known(url) if path is not None and path.exists() else None
    except (SQLAlchemyError, OSError) as error:
        raise CatalogueError(f"catalogue {path}: can't be opened: {_reason(error)}") from error


def begin_anew(engine: Engine, reason: str) -> None:
    """Set the database of an open engine aside, and have an empty one in its place; raise CatalogueError where that can't be.

    Others may have it open: they find at their next transaction that there is another.
    """
    path = _file_of(engine.url)
    if path is None:
        raise CatalogueError(f"catalogue in memory: {reason}, and can't be set aside")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(engine.url, path, reason)
        forget(engine)
        trust(engine)
    except (SQLAlchemyError, OSError) as error:
        raise CatalogueError(
            f"catalogue {path}: {reason}, and can't be made anew: {_reason(error)}"
        ) from error
    finally:
        engine.dispose()


def delete_old_asides(engine: Engine, now: datetime) -> None:
    """Delete what was set aside of a database long ago."""
    path = _file_of(engine.url)
    if path is not None:
        delete_old(path, now)


def doubt(engine: Engine) -> None:
    """Leave word beside a database that it was found broken, for whoever writes it to look through all of it."""
    note = _note_of_doubt(engine)
    if note is not None:
        # Who may not even leave word says so by the error that follows; whoever may finds the same.
        with suppress(OSError):
            note.touch()


def is_doubted(engine: Engine) -> bool:
    """Tell whether somebody has left word that the database is broken."""
    note = _note_of_doubt(engine)
    return note is not None and note.exists()


def is_gone(engine: Engine) -> bool:
    """Tell whether there is no file of the database any more."""
    path = _file_of(engine.url)
    return path is not None and following.is_gone(path)


def folder_of(engine: Engine) -> Path | None:
    """Give the folder of the database, None where that is in memory."""
    path = _file_of(engine.url)
    return None if path is None else path.parent


def trust(engine: Engine) -> None:
    """Take away the word that was left."""
    note = _note_of_doubt(engine)
    if note is not None:
        note.unlink(missing_ok=True)


def _note_of_doubt(engine: Engine) -> Path | None:
    path = _file_of(engine.url)
    return None if path is None else path.with_name(f"{path.name}.doubted")


def _url(address: str) -> URL:
    # No message shows the address: there may be a password anywhere in it.
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise CatalogueError("the store is no SQLAlchemy URL, expected a sqlite:/// URL") from error
    if url.drivername not in _DRIVERS:
        raise CatalogueError(
            f"a store of the kind {url.drivername!r} is not supported, expected a sqlite:/// URL"
        )
    if url.username or url.password or url.host or url.port:
        raise CatalogueError("the store holds a user or a host, expected a sqlite:/// URL, which has neither")
    return url


def _known(url: URL) -> Engine | None:
    engine = _connect(url)
    try:
        reason = _unusable(engine)
    except SQLAlchemyError:
        engine.dispose()
        raise
    if reason is None:
        return engine
    engine.dispose()
    return None


def _usable(url: URL, path: Path | None) -> Engine:
    if path is not None and not path.exists():
        _begin_at(url, path)
    engine = _connect(url)
    try:
        reason = _unusable(engine)
        if reason is not None and path is not None:
            _replace(url, path, reason)
    except BaseException:
        engine.dispose()
        raise
    if reason is None:
        return engine
    engine.dispose()
    return _connect(url)


def _begin_at(url: URL, path: Path) -> None:
    """Have a file where there is none, beside nothing that another database has written ahead and left behind."""
    if any(part.exists() for part in _parts(path)):
        _replace(url, path, "is broken (its file is gone)")
    else:
        path.touch(_MODE)


def _replace(url: URL, path: Path, reason: str) -> None:
    """Set the database aside, and put an empty one where it was, in one step: whoever looks meanwhile finds the one or the other.

    What belongs to the old one goes first: else somebody who opens the new one might take it for what belongs to that.
    """
    fresh = path.with_name(f"{path.name}.new")
    for part in _parts(fresh):
        part.unlink(missing_ok=True)
    fresh.touch(_MODE)
    engine = _connect(url.set(database=str(fresh)))
    try:
        with engine.begin() as connection:
            _create(connection)
    finally:
        engine.dispose()
    number = 1
    while any(part.exists() for part in _parts(path.with_name(f"{path.name}.aside-{number}"))):
        number += 1
    aside = path.with_name(f"{path.name}.aside-{number}")
    is_left = any(part.exists() for part in _parts(path))
    for part, kept in zip(_parts(path), _parts(aside), strict=True):
        if part.exists():
            set_aside(part, kept)
    fresh.replace(path)
    if is_left:
        events.SET_ASIDE.log(catalogue=path, reason=reason, aside=aside, days=KEPT.days)
    else:
        events.MADE_ANEW.log(catalogue=path, reason=reason)


def _parts(path: Path) -> tuple[Path, ...]:
    """Give the files of a database: what it has written ahead, and last the database itself."""
    return tuple(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", ""))


def _file_of(url: URL) -> Path | None:
    if not url.database or url.database == ":memory:":
        return None
    # SQLite follows links, and keeps what it writes ahead beside what they lead to.
    return Path(os.path.realpath(url.database))


def _connect(url: URL) -> Engine:
    waiting = {} if "timeout" in url.query else {"timeout": _BUSY_MILLISECONDS / 1000}
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, **waiting},
        hide_parameters=True,  # an error is logged, and what readers search for must not be
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    path = _file_of(url)
    return engine if path is None else follow(engine, path)


def _prepare(connection: Any, _record: Any) -> None:
    # sqlite3 must not begin transactions by itself: it would not do so before a SELECT, and a snapshot would be none.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A writer takes its lock at the start: one that upgrades later can fail where waiting would have helped.
    mode = connection.get_execution_options().get("begin")
    if mode is not None:
        connection.exec_driver_sql(f"BEGIN {mode}")
        return
    # Touches no file yet, and is done for every document that is asked: SQLAlchemy's own way takes 40 µs more.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN DEFERRED")


def _unusable(engine: Engine) -> str | None:
    """Tell why the database can't be used as it is, None where it can. Makes the tables of an empty one."""
    try:
        # Reading waits for nobody: a first load may write for minutes while workers begin to serve.
        with engine.begin() as connection:
            if not _is_empty(connection):
                return _amiss(connection)
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            if not _is_empty(connection):
                return _amiss(connection)
            _create(connection)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        # What may pass is no reason to give up what the catalogue remembers.
        kind, reason = fault_of(error)
        if kind is Kind.PASSING:
            raise
        return f"is broken ({reason})"
    return None


def _is_empty(connection: Connection) -> bool:
    return _version(connection) == 0 and not inspect(connection).get_table_names()


def _amiss(connection: Connection) -> str | None:
    if (version := _version(connection)) != SCHEMA_VERSION:
        return f"has schema version {version}, expected {SCHEMA_VERSION}"
    with made_sense_of("its generation"):
        row = the_generation(connection.execute(select(generations)).all())
        index(row.number), index(row.birth), row.as_of.isoformat()
    noted_owner(row.configuration, row.site_tag)
    return None


def _version(connection: Connection) -> int:
    return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    create_index(connection)
    birth = randbits(63)
    connection.execute(
        generations.insert().values(number=0, as_of=_NEVER, birth=birth, has_words=True, owes_purge=False)
    )
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION:d}"))


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DatabaseError) and error.orig is not None else str(error)
