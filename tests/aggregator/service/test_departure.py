"""Leaving in time."""

import subprocess
import sys
from textwrap import dedent


def leave_with(rest: str) -> subprocess.CompletedProcess[str]:
    """Run a program that is to leave within half a second; the test fails where it hangs."""
    program = (
        dedent("""\
        import logging, threading
        from aggregator.service.departure import leave_within

        logging.basicConfig()
        leave_within(0.5)
        """)
        + rest
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )


def test_a_thread_that_hangs_does_not_hold_up_the_end() -> None:
    left = leave_with("threading.Thread(target=threading.Event().wait).start()")
    assert left.returncode == 0
    assert "has not ended within 0.5 s; leaving without what still hangs" in left.stderr


def test_a_process_that_ends_in_time_is_left_alone() -> None:
    left = leave_with("raise SystemExit(3)")
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
