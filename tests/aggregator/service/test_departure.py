"""Leaving in time."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import dedent

from tests.aggregator.running_site import PATIENCE_SECONDS, RunningSite, free_port, processes, wait_for
from tests.aggregator.workshop import Workshop
from tests.endurance.process_tree import lives


def leave_with(rest: str, seconds: float = 0.5) -> subprocess.CompletedProcess[str]:
    """Run a program that is to leave within so long; the test fails where it hangs."""
    program = (
        dedent("""\
        import logging, threading
        from aggregator.service.departure import leave_within

        logging.basicConfig()
        """)
        + f"leave_within({seconds})\n{rest}"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )


def test_a_thread_that_hangs_does_not_hold_up_the_end() -> None:
    left = leave_with("threading.Thread(target=threading.Event().wait).start()")
    assert left.returncode == 0
    assert "has not ended within 0.5 s; leaving without what still hangs" in left.stderr


def test_a_process_that_ends_in_time_is_left_alone() -> None:
    left = leave_with("raise SystemExit(3)", seconds=60)  # a busy machine may need more than half of one
    assert (left.returncode, left.stderr) == (3, "")


def test_a_process_that_stands_still_does_not_outlive_it() -> None:
    # The log goes to a pipe that the other process has too: it ends when both have ended.
    left = leave_with(
        dedent("""\
        import multiprocessing, os, signal

        def stand_still():
            os.kill(os.getpid(), signal.SIGSTOP)

        multiprocessing.get_context("fork").Process(target=stand_still).start()
        """)
    )
    assert left.returncode == 0


@contextmanager
def a_pipe_that_nobody_reads() -> Iterator[tuple[int, int]]:
    """Give both ends of a pipe, a small one."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


def fill(pipe: int) -> None:
    """Write into a pipe until it takes nothing any more."""
    # Opened anew, for whoever writes into it as it is waits until it takes more.
    own = os.open(f"/proc/self/fd/{pipe}", os.O_WRONLY | os.O_NONBLOCK)
    try:
        for size in (512, 1):
            with suppress(BlockingIOError):
                while True:
                    os.write(own, b"x" * size)
    finally:
        os.close(own)


def waits_for_a_pipe(process: int) -> bool:
    """Tell whether the first thread of a process is in the middle of writing into a pipe that takes nothing."""
    return "pipe_write" in Path(f"/proc/{process}/wchan").read_text()


def test_a_log_that_nobody_reads_does_not_hold_up_the_end() -> None:
    program = dedent("""\
        import logging
        from aggregator.service.departure import leave_within

        logging.basicConfig()
        leave_within(0.5)
        logging.error("of what waits here, the lock of the log is held")
        """)
    with a_pipe_that_nobody_reads() as (_, log):
        fill(log)
        left = subprocess.run([sys.executable, "-c", program], stderr=log, timeout=20, check=False)
    assert left.returncode == 0


def test_fault_40_a_server_whose_log_nobody_reads_leaves_when_told(workshop: Workshop) -> None:
    workshop.write("ferry")
    port = free_port()
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(workshop.config_path)]
    with a_pipe_that_nobody_reads() as (_, log):
        process = subprocess.Popen([*command, "--port", str(port)], stderr=log, text=True)
        site = RunningSite(process, port=port)

        try:
            wait_for(site.is_ready)
            fill(log)
            begun = processes(site)
            # It tells that it has done so, and stands there when it is told to leave.
            site.signal(signal.SIGHUP)
            wait_for(lambda: waits_for_a_pipe(process.pid))
            site.signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
            assert len(begun) > 1
            wait_for(lambda: not any(lives(one) for one in begun))
        finally:
            process.kill()
            process.wait()
