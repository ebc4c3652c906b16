"""Standard output that can't be written: a full disk is told in one sentence, whichever command wrote, and whatever it printed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from traceback import walk_tb
from typing import Any

import click


class Program(click.Group):
    """A group of commands of which none ends in a traceback for what stands behind standard output; the exit status is 2 then."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run as click does. A closed pipe is click's own matter: nobody wants to read on, and nobody is told."""
        with _told():
            return super().main(*args, **kwargs)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not _is_of_printing(error):
            raise
        _forget_output()
        with suppress(OSError):
            click.echo(
                f"standard output can't be written: {error.strerror}, expected room for what is printed",
                err=True,
            )
        sys.exit(2)


def _is_of_printing(error: OSError) -> bool:
    """Tell whether click failed to print: any other file that can't be read or written is another matter."""
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


def _forget_output() -> None:
    """Have what is left to be printed go nowhere: Python tries again when it ends, and would say that it failed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
