"""Connections: deadlines for those who dawdle, and a stop that finishes what was begun."""

import asyncio
import socket
from time import monotonic

import aiohttp
import pytest

from aggregator.edition import Edition
from aggregator.errors import ServeError
from aggregator.server import create_app, listen
from tests.aggregator.server.asking import CHANGED, FEED, Site, answered, serving


async def test_fault_30_dripped_header_fields_are_cut_off() -> None:
    async with serving(keep_alive_seconds=0.1) as site:
        assert await site.exchange(b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Slow: ") == b""


async def test_fault_31_a_body_that_does_not_come_is_408() -> None:
    async with serving(body_seconds=0.1, linger_seconds=0.1) as site:
        data = await site.exchange(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        answer = answered(data)
        assert (answer.status, answer.headers["connection"]) == (408, "close")


async def test_fault_31_a_body_that_comes_is_dropped(site: Site) -> None:
    data = await site.exchange(
        f"GET {FEED.path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc".encode()
    )
    assert answered(data).body == FEED.body


async def test_a_large_body_is_refused(site: Site) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
    assert answered(await site.exchange(head + b"x" * 100_000)).status == 413


async def test_a_body_that_is_not_what_it_says_is_400(site: Site) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert answered(await site.exchange(chunked)).status == 400


@pytest.mark.parametrize(
    "fields",
    [
        b"Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        b"Host: a\r\nHost: b",
        b"Host: a\r\nContent-Length: 3\r\nContent-Length: 4",
        b"X-No-Host: a",
    ],
)
async def test_fault_33_a_request_of_two_meanings_is_400(site: Site, fields: bytes) -> None:
    data = await site.exchange(b"GET /feeds/all.atom HTTP/1.1\r\n" + fields + b"\r\n\r\nabc")
    assert answered(data).status == 400


async def test_requests_that_are_no_http_are_not_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    await site.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")
    assert caplog.messages == []


async def test_fault_32_a_client_that_stops_reading_is_let_go() -> None:
    large = Edition(path="/large", media_type="x/y", body=bytes(32_000_000), last_modified=CHANGED)
    async with serving(stall_seconds=0.2, sweep_seconds=0.05) as site:
        site.press.editions[large.path] = large
        with socket.create_connection(("127.0.0.1", site.port)) as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            client.setblocking(False)
            got = await asyncio.wait_for(_taken_after_the_end(client, site), 5)
            assert got < len(large.body)
        assert (await site.get()).status == 200


async def _taken_after_the_end(client: socket.socket, site: Site) -> int:
    """Read nothing until the server has let go of its only connection; then read what is left."""
    assert site.running is not None
    while not site.running.connections:
        await asyncio.sleep(0.01)
    while site.running.connections:
        await asyncio.sleep(0.01)
    got = 0
    try:
        while part := await asyncio.get_running_loop().sock_recv(client, 1 << 20):
            got += len(part)
    except ConnectionResetError:
        pass
    return got


async def test_a_connection_serves_one_request_after_the_other(site: Site) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{site.port}") as client:
        for _ in range(3):
            async with client.get(FEED.path) as response:
                assert await response.read() == FEED.body


async def test_fault_40_what_is_in_flight_is_finished_at_the_stop() -> None:
    async with serving() as site:
        assert site.running is not None
        site.press.is_current = False
        site.press.let_go.clear()
        asking = asyncio.create_task(site.get())
        while not site.press.asked:
            await asyncio.sleep(0)
        stopping = asyncio.create_task(site.running.stop())
        await asyncio.sleep(0)
        site.press.let_go.set()
        assert (await asking).body == FEED.body
        await stopping


async def test_fault_40_an_idle_connection_does_not_hold_up_the_stop() -> None:
    async with serving() as site:
        assert site.running is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        started = monotonic()
        await site.running.stop()
        assert monotonic() - started < 2
        assert await reader.read() == b""
        writer.close()


async def test_a_port_that_is_taken_is_named(site: Site) -> None:
    with pytest.raises(
        ServeError, match=rf"can't listen on 127\.0\.0\.1 port {site.port}: .*; expected a free one"
    ):
        await listen(create_app(lambda: site.served), "127.0.0.1", site.port)


async def test_processes_may_share_a_port() -> None:
    async with serving(reuse_port=True) as site:
        other = await listen(create_app(lambda: site.served), "127.0.0.1", site.port, reuse_port=True)
        assert other.port == site.port
        await other.stop()
