"""Departure: the end of the process in time, whatever still hangs in it."""

import os
from contextlib import suppress
from multiprocessing import active_children
from threading import Thread, Timer

from aggregator.monitoring import events

# How long the line that says so may take. Where nobody reads the log any more, as from a pipe that is full, it would take for ever.
_TELL_SECONDS = 0.2


def leave_within(seconds: float) -> None:
    """End this process after so long, if it has not ended by itself.

    Python waits at its end for every thread and process that it began, and one that reads from a file system that hangs may never
    end. Nothing is lost without them: a transaction that is not committed is none, as after kill -9. Processes that it began are killed:
    whoever stands still does not find out that there is nobody any more, and would keep the address.
    """
    timer = Timer(seconds, _leave, (seconds,))
    timer.daemon = True
    # No thread is to be had: who wants to stop is to be heard all the same.
    with suppress(RuntimeError):
        timer.start()


def _leave(seconds: float) -> None:
    try:
        for process in active_children():
            process.kill()
        telling = Thread(target=lambda: events.LEFT.log(seconds=seconds), daemon=True)
        telling.start()
        telling.join(_TELL_SECONDS)
    finally:
        os._exit(0)
