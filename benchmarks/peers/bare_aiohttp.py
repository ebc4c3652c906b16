"""A bare aiohttp application on uvloop: one route, whose handler answers with constant bytes.

python -m benchmarks.peers.bare_aiohttp PORT FILE
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop
from aiohttp import web

from benchmarks.loopback import free_port, wait_until_listening

PATH = "/feed"


@contextmanager
def answering(body: Path, prefix: Sequence[str]) -> Iterator[int]:
    """Answer with the bytes of a file at PATH for the length of the block; give the port."""
    port = free_port()
    process = subprocess.Popen([*prefix, sys.executable, "-m", __name__, str(port), str(body)])
    try:
        wait_until_listening(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _serve(port: int, body: bytes) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(
            body=body, content_type="application/rss+xml", headers={"Content-Encoding": "gzip"}
        )

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
