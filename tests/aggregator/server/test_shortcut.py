"""The shortcut: which requests take it, and that whoever takes it gets, and leaves behind, what the long way gives and leaves.

Connections are driven without sockets here, so that what comes in one piece is in the test's hands.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import ClientLimits, MetricsReaders, RequestLog, StatusReaders
from aggregator.documents.edition import CODINGS, Edition
from aggregator.monitoring.metrics import REQUEST_SECONDS, Figures
from aggregator.server import Addresses, Lifetime, Observing, Readiness, Served, Status, Tally, create_app
from aggregator.server.app import SHORTCUT
from aggregator.server.conditional import Outcome
from aggregator.server.connections import Runner
from aggregator.server.limits import Limits
from aggregator.server.negotiation import Form
from aggregator.server.repetition import LONGEST, MOST, Known, Repetition
from aggregator.server.shortcut import Answer, Shortcut
from tests.aggregator.server.asking import CHANGED, FEED, PAGE, SITE, FakePress, other

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LIFETIME = Lifetime(300, 60)
EMPTY = Edition(path="/feeds/empty.json", media_type="application/feed+json", body=b"", last_modified=CHANGED)
WITHDRAWN = Edition(
    path="/articles/withdrawn", media_type="text/html", body=b"", last_modified=CHANGED, is_gone=True
)


class NoShortcut(Shortcut):
    """Leaves every request to the handler."""

    def answer_again(self, *_: Any) -> Answer | None:
        return None

    def answer(self, *_: Any) -> Answer | None:
        return None


class FakeTransport(asyncio.Transport):
    """Keeps what is written to it. `takes` is whether the client reads."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4711)})
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        """Nothing to be done: the test gives what is read."""

    def resume_reading(self) -> None:
        """Likewise."""


@dataclass(slots=True)
class Desk:
    """A server without a socket, and all that it serves within reach."""

    press: FakePress
    served: Served
    tally: Tally
    now: datetime = NOW
    lifetime: Lifetime = LIFETIME
    runner: Runner | None = None

    def connect(self) -> "Client":
        assert self.runner is not None
        assert self.runner.server is not None
        return Client(self.runner.server(), FakeTransport())

    def change(self, **changes: Any) -> None:
        self.served = replace(self.served, **changes)


class Client:
    """A client of a connection that it drives by hand."""

    def __init__(self, connection: Any, transport: FakeTransport) -> None:
        self.connection, self.transport = connection, transport
        connection.connection_made(transport)

    def send(self, data: bytes) -> bytes:
        """Give what the server writes before anything else gets its turn."""
        before = len(self.transport.written)
        if not self.transport.is_closed:
            self.connection.data_received(data)
        return b"".join(self.transport.written[before:])

    async def rest(self) -> None:
        """Wait until the server waits for the next request, or has ended the connection."""
        async with asyncio.timeout(5):
            while not self.transport.is_closed and not self._is_idle():  # noqa: ASYNC110 - aiohttp tells nobody
                await asyncio.sleep(0)

    async def exchange(self, data: bytes) -> bytes:
        before = len(self.transport.written)
        self.send(data)
        await self.rest()
        return b"".join(self.transport.written[before:])

    def leave(self) -> None:
        self.connection.connection_lost(None)

    def _is_idle(self) -> bool:
        waiter = self.connection._waiter
        return waiter is not None and not waiter.done() and not self.connection._messages


@asynccontextmanager
async def desk(
    kind: type[Shortcut] = Shortcut, site_url: str = SITE, limits: Limits | None = None
) -> AsyncIterator[Desk]:
    sorted_feed = other(FEED, path=f"{FEED.path}?sort=canary", body=b"in another order")
    press, tally = FakePress(other(FEED), PAGE, EMPTY, WITHDRAWN, sorted_feed), Tally(has_habits=True)
    served = Served(
        press=press,
        site_url=site_url,
        lifetime=lambda _: made.lifetime,
        addresses=Addresses(moved={"/feeds/old": "/feeds/new"}, gone=frozenset({"/feeds/ended"})),
        has_pages=True,
    )
    made = Desk(press, served, tally)

    async def gather() -> Figures:
        return Figures()

    status = Status(StatusReaders.TOKEN, b"", lambda _: b"")
    observing = Observing(tally, gather, MetricsReaders.LOOPBACK, RequestLog.ALL, status)
    app = create_app(lambda: made.served, clock=lambda: made.now, observing=observing, limits=limits)
    known = app[SHORTCUT]
    app[SHORTCUT] = kind(known.served, known.clock, known.observer)
    made.runner = Runner(app, access_log=None, auto_decompress=False, handler_cancellation=True)
    await made.runner.setup()
    try:
        yield made
    finally:
        await made.runner.cleanup()


def request(
    *fields: str, target: str = FEED.path, method: str = "GET", version: str = "1.1", body: str = ""
) -> bytes:
    lines = [f"{method} {target} HTTP/{version}", "Host: a.example", *fields, "", body]
    return "\r\n".join(lines).encode("latin-1")


def but_for_date(data: bytes) -> bytes:
    return re.sub(rb"\r\nDate: [^\r]+", b"\r\nDate: now", data)


async def settled(made: Desk) -> Client:
    client = made.connect()
    await client.rest()
    return client


CURRENT = f"If-None-Match: {FEED.etag()}"


@pytest.mark.parametrize(
    "data",
    [
        request(),
        request(method="HEAD"),
        request(CURRENT),
        request("User-Agent: Reader/1.0", "Accept: */*", "X-Forwarded-For: 192.0.2.7"),
        request("If-Modified-Since: Mon, 02 Mar 2026 00:00:00 GMT"),
        request("Connection: close"),
        request("Connection: keep-alive"),
        request("Content-Length: 0"),
        request("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", target="/"),
        request(target="/"),
        request(CURRENT, "A-IM: feed"),
    ],
)
async def test_a_plain_request_is_answered_at_once(data: bytes) -> None:
    async with desk() as made:
        assert (await settled(made)).send(data).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize(
    "data",
    [
        request(target=f"{FEED.path}?token=canary"),
        request(target=f"http://evil.example{FEED.path}"),
        request(target="/feeds/%61ll.atom"),
        request(target="/none"),
        request(target="/healthz"),
        request(target="/metrics"),
        request(target="/status"),
        request(target=WITHDRAWN.path),
        request(target=EMPTY.path),
        request(method="POST"),
        request(version="1.0"),
        request("Content-Length: 3", body="abc"),
        request("Transfer-Encoding: chunked", body="0\r\n\r\n"),
        request("Expect: 100-continue"),
        request("Upgrade: websocket", "Connection: upgrade"),
        request("A-IM: feed"),
        request("Accept-Encoding: gzip"),  # which nobody has asked for yet
        request("Accept-Encoding: identity;q=0"),
        request('If-Match: "other"'),
        request("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"),
        request() + request(),
        request() + b"GET",
    ],
)
async def test_any_other_goes_the_long_way(data: bytes) -> None:
    async with desk() as made:
        client = await settled(made)
        is_two_in_one = data.endswith(b"GET")
        assert bool(client.send(data)) is is_two_in_one


async def test_what_lies_below_the_path_of_the_site_is_answered_at_once() -> None:
    async with desk(site_url=f"{SITE}/news") as made:
        assert (await settled(made)).send(request(target=f"/news{FEED.path}")).endswith(FEED.body)


@pytest.mark.parametrize("piece", [1, 30, -1])
async def test_a_request_in_pieces_is_answered_when_it_is_whole(piece: int) -> None:
    async with desk() as made:
        client, data = await settled(made), request()
        assert client.send(data[:piece]) == b""
        assert client.send(data[piece:]).endswith(FEED.body)


async def test_what_continues_a_request_is_none_though_it_look_like_one_that_is_known() -> None:
    async with desk() as made:
        client, known = await settled(made), request()
        assert all(client.send(known).endswith(FEED.body) for _ in range(3))
        assert client.send(b"GET / HTTP/1.1\r\nX: ") == b""
        assert (await client.exchange(known)).endswith(PAGE.body)


async def test_no_request_is_answered_before_the_one_that_came_first() -> None:
    async with desk() as made:
        client = await settled(made)
        assert client.send(request(target="/none")) == b""
        assert client.send(request()) == b""
        await client.rest()
        assert [data[9:12] for data in client.transport.written] == [b"404", b"200"]


async def test_fault_32_nothing_more_is_made_for_a_client_that_does_not_read() -> None:
    async with desk() as made:
        client = await settled(made)
        client.connection.pause_writing()
        assert client.send(request()) == b""
        for _ in range(9):
            await asyncio.sleep(0)
        assert client.transport.written == []
        client.connection.resume_writing()
        await client.rest()
        assert b"".join(client.transport.written).endswith(FEED.body)


async def test_what_fails_is_told_by_the_handler(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_path: str) -> Lifetime:
        raise ValueError("broken")

    async with desk() as made:
        made.change(lifetime=fail)
        assert b" 503 " in await (await settled(made)).exchange(request())
    assert "broken" in caplog.text


async def test_a_connection_that_was_answered_may_idle_as_long_from_then() -> None:
    async with desk() as made:
        client = await settled(made)
        loop = asyncio.get_running_loop()
        client.connection._next_keepalive_close_time = loop.time() - 1
        client.connection._process_keepalive()
        assert client.transport.is_closed
        client = await settled(made)
        client.connection._next_keepalive_close_time = loop.time() - 1
        client.send(request())
        client.connection._process_keepalive()
        assert not client.transport.is_closed


async def test_fault_40_nothing_is_answered_once_the_server_stops() -> None:
    async with desk() as made:
        client = await settled(made)
        client.connection.close()
        assert client.send(request()) == b""


# What is remembered of requests.


def known(edition: Edition = FEED) -> Known:
    form = Form(Outcome.SEND, "identity", edition.etag())
    return Known(
        edition.path,
        "GET",
        None,
        is_conditional=False,
        edition=ref(edition),
        lifetime=Lifetime(0, 0),
        form=form,
        head=b"",
        is_last=False,
    )


def served() -> Served:
    return Served(press=FakePress(), site_url=SITE, lifetime=lambda _: Lifetime(0, 0))


def keep(repetition: Repetition, data: bytes, now: Served, what: Known | None = None) -> None:
    for _ in range(2):
        repetition.keep(data, now, what or known())


def test_what_comes_once_is_not_remembered() -> None:
    repetition, now = Repetition(), served()
    repetition.keep(b"a head", now, known())
    assert repetition.find(b"a head", now) is None


def test_what_was_decided_is_found_by_the_same_bytes_until_something_else_is_served() -> None:
    repetition, now, later = Repetition(), served(), served()
    keep(repetition, b"a head", now)
    assert repetition.find(b"a head", now) is not None
    assert repetition.find(b"another", now) is None
    assert repetition.find(b"a head", later) is None
    keep(repetition, b"another", later)
    assert len(repetition) == 1


def test_there_is_a_bound_to_how_many_are_remembered_and_the_last_asked_for_stay() -> None:
    repetition, now = Repetition(), served()
    for number in range(MOST):
        keep(repetition, b"%d" % number, now)
        assert repetition.find(b"0", now) is not None
    keep(repetition, b"one more", now)
    assert len(repetition) == MOST
    assert repetition.find(b"0", now) is not None
    assert repetition.find(b"1", now) is None


def test_a_hash_that_is_the_same_is_not_enough() -> None:
    repetition, now = Repetition(), served()
    keep(repetition, b"a head", now)
    repetition._known[hash(b"another")] = repetition._known[hash(b"a head")]
    assert repetition.find(b"another", now) is None


def test_a_long_head_is_not_remembered() -> None:
    repetition, now = Repetition(), served()
    keep(repetition, b"x" * (LONGEST + 1), now)
    assert len(repetition) == 0


def test_an_edition_that_nobody_else_has_is_let_go() -> None:
    repetition, now = Repetition(), served()
    keep(repetition, b"a head", now, known(other(FEED, body=b"no more")))
    found = repetition.find(b"a head", now)
    assert found is not None
    assert found.edition() is None


async def test_fault_29_nothing_is_remembered_that_could_be_a_secret() -> None:
    async with desk() as made:
        client = await settled(made)
        data = request("Authorization: Bearer canary", "Cookie: a=canary", "X-Token: canary")
        assert all(client.send(data).endswith(FEED.body) for _ in range(3))
        assert made.runner is not None
        repetition = made.runner.app[SHORTCUT]._repetition
        assert len(repetition) == 1
        assert "canary" not in repr(vars(repetition))


async def test_where_clients_are_limited_no_request_is_known_unread_and_none_is_remembered() -> None:
    async with desk(limits=Limits(ClientLimits(requests=1_000))) as made:
        client = await settled(made)
        assert all(client.send(request()).endswith(FEED.body) for _ in range(3))
        assert made.runner is not None
        assert len(made.runner.app[SHORTCUT]._repetition) == 0


async def test_what_is_known_is_read_by_nobody_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as made:
        client = await settled(made)
        first = client.send(request(CURRENT))
        client.send(request(CURRENT))
        monkeypatch.delattr(Shortcut, "answer")
        assert but_for_date(client.send(request(CURRENT))) == but_for_date(first) != b""


# That both roads agree.

ETAGS = [FEED.etag(coding) for coding in ("identity", *CODINGS)]
TARGETS = [
    FEED.path, FEED.path, FEED.path, PAGE.path, EMPTY.path, WITHDRAWN.path, "/none", "/feed", "/feeds/old.atom",
    "/feeds/ended", "/healthz", "/metrics", "/status", f"{FEED.path}?a=b", f"http://evil.example{FEED.path}",
    f"/news{FEED.path}", "/news", "/feeds/%61ll.atom", "//evil.example", f"{FEED.path}/",
]  # fmt: skip
FIELDS = [
    *(f"If-None-Match: {tag}" for tag in ETAGS), f"If-None-Match: W/{FEED.etag()}, {FEED.etag('br')}", "If-None-Match: *",
    'If-None-Match: "other"', "if-none-match: x", 'If-None-Match: "\xe9"', f"If-Match: {FEED.etag()}", 'If-Match: "other"',
    "If-Modified-Since: Mon, 02 Mar 2026 00:00:00 GMT", "If-Modified-Since: Sunday, 01-Mar-26 12:00:00 GMT",
    "If-Modified-Since: last week", "If-Unmodified-Since: Sun, 01 Mar 2026 00:00:00 GMT", "Accept-Encoding: gzip",
    "Accept-Encoding: gzip, br, zstd", "Accept-Encoding: identity;q=0", "Accept-Encoding: *;q=0, br", "Accept-Encoding:",
    "User-Agent: Reader/1.0", "User-Agent: Feedly/1.0 (9 subscribers)", "X-Forwarded-For: 192.0.2.7, 198.51.100.2",
    "Connection: close", "Connection: keep-alive", "Expect: 100-continue", "Expect: canary", "A-IM: feed", "Accept: text/html",
    "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Content-Length: 0", "Cookie: a=b", "Authorization: Bearer canary",
    "Range: bytes=0-9", "Host: b.example", "Origin: https://reader.example",
]  # fmt: skip
REQUESTS = st.builds(
    lambda fields, target, method, version: request(*fields, target=target, method=method, version=version),
    st.lists(st.sampled_from(FIELDS), max_size=4),
    st.sampled_from(TARGETS),
    st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS"]),
    st.sampled_from(["1.1", "1.1", "1.1", "1.0"]),
)


def _renew(made: Desk) -> None:
    old = made.press.editions[FEED.path]
    made.press.editions[FEED.path] = other(old, body=old.body + b".", last_modified=made.now)


CHANGES: list[Callable[[Desk], None]] = [
    _renew,
    lambda made: setattr(made, "now", made.now + timedelta(seconds=1.5)),
    lambda made: setattr(made, "now", made.now - timedelta(days=2)),
    lambda made: made.press.editions.update({FEED.path: FEED.__class__(
        path=FEED.path, media_type="text/html", body=b"<p>", last_modified=CHANGED)}),
    lambda made: setattr(made.press, "is_current", not made.press.is_current),
    lambda made: setattr(made, "now", made.now.replace(year=2080)),
    lambda made: setattr(made, "lifetime", Lifetime(20, 0)),
    lambda made: made.change(readiness=Readiness(is_ready=not made.served.readiness.is_ready, reason="Wait.")),
    lambda made: made.change(has_pages=not made.served.has_pages),
    lambda made: made.change(site_url=f"{SITE}/news"),
    lambda made: made.change(page_policy="default-src 'self'"),
]  # fmt: skip
# Few requests, so that they come again after a change.
STEPS = st.lists(REQUESTS, min_size=1, max_size=3).flatmap(
    lambda few: st.lists(st.sampled_from(few) | st.sampled_from(CHANGES), min_size=1, max_size=12)
)
OFTEN = [
    request(), request(CURRENT), request("Accept-Encoding: gzip"), request("X-Forwarded-For: 192.0.2.7"), request("A-IM: feed"),
    request("If-Modified-Since: Monday, 01-Mar-99 12:00:00 GMT"), request("User-Agent: Reader/1.0", target="/"),
    request(target=f"/news{FEED.path}"), request(target=f"{FEED.path}?sort=canary"),
    request("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"),
]  # fmt: skip


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_whoever_takes_the_shortcut_gets_and_leaves_what_the_long_way_gives(
    steps: list[bytes | Callable[[Desk], None]],
) -> None:
    asyncio.run(_compare(steps))


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changed_is_seen_by_requests_that_were_known(change: Callable[[Desk], None]) -> None:
    back: Callable[[Desk], None] = lambda made: setattr(made, "now", NOW)  # noqa: E731  beside its likes
    await _compare([*OFTEN, change, *OFTEN, back, *OFTEN])


async def _compare(steps: list[bytes | Callable[[Desk], None]]) -> None:
    async with desk() as short, desk(NoShortcut) as long:
        one, other = await settled(short), await settled(long)
        for step in steps:
            if callable(step):
                step(short)
                step(long)
                continue
            if one.transport.is_closed:
                one, other = await settled(short), await settled(long)
            # The first may make a coding, the second and third find it, and the fourth is known.
            for _ in range(4):
                assert but_for_date(await one.exchange(step)) == but_for_date(await other.exchange(step))
                assert one.transport.is_closed is other.transport.is_closed
                assert one.connection._request_count == other.connection._request_count
        assert short.runner is not None
        assert long.runner is not None
        assert _requests(short) == _requests(long)
        assert _noted(short) == _noted(long)


def _requests(made: Desk) -> int:
    assert made.runner is not None
    assert made.runner.server is not None
    return made.runner.server.requests_count


def _noted(made: Desk) -> Any:
    """Give what was noted, but for what took how long and when."""
    figures = made.tally.figures(0, 1.0)
    habits = {asker: replace(habit, first=0, last=0) for asker, habit in figures.habits.items()}
    counts: dict[Any, float] = {}
    for key, count in figures.counts.items():
        if key != REQUEST_SECONDS.sum:
            place = REQUEST_SECONDS.name if key[0].startswith(REQUEST_SECONDS.name) else key
            counts[place] = counts.get(place, 0) + count
    pulse: dict[str, int] = {}
    for (_, kind), count in figures.pulse.items():
        pulse[kind] = pulse.get(kind, 0) + count
    return counts, habits, figures.audience, pulse
