"""Connections: deadlines for those who dawdle, and a stop that finishes what was begun."""

import asyncio
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from inspect import signature
from pathlib import Path
from time import monotonic
from typing import NoReturn

import aiohttp
import aiohttp.web
import pytest
from aiohttp.base_protocol import BaseProtocol

from aggregator.documents.edition import Edition
from aggregator.errors import ServeError
from aggregator.server import create_app, listen
from aggregator.server.bodies import drop_body
from aggregator.service import service, workers
from tests.aggregator.server.asking import CHANGED, FEED, Answer, Site, answered, serving, until


async def test_fault_30_dripped_header_fields_are_cut_off() -> None:
    async with serving(keep_alive_seconds=0.1) as site:
        head = b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Slow: "
        assert await site.exchange(head) == b""
        assert answered(await site.exchange(head + b"no\r\nConnection: close\r\n\r\n")).status == 200


async def test_fault_30_a_byte_now_and_then_buys_no_time() -> None:
    deadline = 0.5
    async with serving(keep_alive_seconds=deadline) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Slow: ")
        sent = 0
        # Ten times the deadline would be a hundred bytes: a busy machine may take long, a deadline that moves takes for ever.
        while not reader.at_eof() and sent < 100:
            with suppress(TimeoutError, ConnectionResetError):
                assert await asyncio.wait_for(reader.read(1), deadline / 10) == b""
            if not reader.at_eof():
                writer.write(b"x")
                sent += 1
        assert 0 < sent < 40
        writer.close()


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


async def test_fault_31_a_body_that_turns_to_nonsense_ends_by_the_deadline() -> None:
    async with serving(body_seconds=0.1, linger_seconds=0.1) as site:
        reader, writer = await _continued(site)
        writer.write(b"zz\r\n")
        assert answered(await reader.read()).status == 408
        writer.close()


async def test_a_body_that_the_parser_gives_up_is_400() -> None:
    loop = asyncio.get_running_loop()
    content = aiohttp.StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    content.set_exception(aiohttp.web.RequestPayloadError("bad chunk"))
    refusal = await drop_body(content, 1)
    assert refusal is not None
    assert refusal.status == 400


async def test_a_client_that_leaves_amid_its_body_is_no_event(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await _continued(site)
    writer.transport.abort()
    await until(lambda: site.connections == 0)
    assert caplog.messages == []


async def test_a_client_that_asks_whether_to_send_its_body_and_leaves_is_no_event(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(head)
        writer.transport.abort()
    await until(lambda: site.connections == 0)
    assert caplog.messages == []
    assert b"100 Continue" in await site.exchange(head + b"abc")


async def _continued(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask, and give the connection at the point where the server waits for the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    return reader, writer


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


@pytest.mark.parametrize("target", [b"/feeds/all.atom", b"/", b"/nowhere", b"/healthz", b"http://a.example/"])
@pytest.mark.parametrize(
    "host",
    [b"a b", b"a/b", b"a@b", b"<a>", b"a,b:c", b"a:80:80", b"a:x", b"[::1", b"%zz", b"\xe4.example", b"a?b"],
)
async def test_fault_33_a_host_that_is_none_is_400_wherever_it_leads(
    site: Site, host: bytes, target: bytes
) -> None:
    answer = answered(await site.exchange(b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"))
    assert answer.status == 400
    assert answer.body.startswith(b"This is no request that is understood here, expected HTTP/1.1")
    _assert_ours(answer)


@pytest.mark.parametrize(
    "host",
    ["", "a", "a.example:8080", "a.example:", "[::1]:80", "127.0.0.1", "a_b.example", "%C3%A4.example"],
)
async def test_whatever_is_a_host_is_answered(site: Site, host: str) -> None:
    answer = await site.send(f"GET /feeds/all.atom HTTP/1.1\r\nHost: {host}")
    assert answer.status == 200


async def test_http_1_0_needs_no_host(site: Site) -> None:
    assert (await site.send("GET /feeds/all.atom HTTP/1.0")).status == 200


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n<canary>",
        b"<canary> / HTTP/1.1\r\nHost: a",
        b"GET / HTTP/9.9<canary>\r\nHost: a",
        b"GET http://[<canary> HTTP/1.1\r\nHost: a",
        b"GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: <canary>",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"<canary>" * 2000,
        b"GET /" + b"<canary>" * 2000 + b" HTTP/1.1\r\nHost: a",
        b"GET / HTTP/1.1\r\nHost: <canary>\r\nHost: <canary>",
        b"\x16\x03\x01\x02<canary>",
    ],
)
async def test_what_is_no_request_is_refused_in_our_own_words(site: Site, head: bytes) -> None:
    answer = answered(await site.exchange(head + b"\r\n\r\n"))
    assert answer.status == 400
    assert answer.body.startswith(b"This is no request that is understood here, expected HTTP/1.1")
    assert b"canary" not in answer.body
    _assert_ours(answer)


async def test_an_unknown_expectation_is_not_quoted(site: Site) -> None:
    answer = await site.get(expect="<canary>")
    assert (answer.status, b"canary" in answer.body) == (417, False)
    _assert_ours(answer)


async def test_the_methods_of_the_server_as_a_whole_can_be_asked_for(site: Site) -> None:
    answer = await site.get("*", "OPTIONS")
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert answer.headers["server"] == "feed-aggregator"


async def test_H10_the_server_is_no_proxy(site: Site) -> None:
    answer = await site.get("a.example:443", "CONNECT")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    _assert_ours(answer)


async def test_what_fails_beside_the_handler_is_told_to_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> NoReturn:
        raise RuntimeError("a canary")

    async with serving(clock=fail) as site:
        answer = await site.get()
    assert (answer.status, answer.body) == (500, b"This can't be answered now.\n")
    _assert_ours(answer)
    assert "a canary" in caplog.text


def _assert_ours(answer: Answer) -> None:
    headers = answer.headers
    assert headers["server"] == "feed-aggregator"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"


async def test_requests_that_are_no_http_are_not_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    await site.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")
    assert caplog.messages == []


async def test_fault_32_a_client_that_stops_reading_is_let_go() -> None:
    large = Edition(path="/large", media_type="x/y", body=bytes(32_000_000), last_modified=CHANGED)
    async with serving(stall_seconds=0.2, sweep_seconds=0.05) as site:
        site.press.editions[large.path] = large
        with socket.create_connection(("127.0.0.1", site.port)) as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            await until(lambda: site.connections == 1)
            await until(lambda: site.connections == 0)
            assert _left(client) < len(large.body)
        assert (await site.get()).status == 200


async def test_fault_32_of_a_client_that_was_let_go_the_kernel_keeps_nothing() -> None:
    large = Edition(path="/large", media_type="x/y", body=bytes(32_000_000), last_modified=CHANGED)
    async with serving(stall_seconds=0.2, sweep_seconds=0.05) as site:
        site.press.editions[large.path] = large
        with socket.create_connection(("127.0.0.1", site.port)) as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            ended = select.poll()
            ended.register(client, 0)
            # An end that waits behind what the client does not take would never be heard of.
            await until(lambda: any(state & select.POLLERR for _, state in ended.poll(0)))


def _left(client: socket.socket) -> int:
    """Give how many bytes still come on a connection that the server has ended."""
    client.settimeout(5)
    left = 0
    with suppress(ConnectionResetError):
        while part := client.recv(1 << 20):
            left += len(part)
    return left


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
        await until(lambda: site.press.asked)
        stopping = asyncio.create_task(site.running.stop())
        await asyncio.sleep(0)
        site.press.let_go.set()
        assert (await asking).body == FEED.body
        await stopping


async def test_fault_40_the_stop_waits_for_an_answer_that_its_client_still_takes() -> None:
    large = Edition(path="/large", media_type="x/y", body=bytes(32_000_000), last_modified=CHANGED)
    async with serving() as site:
        assert site.running is not None
        site.press.editions[large.path] = large
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        assert site.press.asked == []  # it went the short way
        server = site.running._runner.server
        assert server is not None
        (transport,) = (one.transport for one in server.connections)
        assert transport is not None
        reading = asyncio.create_task(reader.read())
        await site.running.stop()
        assert transport.get_write_buffer_size() == 0
        assert await reading == large.body
        writer.close()


async def test_fault_40_a_client_that_takes_nothing_holds_up_the_stop_no_longer_than_its_bound() -> None:
    large = Edition(path="/large", media_type="x/y", body=bytes(32_000_000), last_modified=CHANGED)
    for is_current in (True, False):
        async with serving(shutdown_seconds=0.1) as site:
            assert site.running is not None
            site.press.editions[large.path] = large
            site.press.is_current = is_current
            with socket.create_connection(("127.0.0.1", site.port)) as client:
                client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                await until(lambda client=client: select.select([client], [], [], 0)[0])  # type: ignore[misc]
                async with asyncio.timeout(5):
                    await site.running.stop()


def test_fault_40_all_that_waits_at_the_stop_ends_within_ten_seconds() -> None:
    assert 2 * _default(listen, "shutdown_seconds") < workers._STOP_SECONDS
    assert max(workers._STOP_SECONDS, service._STOP_SECONDS) < service._LEAVE_SECONDS < 10


def test_fault_30_31_32_slow_clients_have_the_time_that_is_documented() -> None:
    assert _default(listen, "keep_alive_seconds") == 30
    assert _default(create_app, "body_seconds") == 10
    assert _default(listen, "stall_seconds") + _default(listen, "sweep_seconds") == 35
    told = Path("SECURITY.md").read_text()
    assert "header fields (30 s), bodies (10 s) and readers that stop (35 s)" in told


def _default(function: Callable[..., object], name: str) -> float:
    return float(signature(function).parameters[name].default)


async def test_fault_40_an_idle_connection_does_not_hold_up_the_stop() -> None:
    async with serving() as site:
        assert site.running is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        started = monotonic()
        await site.running.stop()
        assert monotonic() - started < 4  # what aiohttp would give it
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
