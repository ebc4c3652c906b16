"""Service: a running server, from start to stop: the composition root of `aggregator serve`.

This process keeps the catalogue up to date. With one worker it also serves; with several, each worker is a process that serves
from the same catalogue and is told of every new generation.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic

import uvloop

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.config_watch import ConfigurationWatch, waiting_for_restart
from aggregator.errors import AggregatorError, ConfigurationError
from aggregator.outlet import Outlet
from aggregator.refresh import Report
from aggregator.schedule import Schedule
from aggregator.serving import Serving
from aggregator.wiring import wire
from aggregator.workers import Workers

logger = logging.getLogger(__name__)

Load = Callable[[], Settings]


def serve_site(load: Load) -> None:
    """Serve until SIGTERM or SIGINT; raise ConfigurationError, CatalogueError or ServeError where that can't begin.

    load  gives the configuration: at the start, at SIGHUP, and when its files change
    """
    uvloop.run(_serve(load))


async def _serve(load: Load) -> None:
    settings = load()
    catalogue = await asyncio.to_thread(Catalogue.open, settings.store)
    try:
        outlet = await _open_outlet(settings, catalogue)
        await Keeper(load, settings, catalogue, outlet).run()
    finally:
        catalogue.close()


async def _open_outlet(settings: Settings, catalogue: Catalogue) -> Outlet:
    if settings.server.workers > 1:
        return await Workers.start(settings)
    serving = Serving(settings, catalogue)
    await serving.start(settings.server.host, settings.server.port)
    return serving


class Keeper:
    """Keeps the catalogue of one store up to date, and tells the outlet of every generation."""

    def __init__(self, load: Load, settings: Settings, catalogue: Catalogue, outlet: Outlet) -> None:
        self._load = load
        self._settings = settings
        self._catalogue = catalogue
        self._outlet = outlet
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
        self._schedule.start()
        self._configuration.start()
        await stopping.wait()
        logger.info("stopping")
        await self._configuration.stop()
        await self._schedule.stop()
        await self._outlet.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def reload(self) -> None:
        """Take up the configuration as it is now; one that can't be used is reported, and the old one runs on."""
        try:
            settings = await asyncio.to_thread(self._load)
        except ConfigurationError as error:
            logger.error("the configuration can't be used, the old one runs on:\n%s", error)  # noqa: TRY400  the text says all
            return
        waiting = waiting_for_restart(self._settings, settings)
        if waiting:
            logger.warning("what changed of %s takes effect at the next start", ", ".join(waiting))
        await self._schedule.stop()
        await self._finish_refresh()
        self._settings = settings
        self._refresh = wire(settings, self._catalogue).refresh
        self._schedule = self._new_schedule()
        await self._outlet.reconfigure(settings)
        self._schedule.start()
        logger.info("configuration reloaded")

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
            logger.error("the last refresh is still running; this one is left out")
            return
        started = monotonic()
        loop = asyncio.get_running_loop()
        self._under_way = loop.run_in_executor(self._thread, self._refresh.run, datetime.now(UTC))
        try:
            # Not wait_for: up to Python 3.11 it drops a cancellation that comes as the refresh ends, and the stop would never end.
            async with asyncio.timeout(self._settings.reload.timeout.total_seconds()):
                report = await asyncio.shield(self._under_way)
        except AggregatorError as error:
            logger.error("refresh failed, the last good state stays: %s", error)  # noqa: TRY400  the text says all
        except TimeoutError:
            limit = self._settings.reload.timeout
            logger.error("refresh has not ended within %s; the last good state stays", limit)  # noqa: TRY400  nothing to trace
        except Exception:
            logger.exception("refresh failed, the last good state stays")
        else:
            self._note(report, monotonic() - started)

    def _note(self, report: Report, seconds: float) -> None:
        if report.generation is not None or not self._has_run:
            logger.info(
                "generation %s: %d public articles in %d files, %d read, %.2f s",
                report.generation or "unchanged",
                report.articles,
                report.seen,
                report.read,
                seconds,
            )
        self._has_run = True
        self._log_new_problems(report)
        self._schedule.plan(report.next_due)
        self._outlet.advance(report.next_due)

    def _log_new_problems(self, report: Report) -> None:
        problems = {str(problem) for problem in report.problems}
        for problem in sorted(problems - self._known_problems):
            logger.warning("%s", problem)
        self._known_problems = frozenset(problems)
