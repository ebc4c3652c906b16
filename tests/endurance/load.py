"""Load: many clients at once, each on a connection that it keeps, that judge every answer: whole, of one edition, and what its ETag says."""

import asyncio
import gzip
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from time import monotonic

import brotli
import zstandard

_SECONDS = 30.0
_MOST_FILES = 65_536

_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstandard.decompress,
    "identity": bytes,
}

Judge = Callable[[str, bytes], object]


def allow_many_connections() -> None:
    """Let this process, and those that it starts, hold as many files as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, _MOST_FILES)), hard))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its body as it came."""

    status: int
    fields: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Account:
    """What came of asking: how long each answer took, in seconds, and what was wrong.

    may_end  set when the server is told to stop: from then on it may end a connection that idles, also while a request is on its way to it
             (RFC 9112, section 9.5)
    """

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    may_end: bool = False
    _judged: set[tuple[str, str]] = field(default_factory=set)

    def quantile(self, share: float) -> float:
        """Give the time within which so many of the answers came."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]

    def note(self, path: str, answer: Answer, seconds: float, judge: Judge) -> None:
        """Take note of an answer."""
        self.seconds.append(seconds)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        try:
            self._judge(path, answer, judge)
        except AssertionError as error:
            self.problems.append(f"{path}: {error}")

    def _judge(self, path: str, answer: Answer, judge: Judge) -> None:
        assert answer.status in {200, 304}, answer.status
        etag, coding = answer.fields["etag"], answer.fields.get("content-encoding", "identity")
        digest, _, suffix = etag.strip('"').partition("-")
        if answer.status == 304:
            assert not answer.body
            return
        assert (suffix or "identity") == coding
        body = _DECODERS[coding](answer.body)
        assert sha256(body).hexdigest() == digest, f"the body is not that of {etag}"
        # The same digest, the same body: judged once.
        if (path, digest) not in self._judged:
            self._judged.add((path, digest))
            judge(path, body)

    @property
    def documents(self) -> int:
        """Give how many different documents were seen."""
        return len(self._judged)


async def ask_all(
    port: int,
    paths: Sequence[str],
    judge: Judge,
    *,
    connections: int,
    pause: float,
    ended: asyncio.Event,
    account: Account,
) -> None:
    """Have so many clients ask, each about every `pause` seconds, until `ended` is set."""
    chance = Random(connections)  # noqa: S311  the same load each time
    async with asyncio.TaskGroup() as group:
        for number in range(connections):
            client = _Client(port, paths, Random(chance.random()), account, judge)  # noqa: S311  likewise
            group.create_task(client.live(pause, ended), name=f"client {number}")


class _Client:
    """One client on one connection. It holds what it got, and says so in two requests of three."""

    def __init__(
        self, port: int, paths: Sequence[str], chance: Random, account: Account, judge: Judge
    ) -> None:
        self._port = port
        self._paths = paths
        self._chance = chance
        self._account = account
        self._judge = judge
        self._coding = chance.choice(("identity", "gzip", "br", "zstd"))
        self._held: dict[str, str] = {}
        self._was_answered = False

    async def live(self, pause: float, ended: asyncio.Event) -> None:
        await _wait(ended, self._chance.random() * pause)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            self._account.problems.append(f"can't connect: {error!r}")
            return
        try:
            while not ended.is_set() and await self._ask(reader, writer):
                await _wait(ended, (0.5 + self._chance.random()) * pause)
        finally:
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Ask once; give whether the connection can be used again."""
        path, began = self._chance.choice(self._paths), monotonic()
        try:
            writer.write(self._request(path))
            async with asyncio.timeout(_SECONDS):
                answer = await read_answer(reader)
        except (OSError, asyncio.IncompleteReadError, NothingCameError, TimeoutError) as error:
            if not (self._account.may_end and self._was_answered and isinstance(error, NothingCameError)):
                self._account.problems.append(f"{path}: {error!r}")
            return False
        self._was_answered = True
        self._account.note(path, answer, monotonic() - began, self._judge)
        self._held[path] = answer.fields.get("etag", "")
        return answer.fields.get("connection") != "close"

    def _request(self, path: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: almanac.example", f"Accept-Encoding: {self._coding}"]
        if path in self._held and self._chance.random() < 2 / 3:
            lines.append(f"If-None-Match: {self._held[path]}")
        return "\r\n".join([*lines, "\r\n"]).encode()


class NothingCameError(Exception):
    """A connection ended, and not a byte of the answer had come."""


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer; raise NothingCameError where the connection ends before it begins, IncompleteReadError or OSError amid it."""
    try:
        first = await reader.readexactly(1)
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        raise NothingCameError from error
    head = first + await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    size = int(fields.get("content-length", "0"))
    try:
        body = await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        raise asyncio.IncompleteReadError(head + error.partial, len(head) + size) from error
    return Answer(int(status.split()[1]), fields, body)


async def _wait(ended: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return
