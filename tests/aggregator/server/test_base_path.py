"""A site below a path, as in https://example.org/news: every address leads there, whether the proxy takes the path off or not."""

from collections.abc import AsyncIterator
from time import perf_counter

import pytest

from aggregator.config import MetricsReaders, RequestLog
from aggregator.monitoring.metrics import Figures
from aggregator.server import Observing, Tally
from aggregator.server.base_path import below
from tests.aggregator.server.asking import FEED, PAGE, Site, serving

BASE = "https://news.example.org/wire/tides"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        running.change(site_url=BASE)
        yield running


@pytest.mark.parametrize(
    "target", [FEED.path, f"/wire/tides{FEED.path}", f"/wire/tides{FEED.path}?a=b", f"{BASE}{FEED.path}"]
)
async def test_a_feed_is_there_with_the_path_and_without(site: Site, target: str) -> None:
    answer = await site.get(target)
    assert (answer.status, answer.body) == (200, FEED.body)


@pytest.mark.parametrize("target", ["/wire/tides", "/wire/tides/", "/wire/tides?a=b", "/"])
async def test_the_home_page_is_there_with_the_path_and_without(site: Site, target: str) -> None:
    assert (await site.get(target)).body == PAGE.body


@pytest.mark.parametrize("target", ["/feed", "/wire/tides/feed"])
async def test_a_redirect_leads_below_the_path(site: Site, target: str) -> None:
    answer = await site.get(target)
    assert (answer.status, answer.headers["location"]) == (301, f"{BASE}/feeds/all.rss")


@pytest.mark.parametrize(
    "target", [f"/wire{FEED.path}", f"/wire/tidesand{FEED.path}", "/wire/tides//[", "/wire/tides/../x"]
)
async def test_another_path_leads_nowhere(site: Site, target: str) -> None:
    assert (await site.get(target)).status == 404


async def test_a_body_below_the_path_is_dropped_too(site: Site) -> None:
    head = f"GET /wire/tides{FEED.path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
    assert (await site.exchange(f"{head}abc".encode())).endswith(FEED.body)


@pytest.mark.parametrize("rest", ["/metrics", "/metrics/"])
def test_the_metrics_stay_at_one_address(rest: str) -> None:
    assert below(BASE, f"/wire/tides{rest}") is None


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/", "//feeds"])
def test_below_no_path_nothing_is_taken_off(path: str) -> None:
    assert below("https://news.example.org", path) is None


async def test_what_is_asked_for_below_the_path_is_counted_as_the_feed_that_it_is() -> None:
    tally = Tally()

    async def gather() -> Figures:
        return tally.figures(0, perf_counter())

    observing = Observing(tally, gather, MetricsReaders.EVERYONE, RequestLog.OFF)
    async with serving(observing=observing) as site:
        site.change(site_url=BASE)
        await site.get(f"/wire/tides{FEED.path}")
        said = (await site.get("/metrics")).body.decode()
    assert 'aggregator_requests_total{feed="/feeds/all",format="atom",status="200"} 1' in said
