"""How every command ends, and what it prints of names and documents: one that is interrupted ends with a status of its own, and output that
can't be written, as on a full disk, is told in one sentence, whichever command wrote, and whatever it printed.
"""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from traceback import walk_tb
from typing import Any

import click

from aggregator.printable import on_one_line

_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2
# As shells tell of a program that SIGINT ended.
_INTERRUPTED = 130


class Program(click.Group):
    """A group of commands of which none ends in a traceback for what stands behind standard output; the exit status is 2 then.

    The status of one that is interrupted is 130: by itself click gives 1, which means something else here.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as error:
            # Behind what the terminal shows of Ctrl-C.
            click.echo("\nAborted!", err=True)
            raise click.exceptions.Exit(_INTERRUPTED) from error

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run as click does. A closed pipe is click's own matter: nobody wants to read on, and nobody is told."""
        _open_what_is_closed()
        _escape_what_can_not_be_encoded()
        _print_warnings_on_one_line()
        with _told():
            return super().main(*args, **kwargs)


def print_line(text: str, *, to_errors: bool = False, colour: str | None = None) -> None:
    """Print one line that may hold what others wrote: names of files can hold ends of lines, and commands for terminals."""
    click.echo(click.style(on_one_line(text), fg=colour) if colour else on_one_line(text), err=to_errors)


def print_json(text: str) -> None:
    """Print JSON, which is UTF-8 whatever the encoding of the terminal (RFC 8259 section 8.1)."""
    click.echo(text.encode())


def print_path(path: Path) -> None:
    """Print a path alone on its line: to programs as it is, since they open it."""
    click.echo(on_one_line(str(path)) if sys.stdout.isatty() else os.fsencode(path))


def _open_what_is_closed() -> None:
    """Have printing fail where standard output is closed: Python has None there, and click prints nothing and is content.

    What goes to standard error goes nowhere where that is closed: whoever closed it wants to be told nothing, and all else is done.
    """
    if sys.stdout is None:
        sys.stdout = _opened(_STANDARD_OUTPUT, os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _opened(_STANDARD_ERROR, os.O_WRONLY)


def _opened(number: int, flags: int) -> TextIOWrapper:
    """Open what leads nowhere under this number, for as long as the process runs, so that no file that is opened takes its place."""
    nowhere = os.open(os.devnull, flags)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
    # Processes that are started get it as they would get any other.
    os.set_inheritable(number, True)  # noqa: FBT003  its only way
    return os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _escape_what_can_not_be_encoded() -> None:
    """Have what the terminal's encoding lacks be escaped: else Python fails, or puts out bytes that are in no encoding."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _print_warnings_on_one_line() -> None:
    """Have that be escaped, too, which Python prints of logs that no command has started."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_OneLine())


class _OneLine(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name that logging has for it
        return on_one_line(record.getMessage())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not _is_of_printing(error):
            raise
        _forget_output()
        with suppress(OSError):
            click.echo(f"standard output can't be written: {_reason(error)}", err=True)
        sys.exit(2)


def _reason(error: OSError) -> str:
    if error.errno == errno.EBADF:
        return "it is closed, expected one that is open"
    return f"{error.strerror}, expected room for what is printed"


def _is_of_printing(error: OSError) -> bool:
    """Tell whether click failed to print: any other file that can't be read or written is another matter."""
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


def _forget_output() -> None:
    """Have what is left to be printed go nowhere: Python tries again when it ends, and would say that it failed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
