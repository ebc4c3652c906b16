"""Following: connections to the file that lies at a path. One that is set aside, deleted or replaced is noticed before the next transaction.

SQLite knows a database by the name that it was opened by, so that what one has written ahead is taken for that of whatever lies there
next (sqlite.org/howtocorrupt.html, 4). And it makes a file where there is none: a reader who asks for one that was deleted would put an
empty one beside what that left behind, which nobody could read.
"""

import os
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from aggregator.catalogue.unsound import unsound

# Where an engine keeps its Following, and the record of a connection which file it has open.
_FOLLOWING = "following"
_FILE = "file"
# Device and inode.
_Identity = tuple[int, int]


class Following:
    """Which file the connections of an engine have open. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ahead = path.with_name(f"{path.name}-wal")
        # The database that was opened last, and what it writes ahead.
        self._last: tuple[_Identity | None, _Identity | None] = (None, None)

    def forget(self) -> None:
        """Take whatever lies there for what is to be opened."""
        self._last = (None, None)

    def open(
        self, dialect: Any, _record: Any, arguments: Sequence[Any], options: MutableMapping[str, Any]
    ) -> Any:
        """Open the database, and make none; raise what `unsound` gives where it is gone, or where another would be taken for it."""
        self._expect_ours()
        # Whoever wrote the store as a URI has said what may be made.
        if options.get("uri"):
            return dialect.connect(*arguments, **options)
        return dialect.connect(f"{Path(arguments[0]).as_uri()}?mode=rw", **options, uri=True)

    def note(self, connection: Any, record: Any) -> None:
        """Take note of what a new connection has open."""
        # What is written ahead is there with the first look at the database.
        connection.execute("PRAGMA user_version").fetchone()
        record.info[_FILE] = identity = _identity(self._path)
        self._last = (identity, _identity(self._ahead))

    def expect(self, _connection: Any, record: Any, _proxy: Any) -> None:
        """Have a connection made anew where there is another file now than the one that it has open."""
        if record.info[_FILE] != _identity(self._path):
            raise DisconnectionError(f"{self._path} is another file now")

    def _expect_ours(self) -> None:
        file, ahead = self._last
        if is_gone(self._path):
            raise unsound("its file is gone")
        if None not in self._last and _identity(self._path) != file and _identity(self._ahead) == ahead:
            raise unsound("another file lies in its place, beside what this one wrote ahead")


def follow(engine: Engine, path: Path) -> Engine:
    """Have the connections of an engine to the database at `path` follow what becomes of it; give the engine."""
    following = Following(path)
    event.listen(engine, "do_connect", following.open)
    event.listen(engine, "connect", following.note)
    event.listen(engine, "checkout", following.expect)
    engine.update_execution_options(**{_FOLLOWING: following})
    return engine


def forget(engine: Engine) -> None:
    """Take whatever lies there now for what the engine is to open. Nothing to do for a database in memory, which nobody follows."""
    following: Following | None = engine.get_execution_options().get(_FOLLOWING)
    if following is not None:
        following.forget()


def _identity(path: Path) -> _Identity | None:
    try:
        status = os.stat(path)  # noqa: PTH116  a third of the time of Path.stat, and this is asked before every transaction
    except OSError:
        return None
    return status.st_dev, status.st_ino


def is_gone(path: Path) -> bool:
    """Tell whether there is nothing at a path. What may not be looked at, or can't be read just now, may be there."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
