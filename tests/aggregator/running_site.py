"""`aggregator serve` as a process of its own, and what a client sees of it."""

import http.client
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from tests.aggregator.workshop import Workshop

T = TypeVar("T")

PATIENCE_SECONDS = 60.0


def wait_for(condition: Callable[[], T], patience: float = PATIENCE_SECONDS) -> T:
    """Ask until the answer is true, and give it."""
    deadline = time.monotonic() + patience
    while not (answer := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return answer


def free_port() -> int:
    """Give a port that nobody listens at now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class RunningSite:
    """A server process; its log is read as it comes."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    port: int = 0

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Tell whether it answers that it is, which is asked where it says nothing of its port."""
        assert self.process.poll() is None
        # Refused before it listens; reset where it only looked whether it may have the port.
        with suppress(ConnectionError):
            return self.get("/readyz").status == 200
        return False

    def says(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def follow_log(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(iter(self.process.stderr.readline, ""))


@contextmanager
def running(
    workshop: Workshop, *arguments: str, until_ready: bool = True, within: Sequence[str] = ()
) -> Iterator[RunningSite]:
    """Start the server on a free port, by the command `within` where there is one; stop it at the end if the test has not."""
    command = [
        *within,
        sys.executable,
        "-m",
        "aggregator",
        "serve",
        "--config",
        str(workshop.config_path),
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [*command, *arguments], stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    site = RunningSite(process)
    follower = threading.Thread(target=site.follow_log)
    follower.start()
    try:
        site.port = wait_for(lambda: _port_of(site))
        if until_ready:
            # Which worker answers is chance, and each is told for itself.
            asked = range(10 if "--workers" in arguments else 1)
            wait_for(lambda: all(site.get("/readyz").status == 200 for _ in asked))
            wait_for(lambda: site.says("generation"))
        yield site
    finally:
        if process.poll() is None:
            site.stop()
        follower.join()
        if process.stderr is not None:
            process.stderr.close()


def processes(site: RunningSite) -> list[int]:
    """Give the server's process and those that it has begun."""
    with open(f"/proc/{site.process.pid}/task/{site.process.pid}/children") as children:  # noqa: PTH123  /proc
        return [site.process.pid, *map(int, children.read().split())]


@contextmanager
def limited(site: RunningSite, limit: int, number: int) -> Iterator[None]:
    """Let the server's processes have no more than so much of a resource, until the end of the block."""
    before = {process: resource.prlimit(process, limit) for process in processes(site)}
    for process, (_, hard) in before.items():
        resource.prlimit(process, limit, (number, hard))
    try:
        yield
    finally:
        for process, limits in before.items():
            resource.prlimit(process, limit, limits)


def _port_of(site: RunningSite) -> int:
    assert site.process.poll() is None, "".join(site.lines)
    ports = [re.search(r"serving .* on http://127\.0\.0\.1:(\d+)", line) for line in site.lines]
    return next((int(found[1]) for found in ports if found), 0)
