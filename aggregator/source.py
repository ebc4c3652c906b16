"""One folder of article files: what changed since the last time, and reading a file safely while others write.

Symbolic links are followed to files inside the folder only. Folders that are symbolic links are not entered: so no loop can be,
and each file has one path.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.config import SourceSettings
from aggregator.errors import Problem, SourceError
from aggregator.globs import compile_globs
from aggregator.stamp import UNKNOWN, Stamp

# What editors and copying tools leave while they work: hidden files (also rsync's .name.XXXXXX and emacs' .#name), emacs'
# #name#, Word's ~$name, backups and swap files, vim's test whether it may write.
_TEMPORARY = re.compile(
    r"[.#~].*|.*~|4913|.*\.(?:swp|swx|swo|tmp|temp|part|partial|bak|orig)", re.DOTALL | re.IGNORECASE
)

_READ_ATTEMPTS = 3
# Two writes within one tick of the file system's clock leave one time of modification (a kernel tick is 4 ms, ext3's a second
# is history). A file read so shortly after it was written is read again the next time.
_RACY_NANOSECONDS = 20_000_000


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found: files that are new or changed, files that are gone, how many there are, and what is no proper file."""

    changed: Mapping[str, Stamp]
    gone: tuple[str, ...]
    seen: int
    problems: tuple[Problem, ...]


class UnreadableFileError(Exception):
    """A file can't be read; the text says why and what was expected."""


class VanishedFileError(Exception):
    """A file was there a moment ago and is not now. No error of anybody's."""


class BusyFileError(Exception):
    """A file was being written each time it was read; the next scan finds it again."""


def scan(settings: SourceSettings, known: Mapping[str, Stamp]) -> Scan:
    """Find what differs from `known`; raise SourceError where the folder itself can't be read.

    What lies below a folder that can't be read is not gone: it only can't be seen.
    """
    return _Scanner(settings, known).scan()


class _Scanner:
    def __init__(self, settings: SourceSettings, known: Mapping[str, Stamp]) -> None:
        self._settings = settings
        self._root = os.path.realpath(settings.path)
        self._known = known
        self._include = compile_globs(settings.include).match
        self._exclude = compile_globs(settings.exclude).match
        self._changed: dict[str, Stamp] = {}
        self._seen: set[str] = set()
        self._problems: list[Problem] = []
        self._hidden: list[str] = []

    def scan(self) -> Scan:
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(f"{self._root}/{folder}") as found:
                    pending.extend(self._look_into(folder, found))
            except OSError as error:
                self._note_unreadable_folder(folder, error)
        gone = sorted(
            path for path in self._known.keys() - self._seen if not path.startswith(tuple(self._hidden))
        )
        changed = {path: self._changed[path] for path in sorted(self._changed)}
        return Scan(changed, tuple(gone), len(self._seen), tuple(self._problems))

    def _look_into(self, folder: str, found: Iterator[os.DirEntry[str]]) -> Iterator[str]:
        """Take note of the files of one folder; give the folders in it."""
        for entry in found:
            name = entry.name
            if _TEMPORARY.fullmatch(name):
                continue
            path = folder + name
            if entry.is_dir(follow_symlinks=False):
                yield f"{path}/"
                if self._wanted(path):
                    self._problem(path, "is a folder, expected a regular file")
            elif self._wanted(path):
                self._look_at(path, entry)

    def _wanted(self, path: str) -> bool:
        return self._include(path) is not None and self._exclude(path) is None

    def _look_at(self, path: str, entry: os.DirEntry[str]) -> None:
        if not _is_text(path):
            self._problem(
                path.encode("utf-8", "backslashreplace").decode(),
                "its name is not UTF-8, expected one that is",
            )
            return
        try:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                status = self._status_of_link(path)
        except FileNotFoundError:
            return
        except (OSError, UnreadableFileError) as error:
            self._seen.add(path)
            self._problem(path, _reason(error))
            return
        self._seen.add(path)
        if not stat.S_ISREG(status.st_mode):
            self._problem(path, f"is {_kind(status.st_mode)}, expected a regular file")
            return
        stamp = _stamp(status)
        if self._known.get(path) != stamp:
            self._changed[path] = stamp

    def _status_of_link(self, path: str) -> os.stat_result:
        return Path(_target_within(self._root, path)).lstat()

    def _note_unreadable_folder(self, folder: str, error: OSError) -> None:
        if not folder:
            raise SourceError(
                f"source {self._settings.name}: {self._settings.path} can't be read: {error.strerror}; expected a folder"
            ) from error
        if not isinstance(error, FileNotFoundError):
            self._hidden.append(folder)
            self._problem(
                folder.rstrip("/"), f"can't be read: {error.strerror}; what was read from it before is kept"
            )

    def _problem(self, path: str, reason: str) -> None:
        self._problems.append(Problem(file=str(self._settings.path / path), reason=reason))


def read_file(root: Path, path: str, limit: int, now_ns: int) -> tuple[bytes, Stamp]:
    """Read a file of at most `limit` bytes, whole, as one version of it; `now_ns` is the time in nanoseconds since 1970.

    Raises VanishedFileError, BusyFileError or UnreadableFileError. Never blocks, whatever lies at `path`.
    """
    for _ in range(_READ_ATTEMPTS):
        data, before, after = _read_once(root, path, limit)
        if before == after:
            is_racy = now_ns - before.modified_ns < _RACY_NANOSECONDS
            return data, UNKNOWN if is_racy else before
    raise BusyFileError(f"{path}: is being written")


def _read_once(root: Path, path: str, limit: int) -> tuple[bytes, Stamp, Stamp]:
    try:
        descriptor, target = _open(root, path)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123  a descriptor, not a path
            return _read_open(file.fileno(), limit, target)
    except FileNotFoundError as error:
        raise VanishedFileError(path) from error
    except OSError as error:
        raise UnreadableFileError(_reason(error)) from error


def _open(root: Path, path: str) -> tuple[int, str]:
    """Open a file without waiting for anybody; give its descriptor and the path that was opened."""
    # O_NONBLOCK: opening a FIFO must not wait for a writer. O_NOFOLLOW: a link is opened by its target, once that is checked.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    target = f"{root}/{path}"
    try:
        return os.open(target, flags), target
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    target = _target_within(os.path.realpath(root), path)
    return os.open(target, flags), target


def _read_open(descriptor: int, limit: int, target: str) -> tuple[bytes, Stamp, Stamp]:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        raise UnreadableFileError(f"is {_kind(before.st_mode)}, expected a regular file")
    data = b"".join(_chunks(descriptor, limit))
    if before.st_size > limit or len(data) > limit:
        raise UnreadableFileError(f"has {max(before.st_size, len(data))} bytes, expected at most {limit}")
    # By its path: an editor that replaces the file leaves the one that is open as it was.
    return data, _stamp(before), _stamp(Path(target).lstat())


def _chunks(descriptor: int, limit: int) -> Iterator[bytes]:
    """Give what the file holds, up to a little more than `limit`."""
    left = limit + 1
    while left > 0 and (chunk := os.read(descriptor, min(left, 1 << 20))):
        left -= len(chunk)
        yield chunk


def _target_within(real_root: str, path: str) -> str:
    """Give the real path of `path`; raise UnreadableFileError where it leads out of the folder."""
    full = f"{real_root}/{path}"
    target = os.path.realpath(full, strict=True)
    if not target.startswith(real_root.rstrip("/") + "/"):
        raise UnreadableFileError(
            "is a symbolic link that leads out of the source's folder, expected a file inside it"
        )
    return target


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"can't be read: {error.strerror}; expected a readable file"
    return str(error)
