"""Framing over real sockets: nothing that a client sends is ever taken for a request that it is not."""

import asyncio
import re
import socket
from contextlib import suppress

import pytest

from tests.aggregator.server.asking import FEED, Site, answered, until

# The last is the only one that aiohttp itself knows.
UPGRADES = ["h2c", "made-up/9", "websocket"]

FEED_REQUEST = f"GET {FEED.path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
# A request whose body would be one, were it taken for that.
POST = f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {len(FEED_REQUEST)}\r\n\r\n".encode()
CHUNKED = b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"


def _upgrade(protocol: str, target: str = FEED.path, *, method: str = "GET", fields: str = "") -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: a\r\nUpgrade: {protocol}\r\nConnection: Upgrade\r\n"
    return f"{head}{fields}\r\n".encode()


async def _exchange(site: Site, first: bytes, *later: bytes) -> bytes:
    """Send a segment, and the later ones when the answer to it has begun; give all that comes until the server ends the connection."""
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", site.port)) as client:
        client.setblocking(False)  # noqa: FBT003  the name of the standard library
        async with asyncio.timeout(5):
            await loop.sock_sendall(client, first)
            data = await loop.sock_recv(client, 1 << 20)
            for segment in later:
                # The server may have ended the connection.
                with suppress(ConnectionError):
                    await loop.sock_sendall(client, segment)
            with suppress(ConnectionResetError):
                while part := await loop.sock_recv(client, 1 << 20):
                    data += part
    return data


def _statuses(data: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


@pytest.mark.parametrize("target", [FEED.path, "/healthz", "/"])
@pytest.mark.parametrize("protocol", UPGRADES)
async def test_fault_33_a_body_behind_an_upgrade_is_never_a_request(
    site: Site, protocol: str, target: str
) -> None:
    data = await _exchange(site, _upgrade(protocol, target) + POST, FEED_REQUEST)
    assert _statuses(data) == [200]
    assert answered(data).headers["connection"] == "close"


@pytest.mark.parametrize("protocol", UPGRADES)
@pytest.mark.parametrize(
    "later",
    [(POST + FEED_REQUEST,), (POST, FEED_REQUEST), (FEED_REQUEST, FEED_REQUEST), (b"\x16\x03 no HTTP",)],
)
async def test_an_upgrade_is_the_last_request_of_its_connection(
    site: Site, protocol: str, later: tuple[bytes, ...]
) -> None:
    together = await _exchange(site, _upgrade(protocol) + b"".join(later))
    apart = await _exchange(site, _upgrade(protocol), *later)
    assert (_statuses(together), _statuses(apart)) == ([200], [200])


@pytest.mark.parametrize("protocol", UPGRADES)
@pytest.mark.parametrize(
    ("field", "body"),
    [("Content-Length: 3", b"abc"), ("Transfer-Encoding: chunked", b"3\r\nabc\r\n0\r\n\r\n")],
)
async def test_an_upgrade_with_a_body_is_the_last_request_too(
    site: Site, protocol: str, field: str, body: bytes
) -> None:
    head = _upgrade(protocol, method="POST", fields=f"{field}\r\n")
    assert _statuses(await _exchange(site, head + body + FEED_REQUEST)) == [405]


@pytest.mark.parametrize("protocol", UPGRADES)
async def test_what_came_before_an_upgrade_is_answered_first(site: Site, protocol: str) -> None:
    pipelined = b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" + _upgrade(protocol) + FEED_REQUEST
    assert _statuses(await _exchange(site, FEED_REQUEST + pipelined)) == [200, 404, 200]


@pytest.mark.parametrize("protocol", UPGRADES)
async def test_fault_33_a_body_that_comes_while_an_upgrade_is_answered_is_no_request(
    site: Site, protocol: str
) -> None:
    site.press.is_current = False
    site.press.let_go.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(_upgrade(protocol) + POST)
    await until(lambda: site.press.asked)
    writer.write(FEED_REQUEST)
    # The answer to another client shows that the server has looked at what came before.
    assert (await site.get("/healthz")).status == 200
    site.press.let_go.set()
    assert _statuses(await asyncio.wait_for(reader.read(), 5)) == [200]
    writer.close()


async def test_fault_33_an_upgrade_leads_to_no_request_that_is_remembered(site: Site) -> None:
    for _ in range(3):  # so often that it is answered unread
        assert (await site.exchange(FEED_REQUEST, half_close=True)).endswith(FEED.body)
    data = await _exchange(site, FEED_REQUEST, _upgrade("h2c") + POST, FEED_REQUEST)
    assert _statuses(data) == [200, 200]


async def test_without_the_option_of_the_connection_an_upgrade_is_none(site: Site) -> None:
    plain = f"GET {FEED.path} HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n".encode()
    last = f"GET {FEED.path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    assert _statuses(await _exchange(site, plain + last)) == [200, 200]


@pytest.mark.parametrize(
    "fields", ["", f"Content-Length: {len(FEED_REQUEST)}\r\n", "Transfer-Encoding: chunked\r\n"]
)
@pytest.mark.parametrize("later", [(FEED_REQUEST,), (POST, FEED_REQUEST), (b"0\r\n\r\n", FEED_REQUEST)])
async def test_fault_33_nothing_follows_a_request_for_a_tunnel(
    site: Site, fields: str, later: tuple[bytes, ...]
) -> None:
    head = f"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode()
    together = await _exchange(site, head + b"".join(later))
    apart = await _exchange(site, head, *later)
    assert (_statuses(together), _statuses(apart)) == ([405], [405])


@pytest.mark.parametrize("field", [b"If-None-Match: *", b"X-Forwarded-For: 192.0.2.1", b"Host: b"])
async def test_fault_33_a_trailer_is_no_header_field_of_the_next_request(site: Site, field: bytes) -> None:
    data = await _exchange(site, CHUNKED + field + b"\r\n\r\n", FEED_REQUEST)
    assert _statuses(data) == [405]


async def test_a_chunked_body_ends_the_connection_wherever_it_stands(site: Site) -> None:
    pipelined = FEED_REQUEST + CHUNKED + b"If-None-Match: *\r\n\r\n" + FEED_REQUEST
    assert _statuses(await _exchange(site, pipelined)) == [200, 405]


@pytest.mark.parametrize("target", [FEED.path, "/healthz"])
@pytest.mark.parametrize("field", ["Content-Length: 18446744073709551615", "Transfer-Encoding:"])
async def test_fault_33_a_body_that_the_parser_does_not_see_is_400(
    site: Site, target: str, field: str
) -> None:
    for _ in range(3):
        await site.exchange(FEED_REQUEST, half_close=True)
    head = f"GET {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n".encode()
    data = await _exchange(site, head, FEED_REQUEST)
    assert _statuses(data) == [400]
    assert answered(data).headers["connection"] == "close"


@pytest.mark.parametrize("length", ["0", "000"])
async def test_a_body_of_no_length_is_none(site: Site, length: str) -> None:
    assert (await site.get(content_length=length)).body == FEED.body


@pytest.mark.parametrize("target", [FEED.path, "/healthz", "/nowhere"])
@pytest.mark.parametrize("version", ["2.0", "3.0", "9.9"])
async def test_a_later_version_is_505_in_our_own(site: Site, version: str, target: str) -> None:
    data = await site.exchange(f"GET {target} HTTP/{version}\r\nHost: a\r\n\r\n".encode())
    assert data.startswith(b"HTTP/1.1 505 HTTP Version Not Supported\r\n")
    answer = answered(data)
    assert answer.body == b"Expected HTTP/1.1 or HTTP/1.0; no other version is spoken here.\n"
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_later_version_ends_the_connection_even_where_it_asks_for_more(site: Site) -> None:
    later = f"GET {FEED.path} HTTP/2.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n".encode()
    assert _statuses(await _exchange(site, later + FEED_REQUEST)) == [505]


async def test_the_preface_of_http_2_is_505(site: Site) -> None:
    data = await site.exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert _statuses(data) == [505]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/0.9\r\nHost: a",
        b"GET /healthz",
        b"GET /healthz HTTP/1.2\r\nHost: a",
        b"GET /healthz HTTP/2\r\nHost: a",
        b"GET /healthz http/1.1\r\nHost: a",
        b"GET /healthz HTTP/1.1\r\nno colon",
    ],
)
async def test_what_is_no_request_is_refused_in_http_1_1(site: Site, head: bytes) -> None:
    data = await site.exchange(head + b"\r\n\r\n")
    assert data.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answered(data).headers["connection"] == "close"


async def test_http_1_0_is_answered_in_http_1_0(site: Site) -> None:
    data = await site.exchange(f"GET {FEED.path} HTTP/1.0\r\n\r\n".encode())
    assert data.startswith(b"HTTP/1.0 200 OK\r\n")
    assert answered(data).body == FEED.body


@pytest.mark.parametrize("authority", ["xn--", "xn--x", "a..b", "xn--.example:80"])
async def test_an_authority_that_can_not_be_decoded_is_as_good_as_any(site: Site, authority: str) -> None:
    assert (await site.get(f"http://{authority}{FEED.path}")).body == FEED.body
    assert (await site.get(f"{authority}:443", "CONNECT")).status in {400, 405}


@pytest.mark.parametrize("target", ["http://a.example", "http://a.example?x=y", "http://a.example/"])
async def test_a_target_without_a_path_is_the_first_page(site: Site, target: str) -> None:
    assert (await site.get(target)).body == site.press.editions["/"].body
