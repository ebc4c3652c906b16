"""Departure: the end of the process in time, whatever still hangs in it."""

import os
from multiprocessing import active_children
from threading import Timer

from aggregator.monitoring import events


def leave_within(seconds: float) -> None:
    """End this process after so long, if it has not ended by itself.

    Python waits at its end for every thread and process that it began, and one that reads from a file system that hangs may never
    end. Nothing is lost without them: a transaction that is not committed is none, as after kill -9. Processes that it began are killed:
    whoever stands still does not find out that there is nobody any more, and would keep the address.
    """
    timer = Timer(seconds, _leave, (seconds,))
    timer.daemon = True
    timer.start()


def _leave(seconds: float) -> None:
    for process in active_children():
        process.kill()
    events.LEFT.log(seconds=seconds)
    os._exit(0)
