"""Searches over HTTP: what is handed on, and what is said where there is none."""

from collections.abc import AsyncIterator

import pytest

from aggregator.documents.edition import Edition
from aggregator.errors import CatalogueError, NoWordsError, SearchRequestError, TooBusyError, TooSlowError
from tests.aggregator.server.asking import CHANGED, FEED, SITE, Site, serving
from tests.aggregator.server.test_lint import complaints

FOUND = Edition(
    path="/search.atom?q=tide",
    media_type="application/atom+xml; charset=utf-8",
    body=b"<feed>" + b"<entry>tide</entry>" * 99 + b"</feed>",
    last_modified=CHANGED,
)
UNCLEAR = SearchRequestError(["limit: 0 is too small, expected 1 to 200", "order: 'x' is no order"])


class FakeSearches:
    """Gives one edition, or raises `error`. Keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.found: Edition | None = FOUND
        self.error: Exception | None = None

    def answers(self, path: str) -> bool:
        return path == "/search.atom"

    async def edition(self, path: str, query: str) -> Edition | None:
        self.asked.append((path, query))
        if self.error is not None:
            raise self.error
        return self.found


@pytest.fixture
def searches() -> FakeSearches:
    return FakeSearches()


@pytest.fixture
async def site(searches: FakeSearches) -> AsyncIterator[Site]:
    async with serving() as running:
        running.change(searches=searches)
        yield running


@pytest.mark.parametrize(
    ("target", "query"),
    [
        ("/search.atom", ""),
        ("/search.atom?", ""),
        ("/search.atom?q=tide&topic=a%26b+c", "q=tide&topic=a%26b+c"),
        ("/search%2Eatom?q=a?b", "q=a?b"),
        ("http://evil.example/search.atom?q=a", "q=a"),
        ("/search.atom?q=a#b", "q=a"),
    ],
)
async def test_the_query_is_handed_on_as_it_came(
    site: Site, searches: FakeSearches, target: str, query: str
) -> None:
    assert (await site.get(target)).body == FOUND.body
    assert searches.asked == [("/search.atom", query)]


async def test_bytes_beyond_ascii_are_no_request(site: Site, searches: FakeSearches) -> None:
    answer = await site.send("GET /search.atom?q=\xc3\xa9 HTTP/1.1\r\nHost: a.example")
    assert (answer.status, searches.asked) == (400, [])


@pytest.mark.parametrize(
    "target", ["/search", "/search?q=x", "/search.rss?q=x", "/search.atom/x", "/Search.atom"]
)
async def test_elsewhere_there_is_no_search(site: Site, searches: FakeSearches, target: str) -> None:
    assert (await site.get(target)).status == 404
    assert searches.asked == []


async def test_a_format_that_is_gone_in_the_meantime_is_not_there(site: Site, searches: FakeSearches) -> None:
    searches.found = None
    assert (await site.get("/search.atom")).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_can_not_be_understood_is_refused_in_plain_words_that_nobody_keeps(
    site: Site, searches: FakeSearches, method: str
) -> None:
    searches.error = UNCLEAR
    answer = await site.get("/search.atom?limit=0&order=x", method, if_none_match="*")
    assert answer.status == 400
    assert answer.body.decode() == (f"{UNCLEAR}\n" if method == "GET" else "")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "said", "retry_after"),
    [
        (TooBusyError("Too many."), "Too many.\n", "5"),
        (NoWordsError("Not yet."), "Not yet.\n", "5"),
        (TooSlowError("3 s"), "This search takes too long. Please ask for less of it.\n", "60"),
        (CatalogueError("/srv/secret.db"), "This can't be answered now.\n", "30"),
    ],
)
async def test_C7_what_can_not_be_had_now_says_when_to_ask_again(
    site: Site, searches: FakeSearches, error: Exception, said: str, retry_after: str
) -> None:
    searches.error = error
    answer = await site.get("/search.atom?q=tide")
    assert (answer.status, answer.body.decode(), answer.headers["retry-after"]) == (503, said, retry_after)


async def test_fault_29_a_search_that_fails_is_logged_without_its_query(
    site: Site, searches: FakeSearches, caplog: pytest.LogCaptureFixture
) -> None:
    searches.error = CatalogueError("broken")
    await site.get("/search.atom?q=canary")
    assert caplog.messages == ["/search.atom can't be answered: CatalogueError: broken"]
    assert "canary" not in caplog.text


async def test_E14_a_browser_is_sent_to_the_page_of_the_canonical_search(site: Site) -> None:
    answer = await site.get("/search.atom?q=a", sec_fetch_mode="navigate", sec_fetch_dest="document")
    where = f"{SITE}/search?q=tide#what-is-a-feed"
    assert (answer.status, answer.headers["location"]) == (303, where)
    assert answer.headers["cache-control"] == "no-store"


async def test_I1_a_delta_of_a_search_is_not_to_be_had(site: Site) -> None:
    async def deltas(_path: str, _digests: tuple[str, ...]) -> Edition | None:
        raise AssertionError

    site.change(deltas=deltas)
    answer = await site.get("/search.atom?q=a", a_im="feed", if_none_match=FEED.etag())
    assert (answer.status, answer.body) == (200, FOUND.body)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("error", "status"), [(UNCLEAR, 400), (TooBusyError("Busy."), 503), (TooSlowError(""), 503)]
)
async def test_H7_a_refusal_is_without_fault(
    site: Site, searches: FakeSearches, error: Exception, status: int, method: str
) -> None:
    searches.error = error
    found = await complaints(site, status, "/search.atom?q=x", method)
    assert [one for one in found if one != "The server didn't understand the request."] == []
