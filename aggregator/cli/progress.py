"""The progress bar: on a terminal, for work that takes long; nothing otherwise."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any

import click

from aggregator.refreshes.refresh import Progress

_AFTER_SECONDS = 1.0


@contextmanager
def progress(label: str = "reading") -> Iterator[Progress]:
    """Give a function that is told (files read, files to read) and, on a terminal, shows it when it takes long."""
    with ExitStack() as stack:
        yield _Bar(label, stack).show if sys.stderr.isatty() else _show_nothing


def _show_nothing(_done: int, _total: int) -> None:
    """Show nothing: what goes to a file or a program is no place for it."""


class _Bar:
    """A bar that comes up late, and begins anew where the work does."""

    def __init__(self, label: str, stack: ExitStack) -> None:
        self._label = label
        self._stack = stack
        self._started = monotonic()
        self._bar: Any = None

    def show(self, done: int, total: int) -> None:
        if monotonic() - self._started < _AFTER_SECONDS or not total:
            return
        if self._bar is None or done < self._bar.pos:
            self._stack.close()
            self._bar = self._stack.enter_context(self._new(total))
        self._bar.update(done - self._bar.pos)

    def _new(self, total: int) -> Any:
        return click.progressbar(length=total, label=self._label, show_pos=True, file=sys.stderr)
