"""Processes beside this one: how many may run, and that none outlives the one that began it."""

import os
import signal
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Thread


def processors() -> int:
    """Count the processors that this process may use, where the system tells: Linux does, macOS does not."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def follow_parent() -> None:
    """Make the process it runs in end when its parent says so, or has ended; nothing else."""
    # A terminal sends its signals to every process; the parent decides what they mean.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """End when `parent` was killed: a process that waits for its word would else wait for ever."""
    parent.join()
    os._exit(1)
