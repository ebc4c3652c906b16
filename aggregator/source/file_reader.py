"""Reading files safely while others write, rename, delete and replace them: whole, as one version, and never waiting.

Symbolic links are followed to files inside the folder only. What a file says is no concern of this module.
"""

import errno
import os
from pathlib import Path
from typing import Self

from aggregator.errors import AggregatorError
from aggregator.source.regular_file import NO_WAITING, irregular_kind
from aggregator.source.stamp import UNKNOWN, Stamp

_READ_ATTEMPTS = 3
_PIECE = 1 << 20
# Two writes within one tick of the file system's clock leave one time of modification: a tick is 10 ms at most on Linux, and
# ext3's was a second, long ago. A file read so shortly after it was written is read again the next time.
_RACY_NANOSECONDS = 20_000_000
# The clock of a file server may be ahead of ours. What is further ahead is a wrong date, not a file just written.
_SKEW_NANOSECONDS = 60_000_000_000
# SQLite keeps signed integers of 64 bits. Inodes of overlay and network file systems, and dates after 2262, go beyond.
_LARGEST = (1 << 63) - 1

# O_NOFOLLOW: a link is opened by its target, once that is checked.
_FILE_FLAGS = os.O_RDONLY | NO_WAITING | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_LEADS_OUT = "leads out of the source's folder, expected a file inside it"


class UnreadableFileError(AggregatorError):
    """A file can't be read; the text says why and what was expected."""


class TooLargeFileError(UnreadableFileError):
    """A file is over the limit. `beginning`: what it begins with, a mebibyte at most."""

    def __init__(self, reason: str, beginning: bytes) -> None:
        super().__init__(reason)
        self.beginning = beginning


class VanishedFileError(AggregatorError):
    """A file was there a moment ago and is not now. No error of anybody's. The text is its path."""


class BusyFileError(AggregatorError):
    """A file was being written each time it was read; the next scan finds it again."""


def read_file(root: Path, path: str, limit: int, now_ns: int) -> tuple[bytes, Stamp]:
    """Read one file as a FileReader does."""
    with FileReader(root) as reader:
        return reader.read(path, limit, now_ns)


class FileReader:
    """Reads files below `root`, and holds the folder open that the last one lay in: to open it took half of reading a file (measured).

    A context manager; not for two threads at once.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: str | None = None
        self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, path: str, limit: int, now_ns: int) -> tuple[bytes, Stamp]:
        """Read a file of at most `limit` bytes, whole, as one version of it; `now_ns` is the time in nanoseconds since 1970.

        The stamp is UNKNOWN where the file was written so lately that another write might leave the same stamp.
        Raises VanishedFileError, BusyFileError or UnreadableFileError. Never blocks, whatever lies at `path`.
        """
        for _ in range(_READ_ATTEMPTS):
            data, before, after = self._read_once(path, limit)
            if before == after:
                age = now_ns - before.modified_ns
                return data, UNKNOWN if -_SKEW_NANOSECONDS < age < _RACY_NANOSECONDS else before
        raise BusyFileError(
            f"{path}: changed each of the {_READ_ATTEMPTS} times it was read, expected it to be written whole"
        )

    def _read_once(self, path: str, limit: int) -> tuple[bytes, Stamp, Stamp]:
        folder, _, name = path.rpartition("/")
        try:
            try:
                self._enter(folder)
                return _read_in(self._descriptor, name, limit)
            except OSError as error:
                if error.errno != errno.ELOOP:
                    raise
            return _read_link(self._root, path, limit)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise VanishedFileError(path) from error
        except OSError as error:
            raise UnreadableFileError(reason_of(error)) from error

    def _enter(self, folder: str) -> None:
        if folder != self._folder:
            self._close()
            self._descriptor = _open_folder(self._root, folder)
            self._folder = folder

    def _close(self) -> None:
        if self._folder is not None:
            os.close(self._descriptor)
            self._folder = None


def _read_link(root: Path, path: str, limit: int) -> tuple[bytes, Stamp, Stamp]:
    """Read what a symbolic link in the path leads to."""
    real_root = os.path.realpath(root).rstrip("/")
    folder, _, name = target_within(real_root, path).rpartition("/")
    descriptor = _open_folder(Path(real_root or "/"), folder)
    try:
        return _read_in(descriptor, name, limit)
    finally:
        os.close(descriptor)


def _open_folder(root: Path, path: str) -> int:
    """Open a folder without following a link anywhere below `root`, even one that is put there meanwhile."""
    folders = path.split("/") if path else []
    if ".." in folders:
        raise UnreadableFileError(_LEADS_OUT)
    opened = os.open(root, FOLDER_FLAGS)
    for folder in folders:
        try:
            inner = os.open(folder, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=opened)
        finally:
            os.close(opened)
        opened = inner
    return opened


def _read_in(folder: int, name: str, limit: int) -> tuple[bytes, Stamp, Stamp]:
    """Read a file of a folder that is open; give its stamps before and after."""
    if name == "..":
        raise UnreadableFileError(_LEADS_OUT)
    descriptor = os.open(name, _FILE_FLAGS, dir_fd=folder)
    try:
        before, data = _read_open(descriptor, limit)
    finally:
        os.close(descriptor)
    # By its name: an editor that replaces the file leaves the one that was open as it was.
    return data, before, stamp_of(os.stat(name, dir_fd=folder, follow_symlinks=False))


def _read_open(descriptor: int, limit: int) -> tuple[Stamp, bytes]:
    status = os.fstat(descriptor)
    expect_regular(status)
    size = status.st_size
    if size <= limit:
        data = _whole(descriptor, size, limit)
        size = len(data)
        if size <= limit:
            return stamp_of(status), data
    else:
        data = os.read(descriptor, min(limit, _PIECE))
    raise TooLargeFileError(f"has at least {size} bytes, expected at most {limit}", data[:_PIECE])


def _whole(descriptor: int, size: int, limit: int) -> bytes:
    """Give what the file holds, and one byte more than `limit` at most: it may grow while it is read."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        # As large as it said, and one byte more was asked for: the read ended with the file.
        return data
    pieces, left = [data], limit + 1 - len(data)
    while left > 0 and (piece := os.read(descriptor, min(left, _PIECE))):
        left -= len(piece)
        pieces.append(piece)
    return b"".join(pieces)


def target_within(real_root: str, path: str) -> str:
    """Give where `path` leads in the end, below the folder; raise UnreadableFileError where that is not below it."""
    target = os.path.realpath(f"{real_root}/{path}", strict=True)
    inside = target.removeprefix(f"{real_root}/")
    if inside == target:
        raise UnreadableFileError(f"is a symbolic link that {_LEADS_OUT}")
    return inside


def expect_regular(status: os.stat_result) -> None:
    kind = irregular_kind(status)
    if kind is not None:
        raise UnreadableFileError(f"is {kind}, expected a regular file")


def stamp_of(status: os.stat_result) -> Stamp:
    """Give the stamp of a file."""
    return Stamp(status.st_ino & _LARGEST, status.st_size, min(status.st_mtime_ns, _LARGEST))


def reason_of(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"can't be read: {error.strerror}; expected a readable file"
    return str(error)
