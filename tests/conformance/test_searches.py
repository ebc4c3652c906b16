"""Searches on a server that runs: what holds for every feed holds for what is asked for by query."""

import re
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.documents.edition import CODINGS, IDENTITY
from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop
from tests.conformance.published import ATOM, SUFFIXES, json_of, strictly, told, write_site, xml_of
from tests.conformance.test_atom import GRAMMAR
from tests.conformance.test_http import complaints

QUERY = "?topic=boats&q=Weather+OR+rings&topic=R%26D"
CANONICAL = "?q=weather%20OR%20rings&topic=boats&topic=r%26d"
OTHER = "?topic=R%26D&topic=Boats&q=%57eather%20OR%20rings&topic=BOATS&order=newest&limit="
ALL_CODINGS = [IDENTITY, *CODINGS]
ADDRESSES = [
    f"/search{suffix}{query}" for suffix in SUFFIXES for query in (QUERY, "", "?type=none", "?limit=1")
]


def own_address(site: RunningSite, suffix: str, query: str) -> str:
    if suffix == ".json":
        return str(json_of(site, f"/search.json{query}")["feed_url"])
    (link,) = (
        one for one in xml_of(site, f"/search{suffix}{query}").iter(f"{ATOM}link") if one.get("rel") == "self"
    )
    return str(link.get("href"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("query", [QUERY, CANONICAL, OTHER])
def test_R9_A3_whatever_the_address_the_bytes_and_the_self_link_are_one(
    site: RunningSite, suffix: str, query: str
) -> None:
    assert own_address(site, suffix, query) == f"https://news.example.org/search{suffix}{CANONICAL}"
    one, other = (site.get(f"/search{suffix}{asked}") for asked in (query, CANONICAL))
    assert one.body == other.body
    assert one.headers["ETag"] == other.headers["ETag"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_finds_the_same(site: RunningSite, suffix: str) -> None:
    found = told(suffix[1:], site.get(f"/search{suffix}{QUERY}").body)
    assert [one["title"].split()[0] for one in found] == ["An", "Ferries"]


@pytest.mark.parametrize("suffix", [".atom", ".rss"])
def test_feedparser_reads_a_search_and_polls_it(site: RunningSite, suffix: str) -> None:
    url = f"http://127.0.0.1:{site.port}/search{suffix}{QUERY}"
    # In the second of a change nothing says when it was last modified, for more may change in it.
    wait_for(lambda: "Last-Modified" in site.get(f"/search{suffix}{QUERY}").headers)
    feed: Any = feedparser.parse(url)
    assert not feed.bozo
    assert feed.feed.title == "Search: weather OR rings · topic Boats or R&D"
    assert len(feed.entries) == 2
    assert feedparser.parse(url, etag=feed.etag).status == 304
    assert feedparser.parse(url, modified=feed.modified).status == 304


@pytest.mark.parametrize("coding", ALL_CODINGS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_H1_H7_httplint_finds_no_fault_with_any_search(site: RunningSite, method: str, coding: str) -> None:
    fields = {"Accept-Encoding": coding}
    found = []
    for path in ADDRESSES:
        answer = site.get(path, fields, method)
        assert (answer.status, answer.headers.get("Content-Encoding", IDENTITY)) == (200, coding)
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert bool(answer.body) is (method == "GET")
        found += complaints(path, method, fields, answer)
    assert found == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("condition", "validator"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]
)
def test_H6_E2_either_validator_of_any_search_is_known_again(
    site: RunningSite, condition: str, validator: str, method: str
) -> None:
    found = []
    for path in ADDRESSES:
        fields = {
            "Accept-Encoding": "br",
            condition: site.get(path, {"Accept-Encoding": "br"}).headers[validator],
        }
        answer = site.get(path, fields, method)
        assert (answer.status, answer.body) == (304, b"")
        found += complaints(path, method, fields, answer)
    assert found == []


def test_C3_E6_a_search_is_kept_and_shared_as_any_feed_is(site: RunningSite) -> None:
    search, feed = (site.get(path).headers for path in (f"/search.atom{QUERY}", "/feeds/all.atom"))
    for name in ("Content-Type", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert search[name] == feed[name]


def test_E5_a_refusal_is_plain_text_with_all_that_is_wrong(site: RunningSite) -> None:
    answer = site.get("/search.atom?min_qualitty=1&limit=0&order=hotest&q=%22%22")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.decode().splitlines() == [
        "the parameter 'min_qualitty' is unknown; did you mean 'min_quality'?",
        "q: '\"\"' names nothing to look for, expected at least one word",
        "order: 'hotest' is no order, expected newest, updated, hottest or best; did you mean 'hottest'?",
        "limit: 0 is too small, expected 1 to 200",
    ]


def test_fault_27_what_is_not_public_is_not_found(site: RunningSite) -> None:
    for query in ("?q=never", "?q=%22not+yet+written%22", ""):
        body = site.get(f"/search.atom{query}").body
        assert b"Never to be seen" not in body
        assert b"Not yet written" not in body


def test_no_list_names_a_search_and_there_is_a_page_of_it(site: RunningSite) -> None:
    assert b"/search" not in site.get("/feeds.opml").body
    answer = site.get("/search?q=weather")
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")


def test_E14_a_browser_is_sent_to_the_page_of_the_search(site: RunningSite) -> None:
    fields = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = site.get(f"/search.rss{QUERY}", fields)
    assert (answer.status, answer.headers["Cache-Control"]) == (303, "no-store")
    path = answer.headers["Location"].removeprefix("https://news.example.org").partition("#")[0]
    assert site.get(path, fields).status == 200


def test_E1_every_worker_and_every_restart_gives_the_same_bytes_and_validators(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    write_site(shop)
    seen = set()
    for _ in range(2):
        with running(shop, "--workers", "2") as site:
            # A time of change is told once its second is over.
            wait_for(lambda: site.get(f"/search.atom{CANONICAL}").headers["Last-Modified"])
            answers = [site.get(path) for path in [f"/search.atom{QUERY}", f"/search.atom{CANONICAL}"] * 10]
        seen |= {(one.status, one.body, one.headers["ETag"], one.headers["Last-Modified"]) for one in answers}
    assert len(seen) == 1


def test_a_search_follows_the_articles(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry", body="The tide is high.")

    def titles() -> list[str]:
        document = strictly(site.get("/search.atom?q=tide").body)
        return sorted(entry.findtext(f"{ATOM}title") or "" for entry in document.iter(f"{ATOM}entry"))

    with running(workshop) as site:
        assert titles() == ["Ferry"]
        held = site.get("/search.atom?q=tide").headers["ETag"]
        workshop.write("quay", body="The tide is low.")
        wait_for(lambda: titles() == ["Ferry", "Quay"])
        assert site.get("/search.atom?q=tide", {"If-None-Match": held}).status == 200
        workshop.write("ferry", "published: false", body="The tide is high.")
        wait_for(lambda: titles() == ["Quay"])


def test_the_log_says_nothing_of_what_was_searched_for(workshop: Workshop) -> None:
    with running(workshop) as site:
        site.get("/search.atom?q=canary")
        site.get("/search.atom?canary=x")
        site.stop()
    assert not any(re.search("canary", line) for line in site.lines)


@pytest.mark.parametrize("query", ["", QUERY, "?type=none"])
def test_A1_a_search_is_as_the_grammar_of_atom_says(site: RunningSite, query: str) -> None:
    GRAMMAR.assertValid(xml_of(site, f"/search.atom{query}"))
