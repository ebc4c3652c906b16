"""Service: a running server, from start to stop: the composition root of `aggregator serve`.

This process keeps the catalogue up to date. With one worker it also serves; with several, each worker is a process that serves
from the same catalogue and is told of every new generation.
"""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic

import uvloop

from aggregator import events
from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.config_watch import ConfigurationWatch, waiting_for_restart
from aggregator.errors import AggregatorError, ConfigurationError, Problem
from aggregator.ledger import Ledger, Outcome
from aggregator.logs import LogForm
from aggregator.metrics import Figures, total
from aggregator.outlet import Outlet
from aggregator.refresh import Report
from aggregator.schedule import Schedule
from aggregator.service_manager import Announcer, ServiceManager
from aggregator.serving import Serving
from aggregator.wiring import wire
from aggregator.workers import Workers

Load = Callable[[], Settings]


def serve_site(load: Load, log_form: LogForm, manager: ServiceManager) -> None:
    """Serve until SIGTERM or SIGINT; raise ConfigurationError, CatalogueError or ServeError where that can't begin.

    load      gives the configuration: at the start, at SIGHUP, and when its files change
    log_form  how workers write what they tell; in this process logging has begun
    """
    uvloop.run(_serve(load, log_form, manager))


async def _serve(load: Load, log_form: LogForm, manager: ServiceManager) -> None:
    settings = load()
    catalogue = await asyncio.to_thread(Catalogue.open, settings.store)
    ledger = Ledger(_now)
    try:
        outlet = await _open_outlet(settings, catalogue, ledger, log_form)
        await Keeper(load, settings, catalogue, outlet, ledger=ledger, manager=manager).run()
    finally:
        catalogue.close()


async def _open_outlet(settings: Settings, catalogue: Catalogue, ledger: Ledger, log_form: LogForm) -> Outlet:
    if settings.server.workers > 1:
        return await Workers.start(settings, ledger.figures, log_form)
    serving = Serving(settings, catalogue)

    async def gather() -> Figures:
        return total([ledger.figures(), serving.figures()])

    await serving.start(settings.server.host, settings.server.port, gather)
    return serving


def _now() -> datetime:
    return datetime.now(UTC)


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
        self._refresh = wire(settings, catalogue).refresh
        self._schedule = self._new_schedule()
        self._configuration = ConfigurationWatch(
            settings.path, self.reload, lambda: self._settings.reload.watch
        )
        # One thread: a refresh that hangs must not be joined by another.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="refresh")
        self._under_way: asyncio.Future[Report] | None = None
        self._has_run = False
        self._known_problems: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT."""
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        loop.add_signal_handler(
            signal.SIGHUP, lambda: reloads.append(asyncio.ensure_future(self._configuration.reload()))
        )
        reloads: list[asyncio.Future[None]] = []
        self._begin()
        self._schedule.start()
        self._configuration.start()
        await stopping.wait()
        events.STOPPING.log()
        await self._configuration.stop()
        await self._announcer.stop()
        await self._schedule.stop()
        await self._outlet.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def reload(self) -> None:
        """Take up the configuration as it is now; one that can't be used is reported, and the old one runs on."""
        self._announcer.reloading()
        await self._reload()
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
            settings = await asyncio.to_thread(self._load)
        except ConfigurationError as error:
            for problem in error.problems:
                events.CONFIGURATION_PROBLEM.log(**_fields(problem))
            events.REFUSED.log(count=len(error.problems))
            return
        waiting = waiting_for_restart(self._settings, settings)
        if waiting:
            events.NEEDS_RESTART.log(keys=", ".join(waiting))
        await self._schedule.stop()
        await self._finish_refresh()
        self._settings = settings
        self._refresh = wire(settings, self._catalogue).refresh
        self._schedule = self._new_schedule()
        await self._outlet.reconfigure(settings)
        self._schedule.start()
        events.RELOADED.log()

    async def _finish_refresh(self) -> None:
        """Let the refresh that is under way end, so that the first one under another configuration is not left out for its sake."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=self._settings.reload.timeout.total_seconds())

    def _new_schedule(self) -> Schedule:
        reload = self._settings.reload
        watched = [source.path for source in self._settings.sources] if reload.watch else []
        return Schedule(
            self._act, every=reload.every, cron=reload.cron, timezone=self._settings.timezone, watched=watched
        )

    async def _act(self) -> None:
        """Refresh once. Whatever goes wrong is logged, and the last good state stays."""
        if self._under_way is not None and not self._under_way.done():
            self._ledger.note(Outcome.SKIPPED)
            events.REFRESH_SKIPPED.log()
            return
        started = monotonic()
        loop = asyncio.get_running_loop()
        self._under_way = loop.run_in_executor(self._thread, self._refresh.run, _now())
        try:
            # Not wait_for: up to Python 3.11 it drops a cancellation that comes as the refresh ends, and the stop would never end.
            async with asyncio.timeout(self._settings.reload.timeout.total_seconds()):
                report = await asyncio.shield(self._under_way)
        except AggregatorError as error:
            self._note_failure(Outcome.FAILED)
            events.REFRESH_FAILED.log(error=error)
        except TimeoutError:
            self._note_failure(Outcome.TIMED_OUT)
            events.REFRESH_LATE.log(seconds=self._settings.reload.timeout.total_seconds())
        except Exception as error:  # noqa: BLE001  the log gets the reason, and the last good state stays
            self._note_failure(Outcome.FAILED)
            events.REFRESH_FAILED.log(error, error=error)
        else:
            self._note(report, monotonic() - started)

    def _note_failure(self, outcome: Outcome) -> None:
        self._ledger.note(outcome)
        self._announcer.note_state("the last refresh went wrong; what was good before is served")

    def _note(self, report: Report, seconds: float) -> None:
        told = {"articles": report.articles, "files": report.seen, "read": report.read, "seconds": seconds}
        if report.generation is not None:
            events.GENERATION.log(generation=report.generation, **told)
        elif not self._has_run:
            events.UNCHANGED.log(**told)
        self._has_run = True
        self._ledger.note_report(report, seconds)
        self._announcer.note_state(f"public articles: {report.articles}, files: {report.seen}")
        self._log_new_problems(report)
        self._schedule.plan(report.next_due)
        self._outlet.advance(report.next_due)

    def _log_new_problems(self, report: Report) -> None:
        problems = {str(problem): problem for problem in report.problems}
        for text in sorted(problems.keys() - self._known_problems):
            events.PROBLEM.log(**_fields(problems[text]))
        self._known_problems = frozenset(problems)


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
