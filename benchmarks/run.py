"""First figures: how fast a site of N articles starts, restarts, follows a change and answers; and the memory that it takes.

    python benchmarks/run.py [--files 10000] [--json FILE]

Each figure is measured on a real server process over loopback. Beside it stand peers measured in the same run: a bare scan of
the same folder, and a bare aiohttp handler that answers with the same bytes.
"""

import argparse
import asyncio
import http.client
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from corpus import write_corpus

FEED = "/feeds/all.rss"
CHANGES = 21
SECONDS = 5
PATIENCE_SECONDS = 30.0
CONNECTIONS = 32

CONFIGURATION = """\
site: {{title: Benchmark, url: http://127.0.0.1}}
sources: [{{name: news, path: {folder}}}]
store: sqlite:///catalogue.db
reload: {{every: 1h}}
"""


class Server:
    """A server process, from start to stop."""

    def __init__(self, configuration: Path) -> None:
        command = [sys.executable, "-m", "aggregator", "serve", "--config", str(configuration), "--port", "0"]
        self.started = time.perf_counter()
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        self.port = next(
            int(found[1])
            for line in self._process.stderr
            if (found := re.search(r"on http://127\.0\.0\.1:(\d+)", line))
        )

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        answer = response.status, response.read(), dict(response.getheaders())
        connection.close()
        return answer

    def wait_for_generation(self) -> float:
        """Give the seconds from start to the end of the first refresh."""
        assert self._process.stderr is not None
        next(line for line in self._process.stderr if "generation" in line)
        while self.get("/readyz")[0] != 200:
            time.sleep(0.002)
        return time.perf_counter() - self.started

    def memory(self) -> float:
        """Give the peak memory in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)


@contextmanager
def running(configuration: Path) -> Iterator[Server]:
    server = Server(configuration)
    try:
        yield server
    finally:
        server.stop()


def scan_seconds(folder: Path) -> float:
    """Give the seconds of a bare scan: scandir and stat of every file."""
    started = time.perf_counter()
    pending = [str(folder)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
    return time.perf_counter() - started


def change_to_served(server: Server, folder: Path) -> float:
    """Give the median milliseconds from the end of writing a file to the first answer that holds it."""
    times = []
    for number in range(CHANGES):
        marker = f"Marker {number} of {time.time_ns()}"
        text = f"---\ntitle: {marker}\npublishedDateTime: 2026-01-01T00:00:{number:02}Z\n---\n"
        (folder / "changing.md").write_text(text)
        started = time.perf_counter()
        while marker.encode() not in server.get(FEED)[1]:
            assert time.perf_counter() - started < PATIENCE_SECONDS
            # Asking without a pause would measure how the server refreshes under full load.
            time.sleep(0.003)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def requests_per_second(port: int, path: str, headers: dict[str, str]) -> float:
    """Give what wrk measures over loopback."""
    options = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options, f"http://127.0.0.1:{port}{path}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in output or "If-None-Match" in headers, output
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", output)[0])


def bare_peer(body: bytes) -> tuple[subprocess.Popen[bytes], int]:
    """Start a bare aiohttp application, on uvloop, that answers everything with `body`."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--peer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(body).to_bytes(8) + body)
    process.stdin.flush()
    return process, int(process.stdout.readline())


async def serve_peer(body: bytes) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get(FEED, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site.port, flush=True)
    await asyncio.Event().wait()


def measure(folder: Path, count: int) -> dict[str, Any]:
    articles = folder / "articles"
    write_corpus(articles, count)
    configuration = folder / "site.yaml"
    configuration.write_text(CONFIGURATION.format(folder=articles))
    figures: dict[str, Any] = {"files": count, "bare scan, s": min(scan_seconds(articles) for _ in range(3))}
    with running(configuration) as server:
        figures["cold start to ready, s"] = server.wait_for_generation()
        figures["peak memory, cold start, MiB"] = server.memory()
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with running(configuration) as server:
        figures["warm restart to refreshed, s"] = server.wait_for_generation()
        figures["one file changed to served, ms (median)"] = change_to_served(server, articles)
        figures["peak memory, warm, MiB"] = server.memory()
        if shutil.which("wrk"):
            figures |= serving_figures(server)
    figures["peak memory of the largest process, MiB"] = max(
        children, figures["peak memory, cold start, MiB"]
    )
    return figures


def serving_figures(server: Server) -> dict[str, Any]:
    gzip = {"Accept-Encoding": "gzip"}
    _, body, headers = server.get(FEED, gzip)
    figures: dict[str, Any] = {"feed, bytes gzip": len(body)}
    figures["200 gzip, requests/s"] = requests_per_second(server.port, FEED, gzip)
    figures["304, requests/s"] = requests_per_second(
        server.port, FEED, gzip | {"If-None-Match": headers["Etag"]}
    )
    process, port = bare_peer(body)
    figures["bare aiohttp 200, requests/s"] = requests_per_second(port, FEED, gzip)
    process.kill()
    process.communicate()
    figures["200 gzip / bare aiohttp"] = (
        figures["200 gzip, requests/s"] / figures["bare aiohttp 200, requests/s"]
    )
    return figures


def table(figures: dict[str, Any]) -> str:
    def shown(value: Any) -> str:
        return f"{value:,.3g}" if isinstance(value, float) and value < 100 else f"{value:,.0f}"

    width = max(map(len, figures))
    return "\n".join(f"{name:<{width}}  {shown(value)}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        import uvloop  # noqa: PLC0415  only the peer's process needs it

        size = int.from_bytes(sys.stdin.buffer.read(8))
        uvloop.run(serve_peer(sys.stdin.buffer.read(size)))
        return
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments.files)
    print(table(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
