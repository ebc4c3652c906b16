"""Refresh thread: runs refreshes beside the event loop, one at a time, and gives up the one that hangs."""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import get_native_id

from aggregator.errors import CrowdedError, HangingError, RefreshError
from aggregator.monitoring import events
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.refresh import Report

# Told to end, a refresh rolls back what it wrote, and waits at most five seconds for the database's lock.
_GRACE_SECONDS = 6.0
# Each keeps a thread, and perhaps a file that is open, until what it waits for answers.
_MOST_HANGING = 4
# A third of the share of a serving process where both want the same processor; all of it where nobody else does. So it never starves.
# Saved to served, one file of 100,000 on a busy machine, medians of 12 to 15: 118 to 129 ms at 0, 3 and 5; 434 ms at 10.
_NICENESS = 5


class RefreshThread:
    """Where refreshes run. Belongs to the event loop.

    when_free  called when one that was left hanging has ended after all
    """

    def __init__(self, when_free: Callable[[], None]) -> None:
        self._when_free = when_free
        self._executor = _new_executor()
        self._under_way: asyncio.Future[Report] | None = None
        self._lease = Lease()
        self._hanging: set[asyncio.Future[Report]] = set()

    async def run(self, refresh: Callable[[Lease], Report], patience: timedelta) -> Report:
        """Give what `refresh` gives, once it has ended; raise what it raises. Not for two callers at once.

        After `patience` without a step its lease is revoked, and HangingError raised. Where it does not notice even that it is left to
        itself: it can commit nothing any more, and the next one runs in another thread. Raises CrowdedError where too many are.
        """
        if len(self._hanging) >= _MOST_HANGING:
            raise CrowdedError(
                f"{len(self._hanging)} refreshes hang, expected fewer; this one is left out until one of them ends"
            )
        lease = self._lease = Lease()
        running = self._under_way = asyncio.get_running_loop().run_in_executor(self._executor, refresh, lease)
        seconds = patience.total_seconds()
        while not running.done() and lease.idle_seconds < seconds:
            await asyncio.wait({running}, timeout=seconds - lease.idle_seconds)
        if running.done():
            return running.result()
        lease.revoke(f"it has made no headway for {patience}, expected a step within that time")
        await asyncio.wait({running}, timeout=_GRACE_SECONDS)
        if not running.done():
            self._leave_hanging(running)
            raise HangingError(
                f"the refresh has made no headway for {patience}, expected a step within that time, and does not end; it is left to itself"
            )
        try:
            return running.result()
        except RefreshError as error:
            raise HangingError(str(error)) from error

    async def stop(self, seconds: float) -> None:
        """Let the refresh that is under way end without a commit; wait no longer than so many seconds."""
        self._lease.revoke("the server stops")
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._under_way is not None and not self._under_way.done():
            await asyncio.wait({self._under_way}, timeout=seconds)
            _tell_end(self._under_way)

    def _leave_hanging(self, running: "asyncio.Future[Report]") -> None:
        self._executor.shutdown(wait=False)
        self._executor = _new_executor()
        self._under_way = None
        self._hanging.add(running)
        running.add_done_callback(self._note_end)

    def _note_end(self, ended: "asyncio.Future[Report]") -> None:
        self._hanging.discard(ended)
        _tell_end(ended)
        self._when_free()


def _tell_end(running: "asyncio.Future[Report]") -> None:
    if running.done() and not running.cancelled() and (error := running.exception()) is not None:
        events.REFRESH_ENDED.log(error=error)


def _new_executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="refresh", initializer=_yield_to_others)


def _yield_to_others() -> None:
    """Let whoever serves go first where processors are few: this thread, and the processes that it starts to read files."""
    # On Linux a thread has a niceness of its own; elsewhere all of the process would have it, and could not be rid of it again.
    if sys.platform == "linux":
        thread = get_native_id()
        # Never less than there is: only root may take that.
        os.setpriority(os.PRIO_PROCESS, thread, max(_NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
