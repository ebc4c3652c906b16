"""Workers: the processes that serve one catalogue, one or several, and how the process that keeps them speaks to them. An Outlet.

Each worker listens on the same address for itself (SO_REUSEPORT), and the kernel spreads connections over them. A pipe to each, which is a
pair of sockets, tells it of generations and configurations; its end tells it to stop. A worker that dies is replaced, as soon as another can
be started.
"""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from time import monotonic

import uvloop

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.errors import ServeError
from aggregator.monitoring import events
from aggregator.monitoring.logs import LogForm, start_logging
from aggregator.monitoring.metrics import WORKER_ENDS, WORKER_START_FAILURES, Figures, total
from aggregator.service.allocator import hold_little
from aggregator.service.serving import Serving
from aggregator.service.switchboard import Line, Switchboard
from aggregator.service.words import Advance, Words, hear, tell

# Longer than what an outlet waits for in flight, and a second less than the process has in all: to end takes some hundred milliseconds.
_STOP_SECONDS = 8.5
_END_SECONDS = 2.0
_REPLACE_AFTER_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_REAP_SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    """A process, this one's ends of two pairs of sockets to it, and what it is still to be told.

    pipe  by which it is told; line: to the switchboard
    """

    process: BaseProcess
    pipe: socket.socket
    line: socket.socket
    words: Words

    def tell_end(self) -> None:
        """Let it hear that nothing more comes, also where a task that was not ended holds the socket."""
        with suppress(OSError):  # it has gone before
            self.pipe.shutdown(socket.SHUT_RDWR)
        self.pipe.close()


class Workers:
    """Keeps worker processes. Once it attends to them, it belongs to the event loop."""

    def __init__(
        self, settings: Settings, keeper: Callable[[], Figures], log_form: LogForm, token: bytes
    ) -> None:
        self._settings = settings
        self._keeper = keeper
        self._log_form = log_form
        self._token = token
        self._ends = 0
        self._start_failures = 0
        self._switchboard = Switchboard(self._figures, settings.server.workers)
        self._lines: set[asyncio.Task[None]] = set()
        self._telling: dict[_Worker, asyncio.Task[None]] = {}
        self._next_due: datetime | None = None
        self._workers: set[_Worker] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self._all_ended = asyncio.Event()
        self._reserved = _reserve(settings)

    @classmethod
    def fork(
        cls, settings: Settings, keeper: Callable[[], Figures], log_form: LogForm, token: bytes
    ) -> "Workers":
        """Start as many workers as the settings say; raise ServeError where the address, or so many processes, can't be had.

        To be called before this process has threads, an event loop or an open catalogue: a worker is a copy of it, which saves it the
        time and the memory of loading all modules anew.

        keeper    gives the figures of this process
        log_form  how workers write what they tell
        token     what status_digest gave at the start: the one of all workers, whenever they are started and whatever became of its file
        """
        workers = cls(settings, keeper, log_form, token)
        # What there is now is there for good. Counted as garbage, it would be looked through, and so copied, in every process.
        gc.collect()
        gc.freeze()
        context = get_context("fork")
        wanted = settings.server.workers
        try:
            for _ in range(wanted):
                workers._workers.add(workers._new_worker(context))
        except OSError as error:
            begun = len(workers._workers)
            workers.end()
            raise ServeError(
                f"can't start {wanted} workers: {error.strerror} after {begun} of them; expected fewer (server.workers)"
            ) from error
        except BaseException:
            workers.end()
            raise
        return workers

    def attend(self) -> None:
        """Speak with the workers from now on, and replace those that die."""
        for worker in self._workers:
            self._attend_to(worker)

    @property
    def port(self) -> int:
        """The port that all workers listen on."""
        return int(self._reserved.getsockname()[1])

    def advance(self, next_due: datetime | None) -> None:
        """Tell every worker that a refresh has ended."""
        self._next_due = next_due
        self._tell(Advance(next_due))

    async def reconfigure(self, settings: Settings) -> None:
        """Tell every worker the new configuration."""
        self._settings = settings
        self._tell(settings)

    async def listening(self) -> None:
        """Wait until every worker listens."""
        await self._switchboard.listening()

    async def stop(self) -> None:
        """Let every worker finish what is in flight; end the ones that don't."""
        self._is_stopping = True
        for task in self._replacing:
            task.cancel()
        for task in self._telling.values():
            task.cancel()
        for worker in self._workers:
            worker.tell_end()
        self._note_if_all_ended()
        # No thread waits for them: there may be more workers than threads to be had.
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._all_ended.wait()
        self._leave_none(_STOP_SECONDS)

    def end(self) -> None:
        """End every worker that has not been stopped, within moments, whatever is in flight.

        For who fails, so that there is no event loop, or none any more: without it they would serve on, and never be told anything.
        """
        for worker in self._workers:
            worker.tell_end()
            worker.line.close()
        deadline = monotonic() + _END_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - monotonic()))
        self._leave_none(_END_SECONDS)

    def _leave_none(self, seconds: float) -> None:
        """Kill the workers that have not ended within so long, and let others have the address."""
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.kill()
                events.WORKER_KILLED.log(worker=worker.process.pid, seconds=seconds)
        self._workers.clear()
        self._reserved.close()

    def _new_worker(self, context: ForkContext | SpawnContext) -> _Worker:
        settings = replace(
            self._settings, server=self._settings.server.model_copy(update={"port": self.port})
        )
        # The ends of the worker are closed here when it has them, and those of this process where there is to be none.
        with ExitStack() as theirs, ExitStack() as mine:
            pipe, their_pipe = socket.socketpair()
            mine.enter_context(pipe)
            theirs.enter_context(their_pipe)
            line, their_line = socket.socketpair()
            mine.enter_context(line)
            theirs.enter_context(their_line)
            # A copy of this process has this side of every pipe too, and would keep it open for ever.
            others = [end for one in self._workers for end in (one.pipe, one.line)]
            is_copy = isinstance(context, ForkContext)
            inherited = [pipe, line, self._reserved, *others] if is_copy else []
            ends = {"pipe": their_pipe, "line": their_line, "inherited": inherited}
            told = {
                "next_due": self._next_due,
                "log_form": self._log_form,
                "token": self._token,
                **ends,
            }
            process = context.Process(target=_work, args=(settings,), kwargs=told, name="worker")
            process.start()
            mine.pop_all()
        return _Worker(process, pipe, line, Words())

    def _attend_to(self, worker: _Worker) -> None:
        serving = asyncio.create_task(self._switchboard.serve(worker.line))
        self._lines.add(serving)
        serving.add_done_callback(self._lines.discard)
        self._telling[worker] = asyncio.create_task(_tell_all(worker))
        asyncio.get_running_loop().add_reader(worker.process.sentinel, self._note_end, worker)

    def _note_end(self, worker: _Worker) -> None:
        asyncio.get_running_loop().remove_reader(worker.process.sentinel)
        self._workers.discard(worker)
        if self._is_stopping:
            self._note_if_all_ended()
            return
        self._telling.pop(worker).cancel()
        worker.tell_end()
        worker.process.join(_REAP_SECONDS)  # its end is told a moment before its status can be had
        self._ends += 1
        events.WORKER_ENDED.log(worker=worker.process.pid, status=worker.process.exitcode)
        task = asyncio.create_task(self._replace())
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    def _note_if_all_ended(self) -> None:
        if not self._workers:
            self._all_ended.set()

    async def _replace(self) -> None:
        # A worker that dies at its start would else be started as fast as the machine can.
        pause, worker = _REPLACE_AFTER_SECONDS, None
        while worker is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            worker = self._successor(pause)
        self._workers.add(worker)
        self._attend_to(worker)

    def _successor(self, pause: float) -> _Worker | None:
        """Start a worker; None where that can't be done now, and is to be tried again after so many seconds."""
        try:
            # Not forked: this process has threads now, and a lock that one of them holds would stay locked in the copy for ever.
            return self._new_worker(get_context("spawn"))
        except Exception as error:  # noqa: BLE001  no memory, files or processes to be had: whatever it is, there may be some later
            self._start_failures += 1
            events.WORKER_NOT_STARTED.log(error, error=error, seconds=pause)
            return None

    def _tell(self, word: Advance | Settings) -> None:
        for worker in self._workers:
            worker.words.put(word)

    def _figures(self) -> Figures:
        counts = {WORKER_ENDS.key(): self._ends, WORKER_START_FAILURES.key(): self._start_failures}
        return total([self._keeper(), Figures(counts=counts)])


async def _tell_all(worker: _Worker) -> None:
    """Tell a worker whatever there is to be told, for as long as it listens."""
    try:
        await tell(worker.words, worker.pipe)
    except OSError:
        events.WORKER_GOING.log(worker=worker.process.pid)


def _reserve(settings: Settings) -> socket.socket:
    """Bind the address without listening: it decides the port, keeps it, and gets no connections.

    SO_REUSEPORT alone would let a second server of the same user share the port, and readers get now the one site, now the other. So
    the address is first had without it, which nobody else may have, and made open to the workers only then.

    Connections of the last server that wait out their time bar whoever does not reuse addresses, unless somebody who does holds this
    one already; and whoever reuses them would get in beside one who does. So the first two that hold it do, and the one that stays
    does not.
    """
    host, port = settings.server.host, settings.server.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as alone, socket.socket(family, kind, protocol) as second:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
            alone.listen(0)
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            second.bind(alone.getsockname())
            reserved = socket.socket(family, kind, protocol)
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            reserved.bind(alone.getsockname())
    except OSError as error:
        raise ServeError(
            f"can't listen on {host} port {port}: {error.strerror}; expected a free one"
        ) from error
    return reserved


def _work(
    settings: Settings,
    *,
    next_due: datetime | None,
    pipe: socket.socket,
    line: socket.socket,
    log_form: LogForm,
    token: bytes,
    inherited: Sequence[socket.socket],
) -> None:
    """Serve, in a process of its own, until the pipe ends.

    inherited  what a copy of the keeper has of it and is to close
    """
    # A terminal sends its interrupt to every process; the keeper decides when workers stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for end in inherited:
        end.close()
    hold_little()
    start_logging(log_form)
    try:
        uvloop.run(_serve(settings, token, next_due, pipe, line))
    except Exception as error:  # noqa: BLE001  whatever it is, the log has it in the form of all the rest
        events.WORKER_FAILED.log(error, error=error)
        sys.exit(1)


async def _serve(
    settings: Settings, token: bytes, next_due: datetime | None, pipe: socket.socket, end: socket.socket
) -> None:
    catalogue = Catalogue.open(settings.store)
    catalogue.belong_to(settings.path, settings.site.tag)
    serving = Serving(settings, catalogue, token)
    serving.advance(next_due)
    line = Line(serving.figures)
    await serving.start(settings.server.host, settings.server.port, line.gather, reuse_port=True)
    connected = asyncio.create_task(line.serve(end))
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    words = Words()
    hearing = asyncio.create_task(hear(words, pipe))
    hearing.add_done_callback(lambda _ended: stopping.set())
    listening = asyncio.create_task(_listen(words, serving))
    await stopping.wait()
    hearing.cancel()
    listening.cancel()
    await serving.stop()
    connected.cancel()
    catalogue.close()


async def _listen(words: Words, serving: Serving) -> None:
    """Do what the keeper says. What fails is tried again with the next word, and what was good before is served."""
    wanted: Settings | None = None
    while True:
        settings, advance = await words.take()
        wanted = settings or wanted
        try:
            if wanted is not None:
                await serving.reconfigure(wanted)
                wanted = None
            if advance is not None:
                await serving.advance_in_time(advance.next_due)
        except Exception as error:  # noqa: BLE001  the log gets the reason, and the worker goes on
            events.WORKER_BEHIND.log(error, error=error)
