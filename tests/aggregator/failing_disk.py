"""A disk of which the Nth thing that is asked goes wrong, whether Python asks or SQLite.

Python is met at the functions of `os` and at the files that it opens, in whatever mode; SQLite at its own interface to the system
(sqlite.org/vfs.html), whose methods are called by way of ours. What nobody is told to fail is done as always. It knows, too, what was
fsynced and has not changed since, and so would be there after a loss of power.
"""

import _sqlite3
import builtins
import ctypes
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

_ASKED_OF_PATHS = [
    "open",
    "scandir",
    "listdir",
    "stat",
    "lstat",
    "mkdir",
    "rename",
    "replace",
    "unlink",
    "rmdir",
    "symlink",
    "link",
    "readlink",
    "chmod",
    "utime",
]
_ASKED_OF_DESCRIPTORS = ("read", "fstat", "fsync")
_FULL = {"write", "mkdir", "symlink", "link", "rename", "replace"}
# What changes the folder in which it happens.
_CHANGES_OF_FOLDERS = {"mkdir", "rename", "replace", "unlink", "rmdir", "symlink", "link"}

# What a file is known by, whatever it is called.
Inode = tuple[int, int]

# What SQLite's methods give when they fail (sqlite.org/rescode.html); a write fails for want of space.
_CODES = {
    "xRead": 266,
    "xWrite": 13,
    "xTruncate": 1546,
    "xSync": 1034,
    "xFileSize": 1802,
    "xShmMap": 5386,
    "xOpen": 14,
    "xDelete": 2570,
}


@dataclass
class FailingDisk:
    """What is asked of one folder, counted from 1, and which of it fails.

    fails    the number that goes wrong, 0: none
    lasts    whether all that comes after it goes wrong, too
    kills    whether the process is killed there instead

    asked      what was asked for
    synced_at  the files and folders that were on the disk as they are when something took a place, by that place
    """

    folder: Path
    fails: int = 0
    lasts: bool = False
    kills: bool = False
    asked: list[str] = field(default_factory=list)
    synced_at: dict[Path, frozenset[Inode]] = field(default_factory=dict)
    _synced: set[Inode] = field(default_factory=set)
    _descriptors: set[int] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _stat: Callable[..., os.stat_result] = os.stat

    def begin(self, fails: int = 0, *, lasts: bool = False, kills: bool = False) -> None:
        """Count anew, and let that number fail."""
        self.asked.clear()
        self._synced.clear()
        self.synced_at.clear()
        self.fails, self.lasts, self.kills = fails, lasts, kills

    def mend(self) -> None:
        """Let nothing fail any more."""
        self.fails = 0

    def is_to_fail(self, what: str) -> bool:
        with self._lock:
            self.asked.append(what)
            number = len(self.asked)
        if self.kills and self.fails == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.fails == number or (self.lasts and 0 < self.fails < number)

    def ask(self, what: str) -> None:
        if self.is_to_fail(what):
            code = errno.ENOSPC if what in _FULL else errno.EIO
            raise OSError(code, os.strerror(code))

    @contextmanager
    def in_place_of_python_s(self) -> Iterator[None]:
        """Let Python's calls come by here."""
        with pytest.MonkeyPatch.context() as patch:
            for name in _ASKED_OF_PATHS:
                patch.setattr(os, name, self._asking_path(name, getattr(os, name)))
            for name in _ASKED_OF_DESCRIPTORS:
                patch.setattr(os, name, self._asking_descriptor(name, getattr(os, name)))
            patch.setattr(os, "close", self._closing(os.close))
            opening = self._opening(io.open)
            for module in (io, builtins):  # which have it each by itself
                patch.setattr(module, "open", opening)
            yield

    @contextmanager
    def in_place_of_sqlite_s(self) -> Iterator[None]:
        """Let what SQLite asks of files come by here, for connections that are opened meanwhile."""
        vfs = _FailingVfs(self.is_to_fail)
        vfs.register()
        try:
            yield
        finally:
            vfs.unregister()

    def _concerns(self, path: object) -> bool:
        if isinstance(path, int):
            return path in self._descriptors
        return isinstance(path, str | Path) and Path(path).is_relative_to(self.folder)

    def _asking_path(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def asking(path: Any = ".", *arguments: Any, **more: Any) -> Any:
            # A symbolic link lies where its second argument says; the first is what it says, relative to that.
            place = arguments[0] if name == "symlink" else path
            is_ours = self._concerns(place) or more.get("dir_fd") in self._descriptors
            if is_ours:
                self.ask(name)
                if name == "replace":
                    self.synced_at[Path(arguments[0])] = frozenset(self._synced)
            given = call(path, *arguments, **more)
            if is_ours and name == "open":
                self.follow(given)
            elif is_ours and name in _CHANGES_OF_FOLDERS and "dir_fd" not in more:
                self.note_entry(*(Path(one) for one in (place, *arguments) if isinstance(one, str | Path)))
            return given

        return asking

    def _asking_descriptor(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def asking(descriptor: int, *arguments: Any) -> Any:
            if descriptor not in self._descriptors:
                return call(descriptor, *arguments)
            self.ask(name)
            given = call(descriptor, *arguments)
            if name == "fsync":
                self._synced.add(self._inode(descriptor))
            return given

        return asking

    def _closing(self, close: Callable[[int], None]) -> Callable[[int], None]:
        def closing(descriptor: int) -> None:
            self.forget(descriptor)
            close(descriptor)

        return closing

    def _opening(self, really_open: Callable[..., Any]) -> Callable[..., Any]:
        def opening(  # noqa: PLR0917  as `open` has them
            file: Any,
            mode: str = "r",
            buffering: int = -1,
            encoding: str | None = None,
            errors: str | None = None,
            newline: str | None = None,
            **more: Any,
        ) -> Any:
            if not self._concerns(file):
                return really_open(file, mode, buffering, encoding, errors, newline, **more)
            self.ask("open")
            raw = FailingFile(self, file, mode.replace("b", "").replace("t", ""), **more)
            if buffering == 0:
                return raw
            buffered = io.BufferedReader(raw) if raw.readable() else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

        return opening

    def follow(self, descriptor: int) -> None:
        """Let what is asked of an open file come by here."""
        self._descriptors.add(descriptor)

    def forget(self, descriptor: int) -> None:
        """Let an open file, that is about to be closed, be none of ours."""
        self._descriptors.discard(descriptor)

    def note_write(self, descriptor: int) -> None:
        """Take it that the disk has not all of an open file any more."""
        self._synced.discard(self._inode(descriptor))

    def note_entry(self, *paths: Path) -> None:
        """Take it that folders have, or had, other entries than those that the disk has."""
        for path in paths:
            with suppress(FileNotFoundError):
                self._synced.discard(self._inode(path.parent))

    def _inode(self, file: int | Path) -> Inode:
        status = self._stat(file)
        return status.st_dev, status.st_ino


class FailingFile(io.FileIO):
    """A file that is read or written. Of a write that fails, half is written."""

    def __init__(self, disk: FailingDisk, path: Any, mode: str, **more: Any) -> None:
        assert "+" not in mode, mode
        super().__init__(path, mode, **more)
        self._disk = disk
        disk.follow(self.fileno())
        if self.writable() and not isinstance(path, int):
            disk.note_entry(Path(path))

    def close(self) -> None:
        if not self.closed:
            self._disk.forget(self.fileno())
        super().close()

    def readinto(self, buffer: Any) -> int:
        self._disk.ask("read")
        return super().readinto(buffer)

    def read(self, size: int | None = -1) -> bytes:
        self._disk.ask("read")
        return super().read(-1 if size is None else size)

    def readall(self) -> bytes:
        self._disk.ask("read")
        return super().readall()

    def write(self, data: Any) -> int:
        self._disk.note_write(self.fileno())
        try:
            self._disk.ask("write")
        except OSError:
            super().write(memoryview(data)[: len(data) // 2])
            raise
        return super().write(data)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods: what can be asked of an open file."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        *(
            (name, ctypes.c_void_p)
            for name in [
                "xClose",
                "xRead",
                "xWrite",
                "xTruncate",
                "xSync",
                "xFileSize",
                "xLock",
                "xUnlock",
                "xCheckReservedLock",
                "xFileControl",
                "xSectorSize",
                "xDeviceCharacteristics",
                "xShmMap",
                "xShmLock",
                "xShmBarrier",
                "xShmUnmap",
                "xFetch",
                "xUnfetch",
            ]
        ),
    ]


class _File(ctypes.Structure):
    """sqlite3_file: an open file, of which all but its methods is SQLite's own."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """sqlite3_vfs: what can be asked of the file system."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        *(
            (name, ctypes.c_void_p)
            for name in [
                "xOpen",
                "xDelete",
                "xAccess",
                "xFullPathname",
                "xDlOpen",
                "xDlError",
                "xDlSym",
                "xDlClose",
                "xRandomness",
                "xSleep",
                "xCurrentTime",
                "xGetLastError",
                "xCurrentTimeInt64",
                "xSetSystemCall",
                "xGetSystemCall",
                "xNextSystemCall",
            ]
        ),
    ]


_INT, _LONG, _POINTER = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p
_FILE_TYPES = {
    "xRead": ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _LONG),
    "xWrite": ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _LONG),
    "xTruncate": ctypes.CFUNCTYPE(_INT, _POINTER, _LONG),
    "xSync": ctypes.CFUNCTYPE(_INT, _POINTER, _INT),
    "xFileSize": ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER),
    "xShmMap": ctypes.CFUNCTYPE(_INT, _POINTER, _INT, _INT, _INT, _POINTER),
}
_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, ctypes.POINTER(_File), _INT, _POINTER)
_DELETE = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT)


class _FailingVfs:
    """SQLite's file system, with a question before what may fail."""

    def __init__(self, is_to_fail: Callable[[str], bool]) -> None:
        self._is_to_fail = is_to_fail
        # The library that Python's own module has loaded, wherever it lies.
        self._library = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        real = self._library.sqlite3_vfs_find(None)
        self._vfs = _Vfs.from_buffer_copy(real.contents)
        self._vfs.zName = b"failing"
        # What SQLite calls must stay in memory as long as it may.
        self._kept: list[Any] = []
        self._methods: dict[int, _Methods] = {}
        self._replace(self._vfs, "xOpen", _OPEN, self._note_methods)
        self._replace(self._vfs, "xDelete", _DELETE)

    def register(self) -> None:
        assert self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == 0

    def unregister(self) -> None:
        assert self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs)) == 0

    def _replace(self, table: Any, name: str, kind: Any, then: Callable[..., None] = lambda *_: None) -> None:
        really = kind(getattr(table, name))

        def asking(*arguments: Any) -> int:
            if self._is_to_fail(name):
                if name == "xOpen":
                    ctypes.cast(arguments[2], ctypes.POINTER(_POINTER))[0] = None
                return _CODES[name]
            code: int = really(*arguments)
            if code == 0:
                then(*arguments)
            return code

        ours = kind(asking)
        self._kept += [really, ours]
        setattr(table, name, ctypes.cast(ours, _POINTER).value)

    def _note_methods(self, _vfs: Any, _name: Any, file: Any, *_: Any) -> None:
        """Have an open file's methods called by way of ours."""
        address = ctypes.addressof(file.contents.methods.contents)
        if address not in self._methods:
            methods = _Methods.from_buffer_copy(file.contents.methods.contents)
            for name, kind in _FILE_TYPES.items():
                if getattr(methods, name):  # what is written ahead has no shared memory of its own
                    self._replace(methods, name, kind)
            self._methods[address] = methods
        file.contents.methods = ctypes.pointer(self._methods[address])
