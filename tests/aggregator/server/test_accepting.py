"""Connections are taken as many as wait, on the loop that the server runs on, and when there are files for them."""

import asyncio
import fcntl
import resource
import select
import socket
import struct
import termios
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager

import pytest
import uvloop
from aiohttp import web

from aggregator.server.accepting import AcceptingSite, listening_sockets
from tests.aggregator.server.asking import until

WAITING = 60


async def answer(_request: web.Request) -> web.Response:
    return web.Response(text="here")


@asynccontextmanager
async def prepared() -> AsyncIterator[tuple[web.AppRunner, AcceptingSite]]:
    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    yield runner, AcceptingSite(runner, await listening_sockets("127.0.0.1", 0, backlog=1024))
    await runner.cleanup()


def on_uvloop(test: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await test()

    uvloop.run(run())


def connections(runner: web.AppRunner) -> int:
    assert runner.server is not None
    return len(runner.server.connections)


def test_all_that_wait_are_taken_at_once() -> None:
    async def see() -> None:
        async with prepared() as (runner, site):
            with ExitStack() as stack:
                for _ in range(WAITING):
                    stack.enter_context(socket.create_connection(("127.0.0.1", site.port)))
                await site.start()
                turns = 0
                while connections(runner) < WAITING:
                    await asyncio.sleep(0)
                    turns += 1
                # uvloop itself takes one in each turn, and then another only when it has looked at all who are there.
                assert turns < WAITING // 2

    on_uvloop(see)


async def test_fault_32_the_kernel_keeps_little_for_a_client_that_reads_nothing() -> None:
    (listening,) = await listening_sockets("127.0.0.1", 0, backlog=1)
    with listening, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listening.getsockname())
        taken, _ = listening.accept()
        with taken:
            assert fill(taken) < 300_000  # 3 MB by itself (measured)


def fill(connection: socket.socket) -> int:
    """Send for as long as the kernel takes more; give how many bytes it keeps."""
    connection.setblocking(False)  # noqa: FBT003  the name of the standard library
    ready = select.poll()
    ready.register(connection, select.POLLOUT)
    while ready.poll(200):
        connection.send(bytes(1 << 16))
    (kept,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
    return int(kept)


def test_fault_41_who_comes_when_there_are_no_files_waits_for_one(caplog: pytest.LogCaptureFixture) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def see() -> None:
        async with prepared() as (runner, site):
            with socket.socket() as client, ExitStack() as stack:
                await site.start()
                highest = client.fileno()
                for _ in range(8):
                    highest = max(highest, stack.enter_context(socket.socket()).fileno())
                resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
                try:
                    client.setblocking(False)  # noqa: FBT003  the name of the standard library
                    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", site.port))
                    await until(lambda: site._resuming)
                    assert connections(runner) == 0
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
                await until(lambda: connections(runner) == 1)

    on_uvloop(see)
    assert [line for line in caplog.messages if "Too many open files" in line] == [
        "connections wait, since no more can be taken now: [Errno 24] Too many open files"
    ]


def test_who_goes_before_it_was_taken_does_no_harm() -> None:
    async def see() -> None:
        async with prepared() as (runner, site):
            for _ in range(WAITING):
                socket.create_connection(("127.0.0.1", site.port)).close()
            await site.start()
            reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            assert (await reader.read()).endswith(b"here")
            writer.close()
            await until(lambda: connections(runner) == 0)

    on_uvloop(see)
