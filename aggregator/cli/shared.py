"""What commands have in common: the option that names the configuration, how errors are told, the clock."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.output import print_line
from aggregator.errors import AggregatorError, ConfigurationError, SourceError

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AGGREGATOR_CONFIG",
    default=Path("config/aggregator.yaml"),
    show_default=True,
    show_envvar=True,
    help="The configuration file.",
)


def clock() -> datetime:
    """Read the clock: commands do, and hand the time in."""
    return datetime.now(UTC)


@contextmanager
def reported() -> Iterator[None]:
    """Turn the errors that people can mend into text on standard error and exit status 2."""
    try:
        yield
    except AggregatorError as error:
        # Those who have several things to say have them on lines of their own already.
        is_of_lines = isinstance(error, ConfigurationError | SourceError)
        for line in str(error).split("\n") if is_of_lines else [str(error)]:
            print_line(line, to_errors=True)
        sys.exit(2)


def counted(number: int, noun: str) -> str:
    """Give a number with its noun: 1 file, 2 files."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
