"""Our server as a process, as `aggregator serve` starts it, and what its log tells."""

import http
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.loopback import Answer, BenchmarkError, ask, free_port
from benchmarks.sites import Site

ROOT = Path(__file__).parents[1]
_PATIENCE_SECONDS = 600.0
_REFRESHED = frozenset({"refresh.changed", "refresh.unchanged"})


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refresh, by the clock of time.perf_counter: when it had ended, how long it took, and how many files it read."""

    ended: float
    seconds: float
    read: int


class Server:
    """A server process from start to stop, with the log that it has written so far."""

    def __init__(self, site: Site, options: Sequence[str] = (), prefix: Sequence[str] = ()) -> None:
        self.port = free_port()
        command = [*prefix, sys.executable, "-m", "aggregator", "serve", "--config", str(site.configuration)]
        command += ["--port", str(self.port), "--log-format", "json", *options]
        self.started = time.perf_counter()
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        self._log: list[dict[str, Any]] = []
        self._is_more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def seconds_to_ready(self) -> float:
        """Wait for /readyz to answer 200; give the seconds since the start."""
        while True:
            waited = time.perf_counter() - self.started
            if self._is_ready():
                return time.perf_counter() - self.started
            if waited > _PATIENCE_SECONDS or self._process.poll() is not None:
                raise BenchmarkError(f"the server is not ready: {self._log[-3:]}")
            # Often enough to be exact within a hundredth, and seldom enough not to be a load.
            time.sleep(max(0.002, waited / 500))

    def wait_for_refresh(self, after: int = 0) -> None:
        """Wait for a refresh that ends after the first `after` events of the log."""
        with self._is_more:
            if not self._is_more.wait_for(lambda: self.refreshes(after), _PATIENCE_SECONDS):
                raise BenchmarkError(f"no refresh has ended: {self._log[-3:]}")

    def events(self) -> int:
        """Give the number of events of the log so far."""
        return len(self._log)

    def refreshes(self, after: int = 0) -> list[Refreshed]:
        """Give the refreshes that the log tells of after its first `after` events: the first, and those that changed something."""
        return [
            Refreshed(event["arrived"], event["seconds"], event["read"])
            for event in self._log[after:]
            if event.get("event") in _REFRESHED
        ]

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return ask(self.port, path, headers)

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.pid)

    def memory_mib(self) -> float:
        return processes.memory_mib(self.pid)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _is_ready(self) -> bool:
        try:
            return self.get("/readyz").status == http.HTTPStatus.OK
        except OSError:  # it does not listen yet
            return False

    def _read(self) -> None:
        stream = self._process.stderr
        if stream is None:
            raise BenchmarkError("the server's log can't be read")
        with stream:
            for line in stream:
                event = json.loads(line) if line.startswith("{") else {"text": line}
                with self._is_more:
                    self._log.append(event | {"arrived": time.perf_counter()})
                    self._is_more.notify_all()


@contextmanager
def running(site: Site, *options: str, prefix: Sequence[str] = ()) -> Iterator[Server]:
    """Run a server for the length of the block."""
    server = Server(site, options, prefix)
    try:
        yield server
    finally:
        server.stop()
