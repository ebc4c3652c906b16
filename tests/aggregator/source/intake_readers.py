"""What stands in for the reader of articles in tests of other processes, which must be able to import it by this file's name."""

import os
import signal
from datetime import UTC
from pathlib import Path
from time import sleep

from aggregator.errors import Problem
from aggregator.frontmatter.reading import Outcome, Reading
from feeds.site import Site

READING = Reading(
    source="news",
    site=Site(title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026"),
    timezone=UTC,
    fields={"title": "headline"},
)


def read_process(_data: bytes, _path: str, _reading: Reading, file: str) -> Outcome:
    """Tell which process reads."""
    return Outcome(problems=(Problem(file=file, reason=str(os.getpid())),))


def read_leaving_a_mark(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    """Leave a file for each file that is read."""
    Path(f"{file}.read").touch()
    return read_process(data, path, reading, file)


def read_hanging(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    """Wait for ever, after the first chunk, as for a file system that does not answer."""
    while path > "0099.md":
        sleep(1)
    return read_process(data, path, reading, file)


def read_dying(_data: bytes, path: str, _reading: Reading, _file: str) -> Outcome:
    """Die at one file, as for want of memory."""
    if path == "0150.md":
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def read_failing(_data: bytes, path: str, _reading: Reading, _file: str) -> Outcome:
    """Fail as a reader with a fault would."""
    raise LookupError(path)


def read_interrupted(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    """Be sent what a terminal sends to all its processes."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGHUP)
    return read_process(data, path, reading, file)
