"""Who gets the page for operators, and with what fields, from a real server."""

import logging
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import pytest

from aggregator.config import MetricsReaders, RequestLog, StatusReaders
from aggregator.monitoring.habits import Habit
from aggregator.monitoring.metrics import OTHER, REQUESTS, SAVED, Figures
from aggregator.server import Observing, Status, Tally
from aggregator.server.disclosure import holds_token
from tests.aggregator.server.asking import FEED, Site, serving

TOKEN = "canary-tök3n: with a colon"  # noqa: S105  of this test alone
DIGEST = sha256(TOKEN.encode()).digest()
PAGE = b"<!doctype html><title>Status</title>"


def observing(readers: StatusReaders, *, log: RequestLog = RequestLog.OFF, fails: bool = False) -> Observing:
    tally = Tally(has_habits=True)

    async def gather() -> Figures:
        if fails:
            raise TimeoutError
        return tally.figures(1, 1.0)

    return Observing(tally, gather, MetricsReaders.OFF, log, Status(readers, DIGEST, lambda _: PAGE))


async def ask(
    site: Site, path: str = "/status", method: str = "GET", **fields: str
) -> tuple[int, bytes, Mapping[str, str]]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in ({"host": "127.0.0.1"} | fields).items()]
    answer = await site.exchange(
        "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""]).encode()
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *rest = head.decode().split("\r\n")
    return (
        int(status.split()[1]),
        body,
        {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)},
    )


def basic(password: str, user: str = "anyone") -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


async def test_a_program_on_this_machine_gets_the_page() -> None:
    async with serving(observing=observing(StatusReaders.LOOPBACK)) as site:
        status, body, headers = await ask(site, "/status?x=1")
        assert (status, body) == (200, PAGE)
        assert headers["cache-control"] == "no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert not [name for name in headers if name.startswith("access-control-")]
        assert (await ask(site, method="HEAD"))[:2] == (200, b"")


async def test_to_others_it_is_as_if_there_were_none() -> None:
    async with serving(observing=observing(StatusReaders.LOOPBACK)) as site:
        refused = await ask(site, x_forwarded_for="192.0.2.1")
        nothing = await ask(site, "/nothing", x_forwarded_for="192.0.2.1")
        assert refused[:2] == nothing[:2]
        assert {**refused[2], "date": ""} == {**nothing[2], "date": ""}


@pytest.mark.parametrize(
    "authorization", [f"Bearer {TOKEN}", basic(TOKEN), basic(TOKEN, ""), f"bearer {TOKEN} "]
)
async def test_who_has_the_token_gets_the_page_from_anywhere(authorization: str) -> None:
    async with serving(observing=observing(StatusReaders.TOKEN)) as site:
        status, body, _ = await ask(
            site, host="news.example.org", x_forwarded_for="192.0.2.1", authorization=authorization
        )
        assert (status, body) == (200, PAGE)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": "Bearer"},
        {"authorization": basic("")},
        {"authorization": basic("x", TOKEN)},
        {"authorization": "Basic ???"},
        {"authorization": f"Digest {TOKEN}"},
        {"authorization": TOKEN},
    ],
)
async def test_who_has_not_is_asked_for_it(fields: dict[str, str]) -> None:
    async with serving(observing=observing(StatusReaders.TOKEN)) as site:
        status, body, headers = await ask(site, **fields)
        assert (status, headers["www-authenticate"]) == (401, 'Basic realm="status", charset="UTF-8"')
        assert headers["cache-control"] == "no-store"
        assert PAGE not in body
        assert (await ask(site, "/status?token=canary"))[0] == 401


async def test_who_tries_tokens_is_seen_and_the_tokens_are_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    noted = observing(StatusReaders.TOKEN, log=RequestLog.ALL)
    async with serving(observing=noted) as site:
        await ask(site, authorization="Bearer canary")
    (record,) = caplog.records
    assert vars(record)["fields"]["status"] == 401
    assert "canary" not in str(vars(record))
    assert noted.tally.figures(0, 1.0).counts[REQUESTS.key(OTHER, "html", "401")] == 1


@pytest.mark.parametrize(("path", "method", "status"), [("/status", "POST", 405), ("/statusx", "GET", 404)])
async def test_what_only_looks_like_asking_for_it_is_answered_as_ever(
    path: str, method: str, status: int
) -> None:
    async with serving(observing=observing(StatusReaders.LOOPBACK)) as site:
        assert (await ask(site, path, method))[0] == status


async def test_figures_that_can_not_be_had_are_503() -> None:
    async with serving(observing=observing(StatusReaders.LOOPBACK, fails=True)) as site:
        status, _, headers = await ask(site)
        assert (status, headers["retry-after"]) == (503, "5")


async def test_habits_and_savings_are_noted() -> None:
    noted = observing(StatusReaders.LOOPBACK)
    async with serving(observing=noted) as site:
        _, body, headers = await ask(site, FEED.path, user_agent="Reader/1", accept_encoding="gzip")
        await ask(
            site, FEED.path, user_agent="Reader/2", accept_encoding="gzip", if_none_match=headers["etag"],
            x_forwarded_for="192.0.2.1, 198.51.100.7",
        )  # fmt: skip
    figures = noted.tally.figures(0, 1.0)
    (habit,) = figures.habits.values()
    assert isinstance(habit, Habit)
    assert (habit.requests, habit.conditional, habit.unchanged, habit.clients) == (2, 1, 1, 2)
    assert habit.blind_bytes == len(body)
    assert figures.counts[SAVED.key("unchanged")] == len(body)
    assert figures.counts[SAVED.key("coding")] == len(FEED.body) - len(body)
    assert sorted(kind for _, kind in figures.pulse) == ["sent", "unchanged"]


@pytest.mark.parametrize("authorization", ["Bearer \udcff", "Basic \udcff", "", " ", None])
def test_what_is_no_token_is_none(authorization: str | None) -> None:
    assert not holds_token(authorization, DIGEST)
