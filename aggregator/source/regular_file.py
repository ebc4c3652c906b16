"""Regular files: their beginning, read without ever waiting for somebody to write. What is none is an OSError that says what it is."""

import errno
import os
import stat
from pathlib import Path

# Opening a FIFO must not wait for a writer, and a terminal must not become ours.
NO_WAITING = os.O_NONBLOCK | os.O_NOCTTY

_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


def irregular_kind(status: os.stat_result) -> str | None:
    """Say what it is where it is no regular file."""
    if stat.S_ISREG(status.st_mode):
        return None
    return _KINDS.get(stat.S_IFMT(status.st_mode), "a device")


def read_start(path: Path, most: int) -> bytes:
    """Give the first `most` bytes of a file, to which a symbolic link may lead."""
    with open(path, "rb", opener=_open) as file:
        kind = irregular_kind(os.fstat(file.fileno()))
        if kind is not None:
            raise OSError(errno.EINVAL, f"it is {kind}")
        return file.read(most)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | NO_WAITING)
