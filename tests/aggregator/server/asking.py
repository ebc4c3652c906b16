"""A real server over a press of the tests' own, and a client that shows the bytes as they come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aggregator.documents.edition import Edition
from aggregator.server import Addresses, Lifetime, Running, Served, create_app, listen

SITE = "https://news.example.org"
CHANGED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
FEED = Edition(
    path="/feeds/all.atom",
    media_type="application/atom+xml; charset=utf-8",
    body=b"<?xml version='1.0' encoding='utf-8'?>\n<feed>" + b"<entry>an entry</entry>" * 99 + b"</feed>",
    last_modified=CHANGED,
)
PAGE = Edition(
    path="/",
    media_type="text/html; charset=utf-8",
    body=b"<!doctype html><title>All</title>",
    last_modified=CHANGED,
)


class FakePress:
    """Gives the editions that it was given. Keeps what it was asked for; raises `error` where there is one."""

    def __init__(self, *editions: Edition) -> None:
        self.editions = {edition.path: edition for edition in editions}
        self.is_current = True
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.let_go = asyncio.Event()
        self.let_go.set()

    def current(self, path: str) -> Edition | None:
        return self.editions.get(path) if self.is_current else None

    async def edition(self, path: str) -> Edition | None:
        self.asked.append(path)
        await self.let_go.wait()
        if self.error is not None:
            raise self.error
        return self.editions.get(path)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire. The names of the header fields are in lower case."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.fields)


@dataclass(slots=True)
class Site:
    """A server that runs, with all that it serves within reach."""

    press: FakePress
    served: Served
    running: Running | None = None

    @property
    def port(self) -> int:
        assert self.running is not None
        return self.running.port

    @property
    def connections(self) -> int:
        assert self.running is not None
        return self.running.connections

    def change(self, **changes: Any) -> None:
        self.served = replace(self.served, **changes)

    async def get(self, target: str = FEED.path, method: str = "GET", **fields: str) -> Answer:
        """Ask on a connection of its own; `if_none_match="x"` is the field If-None-Match."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        return await self.send("\r\n".join([f"{method} {target} HTTP/1.1", "Host: a.example", *lines]))

    async def send(self, head: str) -> Answer:
        """Send the head of a request, and read to the end of the connection."""
        return answered(await self.exchange(f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1")))

    async def exchange(self, data: bytes, *, half_close: bool = False) -> bytes:
        """Send what may be no request, give all that comes until the server ends the connection; `half_close`: having said that this is all."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        if half_close:
            writer.write_eof()
        try:
            return await asyncio.wait_for(reader.read(), 5)
        finally:
            writer.close()
            await writer.wait_closed()


def answered(data: bytes) -> Answer:
    """Read an answer; what follows the head is the body, whatever the head says of it."""
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return Answer(int(status.split()[1]), tuple((name.lower(), value) for name, value in pairs), body)


async def until(condition: Callable[[], object]) -> None:
    """Let the server work until the condition holds; fail after five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for lies inside aiohttp, which tells nobody
            await asyncio.sleep(0.001)


@asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Site]:
    """Run a server on a free port; `options` are those of create_app and listen."""
    press = FakePress(FEED, PAGE)
    served = Served(
        press=press,
        site_url=SITE,
        lifetime=lambda _: Lifetime(300, 60),
        addresses=Addresses(moved={"/feeds/old": "/feeds/new"}, gone=frozenset({"/feeds/ended"})),
        has_pages=True,
    )
    site = Site(press, served)
    app_options = {
        name: options.pop(name)
        for name in ("body_seconds", "clock", "observing", "limits")
        if name in options
    }
    site.running = await listen(create_app(lambda: site.served, **app_options), "127.0.0.1", 0, **options)
    try:
        yield site
    finally:
        press.let_go.set()
        await site.running.stop()


def other(edition: Edition, **changes: Any) -> Edition:
    """Give an edition like another, but for these changes."""
    known = {
        name: getattr(edition, name) for name in ("path", "media_type", "body", "last_modified", "is_gone")
    }
    return Edition(**known | changes)
