"""Switchboard: brings the figures of several serving processes together in the process that keeps them.

Each worker has a line of its own, a pair of sockets. Whoever is asked for the figures asks the switchboard; it asks every worker
and gives the sum. No end ever blocks on a line, so that none can hold up another's requests, and nothing is written to disk, so
that nothing is left over after a crash.
"""

import asyncio
from asyncio import StreamWriter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from socket import socket

from aggregator.monitoring.metrics import Figures, total
from aggregator.service.frames import framed, receive

# A worker that has not told its figures within this time is taken by what it told last.
_PATIENCE_SECONDS = 1.0


class _Word(Enum):
    """What is said on a line beside figures: a worker listens, asks for the sum, or is to tell its figures."""

    READY = auto()
    ASK = auto()
    TELL = auto()


@dataclass(eq=False, slots=True)
class _Worker:
    writer: StreamWriter
    figures: Figures = field(default_factory=Figures)
    has_told: asyncio.Event = field(default_factory=asyncio.Event)
    is_ready: bool = False


class Switchboard:
    """The keeper's end of every line. Belongs to the event loop.

    own       gives the figures of the keeper itself
    expected  how many workers there should be
    """

    def __init__(
        self, own: Callable[[], Figures], expected: int, patience: float = _PATIENCE_SECONDS
    ) -> None:
        self._own = own
        self._expected = expected
        self._patience = patience
        self._workers: set[_Worker] = set()
        self._ended = Figures()
        self._gathering: asyncio.Task[Figures] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._all_ready = asyncio.Event()

    async def serve(self, end: socket) -> None:
        """Serve one worker's line until its other end is closed."""
        reader, writer = await asyncio.open_unix_connection(sock=end)
        worker = _Worker(writer)
        self._workers.add(worker)
        try:
            while True:
                self._hear(worker, await receive(reader))
        except (EOFError, OSError):
            self._forget(worker)
        finally:
            writer.close()

    async def listening(self) -> None:
        """Wait until every worker listens."""
        await self._all_ready.wait()

    async def gather(self) -> Figures:
        """Give the sum of what the keeper, the workers, and those that have ended counted."""
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.create_task(self._gather())
        return await asyncio.shield(self._gathering)

    def _hear(self, worker: _Worker, message: object) -> None:
        if isinstance(message, Figures):
            worker.figures = message
            worker.has_told.set()
        elif message is _Word.ASK:
            task = asyncio.create_task(self._answer(worker))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        else:
            worker.is_ready = True
            if sum(one.is_ready for one in self._workers) >= self._expected:
                self._all_ready.set()

    def _forget(self, worker: _Worker) -> None:
        """Keep the counts of a worker that has ended: what only grows must not shrink."""
        self._workers.discard(worker)
        self._ended = total([self._ended, Figures(counts=worker.figures.counts)])
        worker.has_told.set()

    async def _gather(self) -> Figures:
        asked = tuple(self._workers)
        for worker in asked:
            worker.has_told.clear()
            _send(worker.writer, _Word.TELL)
        told = [asyncio.create_task(worker.has_told.wait()) for worker in asked]
        if told:
            _, silent = await asyncio.wait(told, timeout=self._patience)
            for task in silent:
                task.cancel()
        return total([self._own(), self._ended, *(worker.figures for worker in self._workers)])

    async def _answer(self, worker: _Worker) -> None:
        _send(worker.writer, await self.gather())


class Line:
    """A worker's end of its line. Belongs to the event loop.

    figures  gives what this process has counted
    """

    def __init__(self, figures: Callable[[], Figures], patience: float = 3 * _PATIENCE_SECONDS) -> None:
        self._figures = figures
        self._patience = patience
        self._writer: StreamWriter | None = None
        self._has_begun = asyncio.Event()
        self._waiting: set[asyncio.Future[Figures]] = set()

    async def serve(self, end: socket) -> None:
        """Say that this process listens, and answer the switchboard until it is gone."""
        reader, self._writer = await asyncio.open_unix_connection(sock=end)
        self._has_begun.set()
        _send(self._writer, _Word.READY)
        try:
            while True:
                self._hear(self._writer, await receive(reader))
        except (EOFError, OSError) as error:
            for asked in self._waiting:
                asked.set_exception(ConnectionResetError(f"the switchboard is gone: {error}"))
        finally:
            self._writer.close()
            self._writer = None

    async def gather(self) -> Figures:
        """Give the sum over all processes; raise OSError where it can't be had in time."""
        asked: asyncio.Future[Figures] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._patience):
                # A process listens a moment before its line is served, and may be asked in that.
                await self._has_begun.wait()
                if self._writer is None:
                    raise ConnectionError("there is no line to the switchboard")
                self._waiting.add(asked)
                _send(self._writer, _Word.ASK)
                return await asked
        finally:
            self._waiting.discard(asked)

    def _hear(self, writer: StreamWriter, message: object) -> None:
        if isinstance(message, Figures):
            for asked in self._waiting:
                if not asked.done():
                    asked.set_result(message)
        else:
            _send(writer, self._figures())


def _send(writer: StreamWriter, message: _Word | Figures) -> None:
    writer.write(framed(message))
