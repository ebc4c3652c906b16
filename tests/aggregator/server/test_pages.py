"""Pages over HTTP: those in place of a line of text, what they may load, and which edition a query means."""

import pytest

from aggregator.documents.edition import Edition
from aggregator.errors import CatalogueError, SearchRequestError
from aggregator.server import Readiness, page_policy
from aggregator.server.acceptance import wants_page
from aggregator.server.addresses import page_of
from tests.aggregator.server.asking import CHANGED, FEED, SITE, FakePress, Site

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def problem_page(status: int, reason: str) -> bytes:
    return f"<p>{status} {reason}</p>".encode()


@pytest.fixture
def paged(site: Site) -> Site:
    site.change(problem_page=problem_page, page_policy="default-src 'none'")
    return site


# Who gets a page


@pytest.mark.parametrize(
    "accept", [BROWSER, "text/html", "TEXT/HTML;q=0.5", "*/*, text/html", "application/json,text/html ;q=1"]
)
def test_a_browser_wants_a_page(accept: str) -> None:
    assert wants_page(accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/*",
        "text/html-sandboxed",
        "application/rss+xml, application/atom+xml, text/html;q=0.1",
        "application/feed+json, text/html",
    ],
)
def test_a_feed_reader_wants_none(accept: str | None) -> None:
    assert not wants_page(accept)


@pytest.mark.parametrize(
    ("path", "status"), [("/none", 404), ("/feeds/none.atom", 404), ("/feeds/ended.atom", 410), ("/%zz", 404)]
)
async def test_a_browser_gets_a_page_and_a_reader_the_line(paged: Site, path: str, status: int) -> None:
    page, line = await paged.get(path, accept=BROWSER), await paged.get(path)
    assert (page.status, line.status) == (status, status)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert line.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.body == problem_page(status, line.body.decode())
    assert page.headers["content-security-policy"] == "default-src 'none'"
    assert page.headers["cache-control"] == line.headers["cache-control"]
    assert page.headers["vary"] == line.headers["vary"] == "Accept"


async def test_H10_a_page_names_the_methods_too(paged: Site) -> None:
    answer = await paged.get("/", "DELETE", accept=BROWSER)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.body.startswith(b"<p>405")


async def test_C7_a_page_says_when_to_ask_again_too(paged: Site) -> None:
    paged.change(readiness=Readiness(is_ready=False, reason="Loading."))
    answer = await paged.get("/", accept=BROWSER)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.body == b"<p>503 Loading.\n</p>"


async def test_a_failure_has_a_page_that_does_not_say_why(paged: Site) -> None:
    assert isinstance(paged.press, FakePress)
    paged.press.error = CatalogueError("secret")
    answer = await paged.get("/unpressed", accept=BROWSER)
    assert (answer.status, b"secret" in answer.body) == (503, False)


async def test_without_such_pages_everyone_gets_the_line(site: Site) -> None:
    assert (await site.get("/none", accept=BROWSER)).headers["content-type"].startswith("text/plain")
    site.change(problem_page=lambda _status, _reason: None)
    assert (await site.get("/none", accept=BROWSER)).headers["content-type"].startswith("text/plain")


async def test_H7_the_page_of_a_head_request_has_no_body(paged: Site) -> None:
    answer = await paged.get("/none", "HEAD", accept=BROWSER)
    assert (answer.status, answer.body) == (404, b"")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


# What is no more


async def test_C6_a_withdrawn_article_is_gone_whatever_the_client_holds(site: Site) -> None:
    gone = Edition(path="/articles/1", media_type="text/html", body=b"", last_modified=CHANGED, is_gone=True)
    site.change(press=FakePress(gone))
    answer = await site.get("/articles/1", if_none_match="*")
    assert (answer.status, answer.headers["cache-control"]) == (410, "max-age=86400")
    assert b"withdrawn" in answer.body


# Which edition is meant


async def test_E5_a_query_leads_to_another_edition_only_where_it_means_one(site: Site) -> None:
    def meant(path: str, query: str) -> str:
        return f"{path}?{query}" if (path, query) == ("/topics", "sort=articles") else path

    def edition(path: str) -> Edition:
        return Edition(path=path, media_type="text/html", body=path.encode(), last_modified=CHANGED)

    site.change(press=FakePress(edition("/topics"), edition("/topics?sort=articles")), meant=meant)
    assert (await site.get("/topics?sort=articles")).body == b"/topics?sort=articles"
    assert (await site.get("/topics?sort=x")).body == b"/topics"
    assert (await site.get("/topics")).body == b"/topics"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/feeds/all.atom", "/feeds/all"),
        ("/feeds/all/archive/3.json", "/feeds/all"),
        ("/search.rss?q=a.rss", "/search?q=a.rss"),
        ("/topics/ai", "/topics/ai"),
    ],
)
def test_E14_every_document_of_a_feed_has_the_feeds_page(address: str, page: str) -> None:
    assert page_of(address) == page


async def test_E14_the_place_of_the_explanation_is_a_part_of_the_address(site: Site) -> None:
    answer = await site.get(FEED.path, sec_fetch_mode="navigate", sec_fetch_dest="document")
    assert answer.headers["location"] == f"{SITE}/feeds/all#what-is-a-feed"


# What a page may load


def test_a_page_loads_frames_from_the_hosts_that_may_be_embedded() -> None:
    policy = page_policy(["a.example", "b.example"])
    assert "frame-src https://a.example https://b.example;" in policy
    assert "img-src 'self' http: https: data:;" in policy


def test_a_page_without_embeds_and_pictures_loads_neither() -> None:
    policy = page_policy([], has_pictures=False)
    assert "frame-src 'none';" in policy
    assert "img-src 'self';" in policy


async def test_a_search_that_can_not_be_understood_has_a_page(paged: Site) -> None:
    class Unclear:
        def answers(self, path: str) -> bool:
            return path == "/search"

        async def edition(self, path: str, query: str) -> Edition | None:
            raise SearchRequestError([f"{path}: {query}", "another"])

    paged.change(searches=Unclear())
    answer = await paged.get("/search?q=-", accept=BROWSER)
    assert (answer.status, answer.body) == (400, b"<p>400 /search: q=-\nanother\n</p>")
