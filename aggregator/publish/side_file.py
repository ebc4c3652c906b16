"""A file beside a published tree, written in full before the tree is, and put in its place with it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

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
    def written(self) -> Iterator[Callable[[], None]]:
        """Write it under another name, and give what puts it in its place; raise PublishError where either can't be done."""
        partial = self.target.with_name(f".{self.target.name}.partial")
        try:
            with self._told():
                partial.unlink(missing_ok=True)  # else a link there would be followed
                _write(partial, self.text)
            yield lambda: self._put(partial)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def _put(self, partial: Path) -> None:
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


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # after a loss of power it is not to be empty
