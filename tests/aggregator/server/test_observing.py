"""What is noted of requests to a real server, and what of that it gives away."""

import logging
from collections.abc import Mapping

import pytest
from multidict import CIMultiDict

from aggregator.config import MetricsReaders, RequestLog
from aggregator.monitoring.metrics import BYTES, OTHER, REQUESTS, Figures
from aggregator.server import Observing, Tally
from aggregator.server.observing import client_address
from tests.aggregator.server.asking import FEED, Site, serving

LOCAL = {"host": "127.0.0.1"}


def observing(
    readers: MetricsReaders = MetricsReaders.LOOPBACK,
    log: RequestLog = RequestLog.OFF,
    *,
    fails: bool = False,
) -> Observing:
    tally = Tally()

    async def gather() -> Figures:
        if fails:
            raise TimeoutError
        return tally.figures(1, 1.0)

    return Observing(tally, gather, readers, log)


async def ask(
    site: Site, path: str, method: str = "GET", **fields: str
) -> tuple[int, bytes, Mapping[str, str]]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (LOCAL | fields).items()]
    answer = await site.send("\r\n".join([f"{method} {path} HTTP/1.1", *lines]))
    return answer.status, answer.body, answer.headers


async def test_answers_are_counted_as_they_were_sent() -> None:
    noted = observing()
    async with serving(observing=noted) as site:
        _, body, headers = await ask(site, FEED.path, accept_encoding="gzip")
        await ask(site, FEED.path, accept_encoding="gzip", if_none_match=headers["etag"])
        await ask(site, FEED.path, "HEAD", accept_encoding="gzip")
        await ask(site, "/feeds/nowhere.atom")
    counts = noted.tally.figures(0, 1.0).counts
    assert counts[REQUESTS.key("/feeds/all", "atom", "200")] == 2
    assert counts[REQUESTS.key("/feeds/all", "atom", "304")] == 1
    assert counts[REQUESTS.key(OTHER, "atom", "404")] == 1
    assert counts[BYTES.key("gzip")] == len(body)


async def test_the_metrics_are_text_for_prometheus_that_nobody_keeps() -> None:
    async with serving(observing=observing()) as site:
        status, body, headers = await ask(site, "/metrics?x=1")
        assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        assert headers["cache-control"] == "no-store"
        assert body.startswith(b"# HELP aggregator_requests_total")
        assert (await ask(site, "/metrics", "HEAD"))[:2] == (200, b"")


async def test_pages_of_other_sites_can_not_read_them() -> None:
    async with serving(observing=observing()) as site:
        _, _, headers = await ask(site, "/metrics", origin="https://evil.example")
        assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize("readers", [MetricsReaders.LOOPBACK, MetricsReaders.OFF])
async def test_to_others_it_is_as_if_there_were_none(readers: MetricsReaders) -> None:
    async with serving(observing=observing(readers)) as site:
        refused = await ask(site, "/metrics", x_forwarded_for="192.0.2.1")
        nothing = await ask(site, "/nothing", x_forwarded_for="192.0.2.1")
        assert refused[:2] == nothing[:2]
        assert {**refused[2], "date": ""} == {**nothing[2], "date": ""}


async def test_everyone_gets_them_where_the_operator_says_so() -> None:
    async with serving(observing=observing(MetricsReaders.EVERYONE)) as site:
        status, _, _ = await ask(site, "/metrics", host="news.example.org", x_forwarded_for="192.0.2.1")
        assert status == 200


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/metrics", "POST", 405), ("/metrics/x", "GET", 404), ("/metricsx", "GET", 404)],
)
async def test_what_only_looks_like_asking_for_them_is_answered_as_ever(
    path: str, method: str, status: int
) -> None:
    async with serving(observing=observing()) as site:
        assert (await ask(site, path, method))[0] == status


async def test_figures_that_can_not_be_had_are_503() -> None:
    async with serving(observing=observing(fails=True)) as site:
        status, _, headers = await ask(site, "/metrics")
        assert (status, headers["retry-after"]) == (503, "5")


async def test_requests_are_told_to_the_log_on_demand(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    noted = observing(MetricsReaders.OFF, RequestLog.ALL)
    async with serving(observing=noted) as site:
        await ask(site, f"{FEED.path}?token=canary", user_agent="Reader/1.0", authorization="Bearer canary")
    (record,) = caplog.records
    fields = vars(record)["fields"]
    assert (fields["client"], fields["path"], fields["status"]) == ("127.0.0.1", FEED.path, 200)
    assert "canary" not in str(vars(record))
    assert REQUESTS.key("/feeds/all", "atom", "200") not in noted.tally.figures(0, 1.0).counts


async def test_by_default_the_log_is_told_of_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serving(observing=observing()) as site:
        await ask(site, FEED.path)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("written", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9,", "192.0.2.1"),
        ("", "192.0.2.1"),
    ],
)
def test_a_client_is_who_the_nearest_proxy_names_and_where_it_names_nobody_the_peer(
    written: str, client: str
) -> None:
    assert client_address(CIMultiDict({"X-Forwarded-For": written}), "192.0.2.1") == client
    assert client_address(CIMultiDict(), "192.0.2.1") == "192.0.2.1"
