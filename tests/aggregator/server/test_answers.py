"""Everything that is no document: moves, ends, nothing there, probes, other methods, failures."""

import asyncio
import logging
from datetime import timedelta

import pytest

from aggregator.errors import CatalogueError
from aggregator.server import Readiness
from tests.aggregator.server.asking import CHANGED, FEED, SITE, Site, other, serving, until


@pytest.mark.parametrize(
    ("path", "target"),
    [("/feed", "/feeds/all.rss"), ("/feeds/old.atom", "/feeds/new.atom"), ("/feeds/old", "/feeds/new")],
)
async def test_C5_a_move_is_permanent_and_names_the_address_of_the_site(
    site: Site, path: str, target: str
) -> None:
    answer = await site.get(path)
    assert (answer.status, answer.headers["location"]) == (301, SITE + target)


async def test_C5_a_move_says_nothing_of_the_parameters(site: Site) -> None:
    assert (await site.get("/feed?next=//evil.example")).headers["location"] == f"{SITE}/feeds/all.rss"


@pytest.mark.parametrize("rest", ["", ".atom", "/archive/1.atom"])
async def test_C5_a_provider_with_www_is_sent_to_the_one_without(site: Site, rest: str) -> None:
    path = f"/providers/pier.example{rest}"
    site.press.editions[path] = other(FEED, path=path)
    answer = await site.get(f"/providers/www.pier.example{rest}")
    assert (answer.status, answer.headers["location"]) == (301, SITE + path)


async def test_a_provider_that_is_not_there_is_not_there_with_www_either(site: Site) -> None:
    assert (await site.get("/providers/www.pier.example.atom")).status == 404


@pytest.mark.parametrize("path", ["/feeds/ended.atom", "/feeds/ended"])
async def test_C6_what_has_ended_is_gone(site: Site, path: str) -> None:
    answer = await site.get(path)
    assert (answer.status, answer.body) == (410, b"This feed has ended. Please unsubscribe.\n")


@pytest.mark.parametrize(
    ("path", "status", "caching"),
    [
        ("/feed", 301, "max-age=86400"),
        ("/none", 404, "max-age=60"),
        ("/feeds/ended.atom", 410, "max-age=86400"),
    ],
)
async def test_C1_moves_and_ends_and_gaps_may_be_kept_so_long(
    site: Site, path: str, status: int, caching: str
) -> None:
    answer = await site.get(path)
    assert (answer.status, answer.headers["cache-control"]) == (status, caching)


@pytest.mark.parametrize(("seconds", "kept"), [(35.9, 35), (0.5, 0), (-1, 0), (60, 60), (90_000, 60)])
@pytest.mark.parametrize("path", ["/none", "/topics/soon.atom", "/search.atom", "//", "/feeds/%00", "/*"])
async def test_E3_that_nothing_is_there_may_not_be_kept_past_the_next_scheduled_article(
    seconds: float, kept: int, path: str
) -> None:
    async with serving(clock=lambda: CHANGED) as site:
        site.change(next_due=CHANGED + timedelta(seconds=seconds))
        answer = await site.get(path)
        page = await site.get(path, accept="text/html")
    assert (answer.status, answer.headers["cache-control"]) == (404, f"max-age={kept}")
    assert (page.status, page.headers["cache-control"]) == (404, f"max-age={kept}")


@pytest.mark.parametrize(("seconds", "kept"), [(35.9, 35), (90_000, 86_400)])
@pytest.mark.parametrize("path", ["/feeds/ended", "/articles/withdrawn"])
async def test_E3_that_something_has_ended_may_not_be_kept_past_the_next_scheduled_article(
    seconds: float, kept: int, path: str
) -> None:
    async with serving(clock=lambda: CHANGED) as site:
        site.press.editions["/articles/withdrawn"] = other(FEED, path="/articles/withdrawn", is_gone=True)
        site.change(next_due=CHANGED + timedelta(seconds=seconds))
        answer = await site.get(path)
    assert (answer.status, answer.headers["cache-control"]) == (410, f"max-age={kept}")


async def test_what_was_looked_for_before_an_article_came_is_not_kept_past_it() -> None:
    async with serving(clock=lambda: CHANGED) as site:
        site.change(next_due=CHANGED)
        site.press.is_current = False
        site.press.let_go.clear()
        asking = asyncio.create_task(site.get("/topics/soon.atom"))
        await until(lambda: site.press.asked)
        site.change(next_due=None)
        site.press.let_go.set()
        assert (await asking).headers["cache-control"] == "max-age=0"


async def test_E5_nothing_there_is_a_short_text(site: Site) -> None:
    answer = await site.get("/feeds/none.atom")
    assert (answer.status, answer.body) == (404, b"There is nothing at this address.\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_H7_a_head_of_nothing_has_the_fields_of_its_get(site: Site, method: str) -> None:
    answer = await site.get("/none", method=method)
    assert answer.headers["content-length"] == "34"
    assert len(answer.body) == (34 if method == "GET" else 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", [FEED.path, "/healthz", "/none"])
async def test_H10_another_method_is_told_which_there_are(site: Site, method: str, path: str) -> None:
    answer = await site.get(path, method=method, if_none_match="*")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_H10_connect_is_no_method_here(site: Site) -> None:
    assert (await site.get("evil.example:443", method="CONNECT")).status in {400, 404, 405}


@pytest.mark.parametrize("target", [FEED.path, "/none"])
async def test_H10_which_methods_there_are_can_be_asked(site: Site, target: str) -> None:
    answer = await site.get(target, method="OPTIONS")
    assert (answer.status, answer.body, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")


async def test_E6_a_browser_that_inquires_before_it_asks_is_let(site: Site) -> None:
    answer = await site.get(
        method="OPTIONS",
        origin="https://reader.example",
        access_control_request_method="GET",
        access_control_request_headers="if-none-match",
    )
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    assert answer.headers["access-control-allow-headers"] == "*"


@pytest.mark.parametrize(("path", "body"), [("/healthz", b"alive\n"), ("/readyz", b"ready\n")])
async def test_probes_are_answered_and_kept_by_nobody(site: Site, path: str, body: bytes) -> None:
    answer = await site.get(path)
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, body, "no-store")
    assert site.press.asked == []


@pytest.mark.parametrize("path", ["/readyz", FEED.path, "/feed", "/none"])
async def test_C6_without_a_generation_everything_is_for_later(site: Site, path: str) -> None:
    site.change(readiness=Readiness(is_ready=False, reason="Nothing has been read yet."))
    answer = await site.get(path)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.body == b"Nothing has been read yet.\n"


async def test_without_a_generation_it_is_alive_all_the_same(site: Site) -> None:
    site.change(readiness=Readiness(is_ready=False))
    assert (await site.get("/healthz")).status == 200


async def test_C6_a_failure_is_for_later_and_says_nothing_of_why(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.press.is_current, site.press.error = False, CatalogueError("/srv/secret.db is locked")
    answer = await site.get()
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.body == b"This can't be answered now.\n"
    assert answer.headers["cache-control"] == "no-store"
    assert caplog.messages == [f"{FEED.path} can't be answered: CatalogueError: /srv/secret.db is locked"]


async def test_fault_29_a_query_is_never_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.press.is_current, site.press.error = False, ValueError("broken")
    await site.get(f"{FEED.path}?token=canary", cookie="canary")
    await site.exchange(b"GET /?token=canary HTTP/1.1\r\nHost: a\r\nbad canary\r\n\r\n")
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    "target",
    [
        "/feeds/%2e%2e/secret",
        "/..%2f..%2fetc/passwd",
        "/feeds/all.atom%00",
        "/feeds%0a/all.atom",
        "/feeds/all.atom%0d%0aSet-Cookie:a=b",
        "/" + "a" * 2000,
        "/" + "a" * 20_000,
        "/\x00",
        "/\xff",
    ],
)
async def test_fault_35_a_path_that_hides_something_is_nothing(site: Site, target: str) -> None:
    assert (await site.get(target)).status in {400, 404}
    assert site.press.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "//evil.example/feed",
        "/feed//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "http://evil.example//feed",
    ],
)
async def test_fault_36_nobody_is_sent_to_another_site(site: Site, target: str) -> None:
    answer = await site.get(target)
    assert answer.status in {400, 404}
    assert "location" not in answer.headers


async def test_fault_42_what_is_not_there_leaves_nothing_behind(site: Site) -> None:
    for number in range(20):
        assert (await site.get(f"/topics/none-{number}.atom")).status == 404
    assert len(site.press.editions) == 2


@pytest.mark.parametrize("path", [FEED.path, "/feed", "/none", "/feeds/ended.atom", "/healthz", "/"])
async def test_every_answer_is_read_as_what_it_says_and_names_no_version(site: Site, path: str) -> None:
    headers = (await site.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["server"] == "feed-aggregator"
