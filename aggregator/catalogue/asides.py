"""Asides: databases that were set aside. They are kept for the operator and for nobody else, and not for good: they hold what was published.

What is withdrawn is overwritten in the database that is in use; nobody writes to one that was set aside.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.monitoring import events

KEPT = timedelta(days=30)
_MODE = 0o600


def set_aside(file: Path, aside: Path) -> None:
    """Give a file of a database its name as one that was set aside, for its owner alone."""
    # On a file system without modes, or of another user, it goes aside all the same: there is to be a catalogue.
    with suppress(PermissionError):
        file.chmod(_MODE)
    file.rename(aside)


def delete_old(database: Path, now: datetime) -> None:
    """Delete what was set aside of the database at a path and lies there untouched for as long as KEPT; tell of each file.

    The age is that of the inode (ctime), which a rename makes anew and nobody can set back, as anybody can the time of the last write.
    """
    for file in _asides(database):
        try:
            touched = datetime.fromtimestamp(file.lstat().st_ctime, UTC)
            if now - touched >= KEPT:
                file.unlink()
                events.ASIDE_DELETED.log(aside=file, days=KEPT.days)
        except FileNotFoundError:
            continue
        except OSError as error:
            events.ASIDE_STAYS.log(aside=file, days=KEPT.days, error=error)


def _asides(database: Path) -> list[Path]:
    ours = re.compile(rf"{re.escape(database.name)}\.aside-[1-9][0-9]*(-wal|-shm)?")
    try:
        return sorted(file for file in database.parent.iterdir() if ours.fullmatch(file.name))
    except OSError:
        return []  # a folder that can't be looked into is told of by what becomes of the database
