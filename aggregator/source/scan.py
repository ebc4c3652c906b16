"""One folder of article files: what changed since the last time.

Symbolic links are followed to files inside the folder only. Folders that are symbolic links are not entered: so no loop can be,
and each file has one path. What a file says is no concern of this module.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aggregator.config import SourceSettings
from aggregator.errors import Problem, Severity, SourceError
from aggregator.printable import as_utf_8
from aggregator.source.file_reader import (
    FOLDER_FLAGS,
    UnreadableFileError,
    expect_regular,
    reason_of,
    stamp_of,
    target_within,
)
from aggregator.source.globs import compile_globs
from aggregator.source.stamp import Stamp

# What editors and copying tools leave while they work: hidden files (also rsync's .name.XXXXXX and emacs' .#name), emacs'
# #name#, Word's ~$name; backups, swap files and unfinished downloads; vim's test whether it may write.
_TEMPORARY_BEGINNINGS = (".", "#", "~")
_TEMPORARY_ENDINGS = ("~", ".swp", ".swx", ".swo", ".tmp", ".temp", ".part", ".partial", ".bak", ".orig")
_TEMPORARY_NAME = "4913"
# A folder so called was meant to be an article; `include: ["**"]` matches every folder, and most are meant to be folders.
_ARTICLE_ENDINGS = (".md", ".markdown", ".html")

# What is wrong with a file whose path is no text.
NO_TEXT = "its name is not UTF-8, expected one that is"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found: files that are new or changed, files that are gone, how many there are, and what is no proper file.

    Everything in it is in the order of the paths.
    """

    changed: Mapping[str, Stamp]
    gone: tuple[str, ...]
    seen: int
    problems: tuple[Problem, ...]


def scan(settings: SourceSettings, known: Mapping[str, Stamp]) -> Scan:
    """Find what differs from `known`; raise SourceError where the folder itself can't be read.

    What is no proper file any more, or lies below a folder that can't be read, is not gone: its last good version counts.
    """
    return _Scanner(settings, known).scan()


def reason_left_out(settings: SourceSettings, path: str) -> str | None:
    """Tell why the scan leaves out the file at `path` below the source's folder by its name, None where it does not."""
    *folders, name = path.split("/")
    hidden = next((folder for folder in folders if folder.startswith(".")), None)
    if hidden is not None:
        return f"the folder {hidden} is hidden"
    if is_temporary(name):
        return f"{name} looks like a temporary file"
    excluding = [glob for glob in settings.exclude if compile_globs([glob]).match(path)]
    if excluding:
        return f"exclude of source {settings.name} names it: {excluding[0]}"
    if not compile_globs(settings.include).match(path):
        return f"include of source {settings.name} does not name it: {', '.join(settings.include)}"
    return None


def is_temporary(path: str) -> bool:
    """Tell whether a file looks like one that editors and copying tools leave while they work, or lies in a hidden folder."""
    *folders, name = path.split("/")
    return (
        any(folder.startswith(".") for folder in folders)
        or name.startswith(_TEMPORARY_BEGINNINGS)
        or name.endswith(_TEMPORARY_ENDINGS)
        or name == _TEMPORARY_NAME
    )


def is_text(path: str) -> bool:
    """Tell whether a path is UTF-8: what is not can be the name of a file, but no catalogue or document can have it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Scanner:
    def __init__(self, settings: SourceSettings, known: Mapping[str, Stamp]) -> None:
        self._settings = settings
        self._root = os.path.realpath(settings.path).rstrip("/")
        self._known = known
        self._unseen = set(known)
        self._is_wanted = _wanted(settings).match
        # The patterns that leave out whole folders: no need to look into those.
        self._is_left_out = compile_globs(
            [glob for glob in settings.exclude if glob.endswith(("/", "**"))]
        ).match
        self._changed: dict[str, Stamp] = {}
        self._seen = 0
        self._problems: list[Problem] = []
        self._closed: list[str] = []

    def scan(self) -> Scan:
        before = self._identity_of_root()
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                with _opened(f"{self._root}/{folder}".removesuffix("/")) as found:
                    pending.extend(self._look_into(folder, found))
            except OSError as error:
                self._note_unreadable_folder(folder, error)
        # A folder that was taken away during the scan looks as if all the files that had not been seen yet were deleted.
        if self._identity_of_root() != before:
            raise self._source_error("was replaced while it was being scanned")
        return self._result()

    def _result(self) -> Scan:
        closed = tuple(self._closed)
        return Scan(
            changed=dict(sorted(self._changed.items())),
            gone=tuple(sorted(path for path in self._unseen if not path.startswith(closed))),
            seen=self._seen,
            problems=tuple(sorted(self._problems, key=lambda problem: problem.file)),
        )

    def _identity_of_root(self) -> tuple[int, int]:
        try:
            status = Path(self._root or "/").stat()
        except OSError as error:
            raise self._source_error(f"can't be read: {error.strerror}") from error
        return status.st_dev, status.st_ino

    def _look_into(self, folder: str, found: Iterator[os.DirEntry[str]]) -> Iterator[str]:
        """Take note of the files of one folder; give the folders in it.

        What is done for every name stands in line: 100,000 calls of a function are a tenth of the time of the whole scan.
        """
        is_wanted = self._is_wanted
        for entry in found:
            name = entry.name
            path = folder + name
            if entry.is_dir(follow_symlinks=False):
                if self._is_to_be_entered(path, name):
                    yield f"{path}/"
            elif name.startswith(_TEMPORARY_BEGINNINGS):
                continue
            elif not is_wanted(path):
                if entry.is_symlink():
                    self._note_unwanted_link(path, entry)
            elif not name.endswith(_TEMPORARY_ENDINGS) and name != _TEMPORARY_NAME:
                self._look_at(path, entry)

    def _is_to_be_entered(self, path: str, name: str) -> bool:
        if name.startswith(".") or self._is_left_out(f"{path}/"):
            return False
        if name.endswith(_ARTICLE_ENDINGS) and self._is_wanted(path):
            self._note_improper(path, "is a folder, expected a regular file")
        return True

    def _look_at(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._note_failure(path, error)
            return
        known = self._known.get(path)
        # Field by field: making a Stamp for each of the many files that have not changed would take longer than all the rest.
        if (
            known is not None
            and known.modified_ns == status.st_mtime_ns
            and known.size == status.st_size
            and known.inode == status.st_ino
        ):
            self._seen += 1
            self._unseen.discard(path)
        else:
            self._look_closely_at(path, status, known)

    def _look_closely_at(self, path: str, status: os.stat_result, known: Stamp | None) -> None:
        if not is_text(path):
            self._problem(path, NO_TEXT)
            return
        try:
            stamp = stamp_of(self._status_of_regular(path, status))
        except (OSError, UnreadableFileError) as error:
            self._note_failure(path, error)
            return
        self._seen += 1
        self._unseen.discard(path)
        if stamp != known:
            self._changed[path] = stamp

    def _status_of_regular(self, path: str, status: os.stat_result) -> os.stat_result:
        """Give the status of the file itself where `status` is that of a link; raise for what is no regular file in the end."""
        if stat.S_ISLNK(status.st_mode):
            status = self._status_of_link(path)
        if stat.S_ISDIR(status.st_mode):
            self._closed.append(f"{path}/")
        expect_regular(status)
        return status

    def _status_of_link(self, path: str) -> os.stat_result:
        try:
            return Path(self._root, target_within(self._root, path)).lstat()
        except FileNotFoundError:
            # Not an error where the link has gone as well. What it led to is gone in any case.
            if os.path.lexists(f"{self._root}/{path}"):
                self._problem(path, "is a symbolic link to nothing, expected one to a file")
            raise

    def _note_unwanted_link(self, path: str, entry: os.DirEntry[str]) -> None:
        """Say of a link to a folder that it is not entered: else people would look for its articles in vain."""
        try:
            is_folder = entry.is_dir()
        except OSError:
            return
        if is_folder and not self._is_left_out(f"{path}/"):
            self._closed.append(f"{path}/")
            self._problem(
                path,
                "is a symbolic link to a folder and not entered, expected a folder; give it a source of its own",
                Severity.WARNING,
            )

    def _note_failure(self, path: str, error: OSError | UnreadableFileError) -> None:
        # A file that vanishes during a scan is like one that had vanished before.
        if not isinstance(error, FileNotFoundError):
            self._note_improper(path, reason_of(error))

    def _note_improper(self, path: str, reason: str) -> None:
        """Count as seen what should have been a file, so that the last good version is kept."""
        self._seen += 1
        self._unseen.discard(path)
        self._problem(path, reason)

    def _note_unreadable_folder(self, folder: str, error: OSError) -> None:
        if not folder:
            raise self._source_error(f"can't be read: {error.strerror}") from error
        if isinstance(error, FileNotFoundError):
            return
        self._closed.append(folder)
        # A link or a file since its name was read: the next scan says what it is.
        if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
            self._problem(
                folder.rstrip("/"),
                f"can't be read: {error.strerror}; expected a readable folder; what was read from it before is kept",
            )

    def _problem(self, path: str, reason: str, severity: Severity = Severity.ERROR) -> None:
        # Bytes that are no UTF-8 could be neither printed nor written into JSON.
        file = str(self._settings.path / as_utf_8(path))
        self._problems.append(Problem(file=file, reason=reason, severity=severity))

    def _source_error(self, reason: str) -> SourceError:
        return SourceError(f"source {self._settings.name}: {self._settings.path} {reason}; expected a folder")


@contextmanager
def _opened(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Open a folder to be looked through, unless it is a link.

    By a descriptor: the kernel then looks each name up in the folder, not the whole path, which is 15 % faster.
    """
    descriptor = os.open(folder or "/", FOLDER_FLAGS | os.O_NOFOLLOW)
    try:
        with os.scandir(descriptor) as found:
            yield found
    finally:
        os.close(descriptor)


def _wanted(settings: SourceSettings) -> re.Pattern[str]:
    """Give one pattern for what is included and not excluded: one call for each of many names, not two."""
    include, exclude = compile_globs(settings.include), compile_globs(settings.exclude)
    return re.compile(f"(?!{exclude.pattern})(?:{include.pattern})", re.DOTALL)
