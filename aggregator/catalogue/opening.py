"""A catalogue's database, open and of the right version. One of another version, or a broken one, is set aside, never deleted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from aggregator import events
from aggregator.catalogue.full_text import create_index
from aggregator.catalogue.tables import SCHEMA_VERSION, generations, metadata
from aggregator.errors import CatalogueError

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_BUSY_MILLISECONDS = 5_000


def open_engine(address: str) -> Engine:
    """Open, or make, the database at a SQLAlchemy URL; raise CatalogueError where that can't be."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        raise CatalogueError(f"store {url.render_as_string()!r} is not supported, expected a sqlite:/// URL")
    path = _file_of(url)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        return _usable(url, path)
    except (SQLAlchemyError, OSError) as error:
        raise CatalogueError(f"catalogue {address}: can't be opened: {_reason(error)}") from error


def exists(address: str) -> bool:
    """Tell whether there is a database at a SQLAlchemy URL already."""
    path = _file_of(make_url(address))
    return path is not None and path.exists()


def _usable(url: URL, path: Path | None) -> Engine:
    engine = _connect(url)
    reason = _unusable(engine)
    if reason is None:
        return engine
    engine.dispose()
    if path is not None:
        events.SET_ASIDE.log(catalogue=path, reason=reason, aside=_set_aside(path))
    engine = _connect(url)
    with engine.begin() as connection:
        _create(connection)
    return engine


def _file_of(url: URL) -> Path | None:
    return Path(url.database) if url.database and url.database != ":memory:" else None


def _connect(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000},
        hide_parameters=True,  # an error is logged, and what readers search for must not be
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    # sqlite3 must not begin transactions by itself: it would not do so before a SELECT, and a snapshot would be none.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A writer takes its lock at the start: one that upgrades later can fail where waiting would have helped.
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


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
    except OperationalError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig) or "unable to open" in str(error.orig):
            raise
        return f"is broken ({error.orig})"
    except DatabaseError as error:
        return f"is broken ({error.orig})"
    return None


def _is_empty(connection: Connection) -> bool:
    return _version(connection) == 0 and not inspect(connection).get_table_names()


def _amiss(connection: Connection) -> str | None:
    if (version := _version(connection)) != SCHEMA_VERSION:
        return f"has schema version {version}, expected {SCHEMA_VERSION}"
    connection.execute(select(generations)).one()
    return None


def _version(connection: Connection) -> int:
    return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    create_index(connection)
    connection.execute(generations.insert().values(number=0, as_of=_NEVER, has_words=True))
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION:d}"))


def _set_aside(path: Path) -> Path:
    """Rename the database and what belongs to it; give its new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DatabaseError) and error.orig is not None else str(error)
