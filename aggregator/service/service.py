"""Service: a running server, from start to stop: the composition root of `aggregator serve`.

This process keeps the catalogue up to date, and serves nothing: that is done by workers, one or several, each a process that reads the
same catalogue and is told of every new generation. So no refresh, however big, holds up an answer.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from types import FrameType
from typing import Any

import uvloop

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.config_watch import ConfigurationWatch, until_restart, waiting_for_restart
from aggregator.errors import AggregatorError, ConfigurationError, CrowdedError, HangingError, Problem
from aggregator.monitoring import events
from aggregator.monitoring.ledger import Ledger, Outcome
from aggregator.monitoring.logs import LogForm
from aggregator.refreshes.given_up import GivenUp
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.refresh import Refresh, Report
from aggregator.refreshes.refresh_thread import RefreshThread
from aggregator.schedule import Schedule
from aggregator.service.allocator import hold_little
from aggregator.service.departure import leave_within
from aggregator.service.insistence import Insistence
from aggregator.service.open_files import allow_many_files
from aggregator.service.outlet import Outlet
from aggregator.service.service_manager import Announcer, ServiceManager
from aggregator.service.status_token import status_digest
from aggregator.service.workers import Workers
from aggregator.wiring import wire

Load = Callable[[], Settings]

# Ten seconds are all that there is for stopping. The outlet ends by itself within nine.
_STOP_SECONDS = 8.0
# How soon a catalogue that a reader found broken is made anew: until then nothing can be rendered from it.
_DOUBT_LOOK_SECONDS = 1.0
# How long it takes at the most until that is tried again where refreshes fail, or another reader finds the same.
_LONGEST_DOUBT_SECONDS = 60.0
_LEAVE_SECONDS = 9.5
_FIRST_GENERATION = 1


def serve_site(load: Load, log_form: LogForm, manager: ServiceManager) -> None:
    """Serve until SIGTERM or SIGINT; raise ConfigurationError, CatalogueError or ServeError where that can't begin.

    load      gives the configuration: at the start, at SIGHUP, and when its files change
    log_form  how workers write what they tell; in this process logging has begun
    """
    wishes = Wishes(partial(leave_within, _LEAVE_SECONDS))
    wishes.follow_early_signals()
    hold_little()
    settings = load()
    allow_many_files()
    # Before anything is started: a worker that ends for want of it would be started again and again.
    token = status_digest(settings.server)
    catalogue = Catalogue.open(settings.store)
    catalogue.claim(settings.path, settings.site.tag)
    # It opens again when it is asked: no open database may pass to another process (sqlite.org/howtocorrupt.html, section 2.6).
    catalogue.close()
    ledger = Ledger(_now)
    workers = Workers.fork(settings, ledger.figures, log_form, token)
    try:
        uvloop.run(
            _keep(Keeper(load, settings, catalogue, workers, ledger=ledger, manager=manager), workers, wishes)
        )
    finally:
        # Python waits at its end for every process that it began, and none of these ends by itself.
        workers.end()
        catalogue.close()


async def _keep(keeper: "Keeper", workers: Workers, wishes: "Wishes") -> None:
    wishes.follow_signals()
    workers.attend()
    await keeper.run(wishes)


def _now() -> datetime:
    return datetime.now(UTC)


def _stay() -> None:
    """Wait for what is to end."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted of the server while it runs: that it stops, that it reloads.

    depart  called at once when it is to stop, whatever is being done, and in the middle of it
    """

    depart: Callable[[], None] = _stay
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)

    def follow_early_signals(self) -> None:
        """Let SIGTERM and SIGINT mean stop, SIGHUP reload. Before anything else: a signal that nobody follows ends the process."""
        for number, act in self._acts():
            signal.signal(number, lambda _number, _frame, act=act: act())  # type: ignore[misc]
        self._depart_at_signals()

    def follow_signals(self) -> None:
        """Let them mean the same to the event loop, which waits for both."""
        loop = asyncio.get_running_loop()
        for number, act in self._acts():
            loop.add_signal_handler(number, act)
        # After that: by itself the loop takes note of a signal in its turn, and has none while a line of the log waits for its reader.
        self._depart_at_signals()

    def _acts(self) -> Iterator[tuple[signal.Signals, Callable[[], None]]]:
        yield signal.SIGTERM, self.stop.set
        yield signal.SIGINT, self.stop.set
        yield signal.SIGHUP, self.reload.set

    def _depart_at_signals(self) -> None:
        """Have it depart at the signals that mean stop, besides what is done at them already."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, partial(self._depart_too, signal.getsignal(number)))

    def _depart_too(self, follow: Any, number: int, frame: FrameType | None) -> None:
        follow(number, frame)
        self.depart()


class Keeper:
    """Keeps the catalogue of one store up to date, and tells the outlet of every generation."""

    def __init__(
        self,
        load: Load,
        settings: Settings,
        catalogue: Catalogue,
        outlet: Outlet,
        *,
        ledger: Ledger,
        manager: ServiceManager,
    ) -> None:
        self._load = load
        self._settings = settings
        self._catalogue = catalogue
        self._outlet = outlet
        self._ledger = ledger
        self._announcer = Announcer(manager, outlet.listening)
        self._given_up = GivenUp()
        self._refresh = wire(settings, catalogue, self._given_up).refresh
        self._schedule = self._new_schedule(settings)
        self._configuration = ConfigurationWatch(
            settings.path, self.reload, lambda: self._settings.reload.watch
        )
        self._thread = RefreshThread(self._wake)
        self._under_way: asyncio.Task[None] | None = None
        self._next_due: datetime | None = None
        self._has_run = False
        self._has_advanced = False
        self._known_problems: frozenset[str] = frozenset()
        self._kept: frozenset[str] = frozenset()

    async def run(self, wishes: Wishes) -> None:
        """Run until it is to stop."""
        self._begin()
        self._schedule.start()
        self._configuration.start()
        attending = (
            asyncio.create_task(self._reload_when(wishes.reload)),
            asyncio.create_task(self._refresh_when_in_doubt()),
        )
        await wishes.stop.wait()
        events.STOPPING.log()
        for task in attending:
            task.cancel()
        await self._configuration.stop()
        await self._announcer.stop()
        await asyncio.gather(self._outlet.stop(), self._stop_refreshing())

    async def reload(self) -> None:
        """Take up the configuration as it is now; one that can't be used is reported, and the old one runs on.

        Not for two callers at once: the configuration watch lets them in one by one.
        """
        self._announcer.reloading()
        try:
            await self._reload()
        finally:
            self._announcer.reloaded()

    def _begin(self) -> None:
        self._announcer.start()
        with self._catalogue.snapshot() as snapshot:
            generation = snapshot.generation
        self._ledger.begin(generation)
        if generation.number:
            self._announcer.note_state(f"serving generation {generation.number} of an earlier run")

    async def _reload(self) -> None:
        try:
            written = await asyncio.to_thread(self._load)
        except ConfigurationError as error:
            for problem in error.problems:
                events.CONFIGURATION_PROBLEM.log(**_fields(problem))
            events.REFUSED.log(count=len(error.problems))
            return
        waiting = waiting_for_restart(self._settings, written)
        if waiting:
            events.NEEDS_RESTART.log(keys=", ".join(waiting))
        # A worker that takes the place of another begins with these, and is to be as the others are.
        settings = until_restart(self._settings, written)
        refresh = wire(settings, self._catalogue, self._given_up).refresh
        schedule = self._new_schedule(settings)
        # Whatever fails has failed by now, and the old schedule runs on.
        await self._outlet.reconfigure(settings)
        await self._schedule.stop()
        self._settings, self._refresh, self._schedule = settings, refresh, schedule
        self._catalogue.belong_to(settings.path, settings.site.tag)
        self._schedule.plan(self._next_due)
        self._schedule.start()
        events.RELOADED.log()

    async def _reload_when(self, wanted: asyncio.Event) -> None:
        while True:
            await wanted.wait()
            wanted.clear()
            try:
                await self._configuration.reload()
            except Exception as error:  # noqa: BLE001  the log gets the reason, and the old configuration runs on
                events.NOT_TAKEN_UP.log(error, error=error)

    async def _refresh_when_in_doubt(self) -> None:
        insistence = Insistence(_DOUBT_LOOK_SECONDS, _LONGEST_DOUBT_SECONDS)
        while True:
            await asyncio.sleep(_DOUBT_LOOK_SECONDS)
            is_in_doubt = await asyncio.to_thread(self._catalogue.is_in_doubt)
            if not is_in_doubt:
                insistence.forget()
            # The one that is under way may settle it. Where none does, as on a full disk, they are to be few.
            elif not self._is_refreshing() and insistence.is_due(monotonic()):
                self._wake()

    def _is_refreshing(self) -> bool:
        return self._under_way is not None and not self._under_way.done()

    async def _stop_refreshing(self) -> None:
        await self._schedule.stop()
        if self._under_way is not None:
            self._under_way.cancel()
        await self._thread.stop(_STOP_SECONDS)

    def _new_schedule(self, settings: Settings) -> Schedule:
        reload = settings.reload
        watched = [source.path for source in settings.sources] if reload.watch else []
        return Schedule(
            self._act, every=reload.every, cron=reload.cron, timezone=settings.timezone, watched=watched
        )

    async def _act(self, touched: frozenset[str] | None = None) -> None:
        """Refresh once, after the one that is under way. Whoever waits here may be cancelled: the refresh goes on."""
        if self._under_way is not None:
            await asyncio.wait({self._under_way})
        self._under_way = asyncio.create_task(self._refresh_once(touched))
        await asyncio.wait({self._under_way})

    async def _refresh_once(self, touched: frozenset[str] | None) -> None:
        """Refresh, and take note of what came of it. Whatever goes wrong is logged, and the last good state stays."""
        started = monotonic()
        self._has_advanced = False
        now, refresh, patience = _now(), self._refresh, self._settings.reload.timeout

        loop = asyncio.get_running_loop()

        def committed(next_due: datetime | None) -> None:
            # The report that follows counts all that there is: 50 ms for 100,000 files, in which readers need not wait.
            loop.call_soon_threadsafe(self._advance, next_due)

        def work(lease: Lease) -> Report:
            return refresh.run(now, lease=lease, touched=touched, committed=committed, words_later=True)

        try:
            self._note(await self._thread.run(work, patience), monotonic() - started)
        except CrowdedError as error:
            self._note_failure(Outcome.SKIPPED, 0.0, str(error))
            events.REFRESH_SKIPPED.log(error=error)
        except HangingError:
            self._note_failure(Outcome.TIMED_OUT, monotonic() - started)
            events.REFRESH_LATE.log(seconds=patience.total_seconds())
            self._forget(refresh)
        except AggregatorError as error:
            self._note_failure(Outcome.FAILED, monotonic() - started, str(error))
            events.REFRESH_FAILED.log(error=error)
        except Exception as error:  # noqa: BLE001  the log gets the reason, and the last good state stays
            self._note_failure(Outcome.FAILED, monotonic() - started, str(error))
            events.REFRESH_FAILED.log(error, error=error)

    def _advance(self, next_due: datetime | None) -> None:
        # First: whatever else fails, what is due goes live.
        self._next_due = next_due
        self._schedule.plan(next_due)
        self._outlet.advance(next_due)
        self._has_advanced = True

    def _wake(self) -> None:
        self._schedule.wake()

    def _forget(self, hanging: Refresh) -> None:
        # It is not for two threads at once, and one of them may still wake up in it.
        if self._refresh is hanging:
            self._refresh = wire(self._settings, self._catalogue, self._given_up).refresh

    def _note_failure(self, outcome: Outcome, seconds: float, reason: str = "") -> None:
        self._ledger.note(outcome, seconds, reason)
        self._announcer.note_state("the last refresh went wrong; what was good before is served")

    def _note(self, report: Report, seconds: float) -> None:
        now = _now()
        report = replace(report, problems=tuple(problem.told(now) for problem in report.problems))
        told = {"articles": report.articles, "files": report.seen, "read": report.read, "seconds": seconds}
        if report.generation == _FIRST_GENERATION:
            # Of a catalogue that was made anew: what was published of files that can't be read is published no more.
            self._known_problems = frozenset()
        if report.generation is not None:
            events.GENERATION.log(generation=report.generation, **told)
        elif not self._has_run:
            events.UNCHANGED.log(**told)
        self._has_run = True
        self._ledger.note_report(report, seconds)
        self._announcer.note_state(f"public articles: {report.articles}, files: {report.seen}")
        self._log_kept(report)
        self._log_new_problems(report)
        for file in report.lapsed:
            events.LAPSED.log(file=file)
        if not self._has_advanced:
            self._advance(report.next_due)
        if not report.has_words:
            self._wake()

    def _log_kept(self, report: Report) -> None:
        """Tell of sources that are looked at again; of those that can't be, it has been told where that was found."""
        kept = frozenset(report.kept)
        for source in self._settings.sources:
            if source.name in self._kept - kept:
                events.SOURCE_BACK.log(source=source.name)
        self._kept = kept

    def _log_new_problems(self, report: Report) -> None:
        problems = {str(problem): problem for problem in report.problems}
        for text in sorted(problems.keys() - self._known_problems):
            events.PROBLEM.log(**_fields(problems[text]))
        # In a source that could not be looked at none is found, and all come back with it.
        away = tuple(f"{source.path}/" for source in self._settings.sources if source.name in report.kept)
        kept = {text for text in self._known_problems if text.startswith(away)}
        self._known_problems = frozenset(problems) | kept


def _fields(problem: Problem) -> dict[str, object]:
    """Give what the log tells of a problem."""
    return {
        "problem": problem,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key,
        "severity": str(problem.severity),
    }
