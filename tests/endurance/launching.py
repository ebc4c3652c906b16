"""Programs of the package in a session of their own, to be killed alone or with all that they started."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic

from tests.aggregator.running_site import RunningSite, _port_of, wait_for
from tests.aggregator.workshop import Workshop
from tests.endurance.process_tree import lives, tree

# Of a hundred starts on a busy machine one may take long, and proves nothing.
PATIENCE_SECONDS = 120.0


# A first load is followed by another refresh at once; between others lies an hour.
_QUIET_SECONDS = 1.0


def settle(site: RunningSite) -> None:
    """Wait until there is something to serve and no refresh under way: what is written from then on is read when the server is told."""
    wait_for(lambda: site.get("/readyz").status == HTTPStatus.OK, PATIENCE_SECONDS)
    seen, since = -1, monotonic()

    def is_quiet() -> bool:
        nonlocal seen, since
        refreshes = _refreshes(site)
        if refreshes != seen:
            seen, since = refreshes, monotonic()
        return seen > 0 and monotonic() - since > _QUIET_SECONDS

    wait_for(is_quiet, PATIENCE_SECONDS)


def _refreshes(site: RunningSite) -> int:
    """Give how many refreshes have ended."""
    figures = site.get("/metrics").body
    return sum(
        int(float(found))
        for found in re.findall(rb"^aggregator_refreshes_total\S* (\S+)", figures, re.MULTILINE)
    )


def launch(*arguments: str) -> "subprocess.Popen[str]":
    """Start `aggregator` with these arguments; the processes that it starts belong to its group."""
    return subprocess.Popen(
        [sys.executable, "-m", "aggregator", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


def kill(process: "subprocess.Popen[str]", *, is_alone: bool) -> None:
    """Kill a program, alone or with all that it started, as the kernel does for want of memory; none of them must be left."""
    processes = tree(process.pid)
    if is_alone:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_SECONDS)
    # What is killed alone leaves others, who find out.
    wait_for(lambda: not any(map(lives, processes)), PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class Launched:
    """A server that runs, and the group of its processes."""

    site: RunningSite

    @property
    def process(self) -> "subprocess.Popen[str]":
        return self.site.process

    def generations(self) -> int:
        """Give how many refreshes have changed what readers see, so far."""
        return sum("refresh.changed" in line for line in self.site.lines)


@contextmanager
def launched(workshop: Workshop, *arguments: str) -> Iterator[Launched]:
    """Start a server on a free port and wait until it listens; end it if the test has not."""
    process = launch("serve", "--config", str(workshop.config_path), "--port", "0", *arguments)
    site = RunningSite(process)
    follower = threading.Thread(target=site.follow_log)
    follower.start()
    try:
        site.port = wait_for(lambda: _port_of(site), PATIENCE_SECONDS)
        yield Launched(site)
    finally:
        if process.poll() is None:
            site.stop()
        follower.join()
        if process.stderr is not None:
            process.stderr.close()
