"""A file beside a published tree, written in full before the tree is, and put in its place just before the tree.

Two renames can't be one. The file's comes first, for it can be taken back before anybody has seen it: nginx reads it when it is told to.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from aggregator.errors import PublishError


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file that is to be: where, what it says, and with what its first line has always begun, by which ours are known."""

    target: Path
    text: str
    mark: str

    def check(self) -> None:
        """Raise PublishError where it would take the place of what somebody else put there."""
        found = self._foreign()
        if found is not None:
            raise PublishError(
                f"{self.target}: is {found}, which publish did not write; expected no file there, or one that begins with "
                f"{self.mark!r}"
            )

    @contextmanager
    def written(self) -> Iterator["Written"]:
        """Write it under another name, and have what is there under a third; raise PublishError where that can't be done."""
        partial, before = (
            self.target.with_name(f".{self.target.name}.{end}") for end in ("partial", "before")
        )
        try:
            with self._told():
                for path in (partial, before):
                    path.unlink(missing_ok=True)  # else a link there would be followed
                _write(partial, self.text.encode())
                is_first = not self.target.exists()
                if not is_first:
                    _keep(self.target, before)
            yield Written(self, partial, None if is_first else before)
        finally:
            for path in (partial, before):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def put(self, partial: Path) -> None:
        """Put what was written in its place; raise PublishError, changing nothing."""
        with self._told():
            partial.replace(self.target)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PublishError(f"{self.target}: can't be written: {error}; what was there stands") from error

    def _foreign(self) -> str | None:
        """Tell what is there that is not ours; an empty file is nobody's."""
        if self.target.is_symlink():
            return f"a link to {self.target.readlink()}"
        if not self.target.exists():
            return None
        if not self.target.is_file():
            return "a folder" if self.target.is_dir() else "no regular file"
        with self.target.open("rb") as file:
            begin = file.read(len(self.mark.encode()))
        return None if begin in {b"", self.mark.encode()} else "a file"


class Written(NamedTuple):
    """A side file that was written, and under which names that and what was there before it lie: None, where nothing was there."""

    file: SideFile
    partial: Path
    before: Path | None

    def put(self) -> None:
        """Put it in its place; raise PublishError, changing nothing."""
        self.file.put(self.partial)

    def put_back(self) -> None:
        """Have in its place again what was there before; raise OSError, changing nothing."""
        if self.partial.exists():
            return  # it was never put
        if self.before is None:
            self.file.target.unlink(missing_ok=True)
        else:
            self.before.replace(self.file.target)


def _keep(target: Path, before: Path) -> None:
    """Have a file under another name too, so that it can be put back as it is, with its owner and mode."""
    try:
        os.link(target, before, follow_symlinks=False)
    except OSError:  # a file system without links, or one where nobody may link what is another's
        _copy(target, before)


def _copy(target: Path, before: Path) -> None:
    status = target.stat()
    with before.open("xb") as file:
        # Before there is anything in it that others are not to read.
        os.fchmod(file.fileno(), 0o600)
        file.write(target.read_bytes())
        with suppress(PermissionError):  # only root may give a file away
            os.fchown(file.fileno(), status.st_uid, status.st_gid)
        file.flush()
        shutil.copystat(target, before)
        os.fsync(file.fileno())


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # after a loss of power it is not to be empty
