"""Departure: the end of the process in time, whatever still hangs in it."""

import os
from _thread import start_new_thread
from contextlib import suppress
from multiprocessing import active_children
from time import sleep

from aggregator.monitoring import events

# How long the line that says so may take. Where nobody reads the log any more, as from a pipe that is full, it would take for ever.
_TELL_SECONDS = 0.2


def leave_within(seconds: float) -> None:
    """End this process after so long, if it has not ended by itself.

    Python waits at its end for every thread and process that it began, and one that reads from a file system that hangs may never
    end. Nothing is lost without them: a transaction that is not committed is none, as after kill -9. Processes that it began are killed:
    whoever stands still does not find out that there is nobody any more, and would keep the address.
    """
    # Called in the middle of whatever the main thread does: threading.Thread takes locks that it may hold just then. Where no thread is to
    # be had, who wants to stop is to be heard all the same.
    with suppress(RuntimeError):
        start_new_thread(_leave_after, (seconds,))


def _leave_after(seconds: float) -> None:
    sleep(seconds)
    _leave(seconds)


def _leave(seconds: float) -> None:
    try:
        for process in active_children():
            process.kill()
        start_new_thread(_tell, (seconds,))
        sleep(_TELL_SECONDS)
    finally:
        os._exit(0)


def _tell(seconds: float) -> None:
    events.LEFT.log(seconds=seconds)
