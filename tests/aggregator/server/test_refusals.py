"""What a client is told that takes too much, over the wire, on whichever road its request came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from aggregator.config import ClientLimits
from aggregator.server.limits import Limit, Limits
from tests.aggregator.server.asking import FEED, Answer, Site, answered, serving, until

REQUEST = f"GET {FEED.path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


@asynccontextmanager
async def limited(**settings: Any) -> AsyncIterator[tuple[Site, list[Limit]]]:
    """Run a server that limits who comes from this machine; the list has what was refused."""
    refused: list[Limit] = []
    limits = Limits(ClientLimits(**{"trusted": (), **settings}), refused.append)
    async with serving(limits=limits) as site:
        yield site, refused


class Visitor:
    """A client with one connection that it keeps."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def ask(self, data: bytes = REQUEST) -> Answer:
        self.writer.write(data)
        return await self.next_answer()

    async def next_answer(self) -> Answer:
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)
        size = int(answered(head).headers["content-length"])
        return answered(head + await self._reader.readexactly(size))

    async def is_ended(self) -> bool:
        try:
            return await asyncio.wait_for(self._reader.read(1), 5) == b""
        except ConnectionResetError:
            return True


@asynccontextmanager
async def visitors(site: Site, number: int) -> AsyncIterator[list[Visitor]]:
    found = []
    for count in range(number):
        found.append(Visitor(*await asyncio.open_connection("127.0.0.1", site.port)))
        await until(lambda: site.connections > count)  # noqa: B023  asked at once
    yield found
    for visitor in found:
        visitor.writer.close()


async def test_C7_E4_too_many_requests_are_429_with_whole_seconds_and_kept_by_nobody() -> None:
    async with limited(requests=2, window="30s") as (site, refused):
        answers = [await site.get() for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "15"
    assert answers[2].headers["cache-control"] == "no-store"
    assert answers[2].headers["server"] == "feed-aggregator"
    assert refused == [Limit.REQUESTS]


@pytest.mark.parametrize("is_ready", [True, False])
async def test_a_request_counts_once_whichever_road_it_takes(*, is_ready: bool) -> None:
    async with limited(requests=4) as (site, _), visitors(site, 1) as (visitor,):
        site.press.is_current = is_ready
        statuses = [(await visitor.ask()).status for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2


async def test_requests_that_come_together_are_counted_one_by_one() -> None:
    async with limited(requests=4) as (site, _), visitors(site, 1) as (visitor,):
        visitor.writer.write(REQUEST * 6)
        statuses = [(await visitor.next_answer()).status for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2


async def test_what_one_road_let_in_is_not_let_in_once_more_on_the_other() -> None:
    async with limited(requests=3) as (site, _), visitors(site, 1) as (visitor,):
        post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        statuses = [(await visitor.ask(data)).status for data in (REQUEST, post, REQUEST, post, REQUEST)]
    assert statuses == [200, 405, 200, 429, 429]


async def test_probes_are_neither_counted_nor_refused() -> None:
    async with limited(requests=1, per_client=1) as (site, refused), visitors(site, 2) as (first, late):
        for path in ("/healthz", "/readyz"):
            probe = REQUEST.replace(FEED.path.encode(), path.encode())
            assert {(await first.ask(probe)).status for _ in range(3)} == {200}
            assert {(await late.ask(probe)).status for _ in range(3)} == {200}
        assert [(await first.ask()).status for _ in range(2)] == [200, 429]
    assert refused == [Limit.REQUESTS]


async def test_E4_clients_behind_a_proxy_are_limited_each_for_itself() -> None:
    async with limited(requests=1, trusted=("127.0.0.1",)) as (site, _):
        ann = [(await site.get(x_forwarded_for="192.0.2.1")).status for _ in range(2)]
        ben = await site.get(x_forwarded_for="192.0.2.2")
        nobody = [(await site.get()).status for _ in range(3)]
    assert (ann, ben.status, nobody) == ([200, 429], 200, [200] * 3)


async def test_too_many_connections_of_one_client_are_429_and_end() -> None:
    async with limited(per_client=2) as (site, refused), visitors(site, 3) as (first, _, late):
        answer = await late.ask()
        assert (answer.status, answer.headers["retry-after"]) == (429, "30")
        assert answer.headers["connection"] == "close"
        assert await late.is_ended()
        assert (await first.ask()).status == 200
    assert refused == [Limit.PER_CLIENT]


async def test_C7_too_many_connections_are_503_and_end() -> None:
    async with limited(connections=2) as (site, refused), visitors(site, 3) as (first, _, late):
        answer = await late.ask()
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert await late.is_ended()
        assert (await first.ask()).status == 200
    assert refused == [Limit.CONNECTIONS]


async def test_of_a_flood_of_connections_most_are_ended_without_a_word() -> None:
    async with limited(connections=2) as (site, refused), visitors(site, 3):
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        assert await Visitor(reader, writer).is_ended()
        writer.close()
    assert refused == [Limit.CONNECTIONS]


async def test_a_connection_that_has_ended_makes_room() -> None:
    async with limited(connections=1) as (site, _):
        async with visitors(site, 1) as (visitor,):
            assert (await visitor.ask()).status == 200
        await until(lambda: site.connections == 0)
        assert (await site.get()).status == 200
