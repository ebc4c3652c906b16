"""A process that writes part of a tree beside the one that publishes: making documents is Python, of which a process does one at a time."""

from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from aggregator.config import Settings
from aggregator.documents.draft import Drafts
from aggregator.documents.feed_drafts import FeedDrafts
from aggregator.errors import AggregatorError
from aggregator.processes import follow_parent
from aggregator.publish.tree import Line, Part, write_part
from aggregator.scratch import opened
from aggregator.wiring import Wiring, wire


class _Running(NamedTuple):
    process: BaseProcess
    line: Connection


class _Order(NamedTuple):
    part: Part
    generation: int


class PublishingProcess:
    """One such process: a Helper of `publish`. To begin it takes about a second, so that is done before it is needed."""

    def __init__(self, settings: Settings, only: Sequence[str]) -> None:
        self._settings = settings
        self._only = tuple(only)
        self._running: _Running | None = None

    @property
    def is_there(self) -> bool:
        """Tell whether it was begun."""
        return self._running is not None

    def start(self) -> None:
        """Begin the process, unless that was done. Where the system has none to give, nothing comes of it."""
        if self._running is not None:
            return
        context = get_context("spawn")
        line, theirs = context.Pipe()
        process = context.Process(
            target=_help, args=(self._settings, self._only, theirs), name="publishing", daemon=True
        )
        try:
            process.start()
        except OSError:
            # No process is to be had; the tree is written without one.
            line.close()
            return
        finally:
            theirs.close()
        self._running = _Running(process, line)

    def begin(self, part: Part, generation: int) -> None:
        """Have it write a part of the tree of a generation."""
        if self._running is not None:
            # Where it has gone, `lines` says so.
            with suppress(BrokenPipeError):
                self._running.line.send(_Order(part, generation))

    def lines(self) -> Sequence[Line] | None:
        """Give what it wrote, None where it could not: somebody else has to, and finds out why."""
        if self._running is None:
            return None
        try:
            written: list[Line] | None = self._running.line.recv()
        except (EOFError, ConnectionError):
            return None
        return written

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self._running is not None:
            self._running.line.close()
            self._running.process.kill()
            self._running.process.join()


def families_of(settings: Settings, wiring: Wiring, only: Sequence[str]) -> tuple[Drafts, ...]:
    """Give the documents of a tree: of the whole site, or of feeds as they are now in these formats only."""
    if not only:
        return wiring.tree
    max_age = settings.server.max_age
    return (FeedDrafts(wiring.definitions, settings.site, tuple(only), max_age, current_only=True),)


def _help(settings: Settings, only: Sequence[str], line: Connection) -> None:
    """Write the part that is asked for, in a process of its own."""
    follow_parent()
    try:
        order = line.recv()
    except EOFError:
        return
    try:
        line.send(_written(settings, only, order))
    except (AggregatorError, OSError):
        line.send(None)


def _written(settings: Settings, only: Sequence[str], order: _Order) -> list[Line] | None:
    with opened(settings.store) as catalogue, catalogue.snapshot() as snapshot:
        # A server may have made another since: a tree is of one generation.
        if snapshot.generation.number != order.generation:
            return None
        return list(write_part(families_of(settings, wire(settings, catalogue), only), snapshot, order.part))
