"""Schedule: when the next refresh is due. The only importer of APScheduler and watchfiles.

Every reason for a refresh (the interval or cron expression, a file that changed, an article whose time has come, an operator's
signal) only wakes one loop, so refreshes never overlap, and any number of reasons at once cause one.
"""

import asyncio
import stat
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from watchfiles import Change, awatch

from aggregator.config.cron import lines_to_match
from aggregator.monitoring import events
from aggregator.source.mounts import mounts, remote_folders

_DUE = "due"
# A save is often several events within a few milliseconds; waiting longer would only make a change live later.
_WATCH_SETTLE_MILLISECONDS = 60
_WATCH_STEP_MILLISECONDS = 15
_WATCH_RETRY_SECONDS = 60.0
# Editors that replace a file take it away for a moment; and what came between two watches is found when the second looks for itself.
_REPLACE_MILLISECONDS = 100
_LOOK_MILLISECONDS = 5_000
# A folder that is missing, or is another than it was, brings no news of itself; it is looked for so often.
_WATCH_LOOK_MILLISECONDS = 1_000
# How often the clock is looked at, and by how much it has to differ from the time that has passed to have been set.
_CLOCK_LOOK_SECONDS = 5.0
_CLOCK_STEP_SECONDS = 1.0

# Which folder there is at each path: device and inode, None where there is none.
_Folders = Mapping[Path, tuple[int, int] | None]


class Schedule:
    """Calls `act` now, and again whenever there is reason to; `act` handles its own errors.

    act          is told which paths changed, where nothing else is the reason; else None: anything may have
    every, cron  how often at the least: one of them, cron in the five fields of crontab(5)
    watched      folders whose changes are a reason at once; empty: don't watch
    clock        gives the time of day, in seconds since 1970
    mounted      gives what is mounted, as `mounts` does
    """

    def __init__(
        self,
        act: Callable[[frozenset[str] | None], Awaitable[None]],
        *,
        every: timedelta | None,
        cron: str | None,
        timezone: Any,
        watched: Sequence[Path],
        clock: Callable[[], float] = time.time,
        mounted: Callable[[], str] = mounts,
    ) -> None:
        self._act = act
        self._mounted = mounted
        self._clock = clock
        self._watched = tuple(watched)
        self._wanted = asyncio.Event()
        self._touched: set[str] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        # Late ticks run, once: by default APScheduler skips, without a word, what is more than a second late.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(job_defaults=defaults, timezone=timezone)
        # Each of an interval begins with the time at which it is made.
        self._new_trigger = (
            partial(cron_trigger, cron, timezone)
            if cron
            else partial(IntervalTrigger, seconds=_seconds(every))
        )
        self._ticks = self._scheduler.add_job(self._wake, self._new_trigger())

    def start(self) -> None:
        """Begin, with a first call at once."""
        self._scheduler.start()
        self.wake()
        self._tasks.append(asyncio.create_task(self._run()))
        self._tasks.append(asyncio.create_task(self._follow_clock()))
        if self._watched:
            self._tasks.append(asyncio.create_task(self._watch()))

    def wake(self) -> None:
        """Give a reason: `act` is called as soon as the current call, if any, has ended."""
        self._touched = None
        self._wanted.set()

    def _note(self, paths: Iterable[str]) -> None:
        """Give changes of files as a reason."""
        if not self._wanted.is_set():
            self._touched = set(paths)
        elif self._touched is not None:
            self._touched.update(paths)
        self._wanted.set()

    def plan(self, due: datetime | None) -> None:
        """Give a reason at `due`, in place of the last moment that was planned."""
        if self._scheduler.get_job(_DUE) is not None:
            self._scheduler.remove_job(_DUE)
        if due is not None:
            self._scheduler.add_job(self._wake, DateTrigger(due), id=_DUE)

    async def stop(self) -> None:
        """End: the call under way is waited for, nothing is begun."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wake(self) -> None:
        self.wake()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._act(None if self._touched is None else frozenset(self._touched))

    async def _follow_clock(self) -> None:
        """Plan anew when the clock is set, or the machine has slept: what was planned by the old time comes hours late, or never."""
        ahead = self._clock() - time.monotonic()
        while True:
            await asyncio.sleep(_CLOCK_LOOK_SECONDS)
            step = self._clock() - time.monotonic() - ahead
            ahead += step
            if abs(step) >= _CLOCK_STEP_SECONDS:
                events.CLOCK_SET.log(seconds=step)
                self._ticks.reschedule(self._new_trigger())
                # What is due is planned by what comes of it.
                self.wake()

    async def _watch(self) -> None:
        has_warned = False
        await asyncio.to_thread(self._tell_of_remote_folders)
        while True:
            try:
                await self._watch_again_and_again()
            except (OSError, RuntimeError) as error:
                if not has_warned:
                    events.WATCH_FAILED.log(error=error)
                    has_warned = True
            await asyncio.sleep(_WATCH_RETRY_SECONDS)

    def _tell_of_remote_folders(self) -> None:
        for folder, kind in remote_folders(self._watched, self._mounted()).items():
            events.WATCH_BLIND.log(folder=folder, kind=kind)

    async def _watch_again_and_again(self) -> None:
        """Watch the folders that are there, and begin anew whenever others are."""
        folders = await asyncio.to_thread(_folders_at, self._watched)
        while True:
            try:
                await self._watch_while_there(folders)
            except FileNotFoundError:  # gone since it was looked for
                await asyncio.sleep(_WATCH_LOOK_MILLISECONDS / 1000)
            folders = await asyncio.to_thread(_folders_at, self._watched)
            # What changed before the new watch began is found by this look, or by the one at the watch's first news.
            self.wake()

    async def _watch_while_there(self, folders: _Folders) -> None:
        """Watch until another folder, or none, is at the path of one of these."""
        existing = [path for path, identity in folders.items() if identity is not None]
        if not existing:
            await self._wait_for_other(folders)
            return
        changes = awatch(
            *existing,
            watch_filter=None,
            debounce=_WATCH_SETTLE_MILLISECONDS,
            step=_WATCH_STEP_MILLISECONDS,
            rust_timeout=_WATCH_LOOK_MILLISECONDS,
            yield_on_timeout=True,
            recursive=True,
        )
        has_begun = False
        async with aclosing(changes):
            async for found in changes:
                if not has_begun:
                    self.wake()
                elif found:
                    self._note(path for _, path in found)
                has_begun = True
                # A new folder often gets the inode of the one that was deleted: the news of its deletion is what tells.
                gone = {Path(path) for change, path in found if change is Change.deleted}
                if gone & folders.keys() or await asyncio.to_thread(_folders_at, self._watched) != folders:
                    return

    async def _wait_for_other(self, folders: _Folders) -> None:
        while True:
            await asyncio.sleep(_WATCH_LOOK_MILLISECONDS / 1000)
            if await asyncio.to_thread(_folders_at, self._watched) != folders:
                return


def cron_trigger(expression: str, timezone: Any) -> OrTrigger:
    """Give what comes when the five fields of crontab(5) say, in `timezone`; CronTrigger by itself wants all of them to match."""
    return OrTrigger([CronTrigger.from_crontab(line, timezone) for line in lines_to_match(expression)])


def _folders_at(paths: Sequence[Path]) -> _Folders:
    return {path: _identity(path) for path in paths}


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None


def _seconds(every: timedelta | None) -> int:
    if every is None:
        raise ValueError("a schedule needs `every` or `cron`, got neither")
    return max(1, int(every.total_seconds()))


async def watch_folders(folders: Sequence[Path], act: Callable[[], None]) -> None:
    """Call `act` when anything changes directly in these folders, some of which may come and go, and every few seconds. Never ends.

    What lies deeper is not looked at: it may be big, and change all the time. Where the system can't tell of changes, `act` is called
    once a minute.
    """
    while True:
        existing = _existing(folders)
        try:
            if existing:
                await _watch_as_they_are(existing, folders, act)
        except (OSError, RuntimeError):
            existing = {}
        if not existing:
            await asyncio.sleep(_WATCH_RETRY_SECONDS)
        act()


async def _watch_as_they_are(
    existing: Mapping[Path, int], folders: Sequence[Path], act: Callable[[], None]
) -> None:
    """Watch until one of the folders comes, goes, or is replaced by another."""
    changes = awatch(
        *existing,
        watch_filter=None,
        step=_REPLACE_MILLISECONDS,
        rust_timeout=_LOOK_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
    )
    async with aclosing(changes):
        async for _ in changes:
            act()
            if _existing(folders) != existing:
                return


def _existing(folders: Sequence[Path]) -> dict[Path, int]:
    """Give those folders that are there, each with its inode."""
    found = {}
    for folder in folders:
        try:
            found[folder] = folder.stat().st_ino
        except OSError:
            continue
    return found
