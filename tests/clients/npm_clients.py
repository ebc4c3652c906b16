"""Clients of npm's packages: rss-parser, which fetches what it parses, and feedsmith, which parses what a reader has fetched.

Each is driven by a small script beside this file, a process that lives as long as the client: a line asks, a line answers.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.clients.client import Client, Kind, RefusedError, Seen, text_of
from tests.clients.fetching import Fetcher, get
from tests.clients.shelf import Document, Shelf

_HERE = Path(__file__).parent
_NODE_MODULES = _HERE.parent / "npm" / "node_modules"


class _Script:
    """A running script. It is asked with a text, and answers with an object."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers

    def ask(self, question: str) -> Document:
        self._questions.write(json.dumps(question) + "\n")
        self._questions.flush()
        answer: dict[str, Any] = json.loads(self._answers.readline())
        if "error" in answer:
            raise RefusedError(answer["error"])
        return Document(entries=tuple(map(_seen, answer["entries"])), previous=answer.get("previous"))


def _seen(entry: dict[str, Any]) -> Seen:
    return Seen(
        id=entry["id"],
        title=entry["title"],
        link=entry["link"],
        published=entry["published"],
        text=text_of(entry["html"]),
    )


@contextmanager
def _running(script: str) -> Iterator[_Script]:
    command = ["node", str(_HERE / script)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # The script ends when its input does, which is at the end of the outer block.
        yield _Script(process.stdin, process.stdout)


@contextmanager
def _start_rss_parser(_folder: Path) -> Iterator[Client]:
    with _running("rss_parser.mjs") as script:
        yield Shelf(script.ask, script.ask)


@contextmanager
def _start_feedsmith(_folder: Path) -> Iterator[Client]:
    fetcher = Fetcher()

    with _running("feedsmith.mjs") as script:

        def get_feed(url: str) -> Document | None:
            text = fetcher.get_new(url)
            return None if text is None else script.ask(text)

        yield Shelf(get_feed, lambda url: script.ask(get(url)))


def _missing(package: str) -> str | None:
    is_there = shutil.which("node") is not None and (_NODE_MODULES / package).is_dir()
    return None if is_there else f"{package} not installed: see tests/install_tools.sh"


RSS_PARSER = Kind(
    name="rss-parser",
    formats=("atom", "rss"),
    start=_start_rss_parser,
    missing=_missing("rss-parser"),
    validates=False,
)
FEEDSMITH = Kind(
    name="feedsmith",
    formats=("atom", "rss", "json"),
    start=_start_feedsmith,
    missing=_missing("feedsmith"),
    walks=True,
    wants_deltas=True,
)
