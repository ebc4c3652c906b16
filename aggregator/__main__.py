"""`python -m aggregator`, and the `aggregator` command."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _ending_at_an_interrupt() -> Iterator[None]:
    """Have Ctrl-C end the process without a word, as in a program of C, where it would be a traceback; not where it is ignored."""
    is_to_end = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_to_end:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    if is_to_end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _ignore_reloads() -> None:
    """Have a server that begins, and has loaded nothing yet, take a SIGHUP for done, where it would end the process."""
    if sys.argv[1:2] == ["serve"]:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


_ignore_reloads()
# To import all takes most of a second, in which nothing else follows signals yet.
with _ending_at_an_interrupt():
    from aggregator.cli import cli


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
