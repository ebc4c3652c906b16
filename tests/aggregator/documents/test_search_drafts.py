"""Searches as documents: what they find, what they are called and how old they are."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.catalogue import Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition
from aggregator.documents.search_drafts import SearchDrafts
from aggregator.errors import SearchRequestError
from aggregator.operations import publish_site
from tests.aggregator.workshop import HOUR, NOON, Workshop

SITE = "https://news.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
COMPLETE = "{http://purl.org/syndication/history/1.0}complete"


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    workshop.write("ferry", "topics: [AI, Boats]", "quality: 80", body="The tide waits for nobody.")
    workshop.write("quay", "topics: [ai]", "category: News", "type: video", body="Low water, high walls.")
    workshop.write("gull", "topics: [AI]", "locale: de", "provider: {name: The Pier, domain: pier.example}")
    workshop.write("hidden", "published: false", "topics: [Canary]", title="Canary", body="The canary tide.")
    workshop.write("later", "publishedDateTime: 2999-01-01T00:00:00Z", title="Canary later", body="Canary.")
    workshop.refresh()
    return workshop


@contextmanager
def searching(shop: Workshop) -> Iterator[tuple[SearchDrafts, Snapshot]]:
    with shop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        yield wiring.searches, snapshot


def draft_of(drafts: SearchDrafts, snapshot: Snapshot, query: str, path: str = "/search.json") -> Draft:
    draft = drafts.find(drafts.address(path, query), snapshot)
    assert draft is not None
    return draft


def edition(shop: Workshop, query: str, path: str = "/search.json") -> Edition:
    with searching(shop) as (drafts, snapshot):
        return draft_of(drafts, snapshot, query, path).make()


def told(shop: Workshop, query: str) -> Any:
    return json.loads(edition(shop, query).body)


def titles(shop: Workshop, query: str) -> set[str]:
    return {item["title"] for item in told(shop, query)["items"]}


def atom(shop: Workshop, query: str) -> etree._Element:
    return etree.fromstring(edition(shop, query, "/search.atom").body)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Ferry", "Quay", "Gull"}),
        ("q=tide", {"Ferry"}),
        ("q=tide+OR+%22high+walls%22", {"Ferry", "Quay"}),
        ("topic=AI&q=-tide+water", {"Quay"}),
        ("topic=boats&topic=nothing", {"Ferry"}),
        ("category=news", {"Quay"}),
        ("type=VIDEO", {"Quay"}),
        ("language=de", {"Gull"}),
        ("provider=pier.example", {"Gull"}),
        ("min_quality=80", {"Ferry"}),
        ("topic=AI&language=de&type=video", set()),
        ("q=canary", set()),
        ("topic=Canary", set()),
    ],
)
def test_a_search_finds_what_is_public_and_fits(shop: Workshop, query: str, found: set[str]) -> None:
    assert titles(shop, query) == found


def test_order_and_limit_are_those_that_were_asked_for(shop: Workshop) -> None:
    assert [item["title"] for item in told(shop, "order=best&limit=1")["items"]] == ["Ferry"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Search: everything"),
        ("limit=3", "Search: everything"),
        ("q=tides&topic=AI", "Search: tides · topic AI"),
        ("topic=boats&topic=ai&topic=unheard+of", "Search: topic AI or Boats or unheard of"),
        (
            "provider=PIER.example&category=NEWS&type=Video&language=DE",
            "Search: provider pier.example · category News · type video · language de",
        ),
        ("min_quality=60&order=best", "Search: quality 60 or more · best first"),
        ("q=%3Cb%3E+%26+%22low+tide%22", 'Search: <b> "low tide"'),
        ("topic=Canary", "Search: topic canary"),
    ],
)
def test_the_title_says_what_was_searched_for(shop: Workshop, query: str, title: str) -> None:
    assert told(shop, query)["title"] == title
    assert atom(shop, query).findtext(f"{ATOM}title") == title


def test_a_title_is_no_longer_than_anybody_reads(shop: Workshop) -> None:
    assert len(told(shop, "q=" + "+".join("abcdefghijklmnop" for _ in range(25)))["title"]) <= 200


def test_its_own_address_is_canonical_in_every_format(shop: Workshop) -> None:
    query = "topic=R%26D&q=Low+tide"
    own = "?q=low%20tide&topic=r%26d"
    rss = etree.fromstring(edition(shop, query, "/search.rss").body)
    links = [
        atom(shop, query).find(f"{ATOM}link[@rel='self']"),
        rss.find(f"channel/{ATOM}link[@rel='self']"),
    ]
    assert [link.get("href") for link in links if link is not None] == [
        f"{SITE}/search.atom{own}",
        f"{SITE}/search.rss{own}",
    ]
    assert told(shop, query)["feed_url"] == f"{SITE}/search.json{own}"
    assert edition(shop, query).path == f"/search.json{own}"


def test_without_parameters_its_own_address_has_no_question_mark(shop: Workshop) -> None:
    assert told(shop, "order=newest")["feed_url"] == f"{SITE}/search.json"


def test_A5_every_search_has_an_identity_of_its_own_in_every_format_the_same(shop: Workshop) -> None:
    assert atom(shop, "q=low+tide").findtext(f"{ATOM}id") == "tag:news.example.org,2026:search?q=low%20tide"
    assert atom(shop, "").findtext(f"{ATOM}id") == "tag:news.example.org,2026:search"


def test_the_page_of_a_search_is_the_same_search_as_a_page(shop: Workshop) -> None:
    assert told(shop, "q=tide&order=newest")["home_page_url"] == f"{SITE}/search?q=tide"


# How old it is


def updated(shop: Workshop, query: str) -> datetime:
    return datetime.fromisoformat(atom(shop, query).findtext(f"{ATOM}updated") or "")


def test_A7_a_search_was_updated_when_an_entry_of_it_was(shop: Workshop) -> None:
    before = updated(shop, "q=tide")
    shop.write("other", "publishedDateTime: 2026-03-01T12:30:00Z", title="Other")
    shop.refresh(NOON + HOUR)
    assert updated(shop, "q=tide") == before == NOON - 3 * HOUR
    shop.write("ferry", body="The tide waits for everybody.")
    shop.refresh(NOON + 2 * HOUR)
    assert updated(shop, "q=tide") == NOON + 2 * HOUR


def test_A7_a_search_that_finds_nothing_was_never_updated(shop: Workshop) -> None:
    assert updated(shop, "q=canary").year == 1970


def test_last_modified_is_when_anything_public_changed(shop: Workshop) -> None:
    assert edition(shop, "q=tide").last_modified == NOON
    shop.write("other", "publishedDateTime: 2026-03-01T12:30:00Z", title="Other")
    shop.refresh(NOON + HOUR)
    assert edition(shop, "q=tide").last_modified == NOON + HOUR


def test_an_article_that_came_and_went_leaves_the_bytes_and_moves_the_date(shop: Workshop) -> None:
    before = edition(shop, "q=tide")
    shop.write("spring", body="A spring tide.")
    shop.refresh(NOON + HOUR)
    assert titles(shop, "q=tide") == {"Ferry", "Spring"}
    shop.delete("spring")
    shop.refresh(NOON + 2 * HOUR)
    after = edition(shop, "q=tide")
    assert (after.body, after.last_modified) == (before.body, NOON + 2 * HOUR)


def test_what_is_unpublished_moves_nothing(shop: Workshop) -> None:
    before = edition(shop, "q=tide")
    shop.write("hidden", "published: false", title="Canary", body="Another canary tide.")
    shop.refresh(NOON + HOUR)
    after = edition(shop, "q=tide")
    assert (after.body, after.last_modified) == (before.body, before.last_modified)


def test_a_mark_that_changes_who_is_found_moves_the_date(shop: Workshop) -> None:
    shop.write("ferry", "topics: [AI, Boats]", "quality: 10", body="The tide waits for nobody.")
    shop.refresh(NOON + HOUR)
    assert titles(shop, "min_quality=80") == set()
    assert edition(shop, "min_quality=80").last_modified == NOON + HOUR


def test_the_fingerprint_holds_as_long_as_the_document_does(shop: Workshop) -> None:
    def fingerprints() -> list[str]:
        with searching(shop) as (drafts, snapshot):
            return [draft_of(drafts, snapshot, query).fingerprint for query in ("q=tide", "type=video")]

    before = fingerprints()
    shop.write("ferry", body="No tide.")
    shop.refresh(NOON + HOUR)
    after = fingerprints()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True]


def test_E1_the_same_articles_give_the_same_bytes_in_any_catalogue(shop: Workshop, tmp_path: Path) -> None:
    paths = [f"/search.{name}" for name in ("atom", "rss", "json")]
    before = [edition(shop, "topic=AI&q=tide+OR+low", path).body for path in paths]
    for file in tmp_path.glob("catalogue.db*"):
        file.unlink()
    shop.refresh(NOON + timedelta(days=1))
    assert [edition(shop, "q=tide+OR+low&topic=ai", path).body for path in paths] == before


# Its place in history


@pytest.mark.parametrize(
    ("query", "is_complete"),
    [("", True), ("limit=4", True), ("limit=3", False), ("limit=2", False), ("limit=2&order=best", True)],
)
def test_F4_a_search_is_complete_when_all_that_fits_is_there_or_it_is_a_ranking(
    shop: Workshop, query: str, *, is_complete: bool
) -> None:
    document = atom(shop, query)
    assert (document.find(COMPLETE) is not None) is is_complete


def test_F2_D1_a_search_has_no_archives_and_no_tombstones(shop: Workshop) -> None:
    shop.delete("ferry")
    shop.refresh(NOON + HOUR)
    document = atom(shop, "topic=AI&limit=1")
    assert {link.get("rel") for link in document.findall(f"{ATOM}link")} == {"self", "alternate"}
    assert b"deleted-entry" not in edition(shop, "", "/search.atom").body
    assert "_history" not in told(shop, "")


def test_E3_ttl_is_said_where_nothing_waits_for_its_time(shop: Workshop) -> None:
    assert b"<ttl>" not in edition(shop, "", "/search.rss").body
    shop.delete("later")
    shop.refresh(NOON + HOUR)
    assert b"<ttl>5</ttl>" in edition(shop, "", "/search.rss").body


# Where it is to be had


def test_only_the_formats_that_are_published_are_answered(workshop: Workshop) -> None:
    workshop.configure("defaults: {formats: [atom]}\n")
    with workshop.wired() as (wiring, _):
        answered = {
            path
            for path in ("/search.atom", "/search.rss", "/search", "/search.xml", "/feeds/all.atom")
            if wiring.searches.answers(path)
        }
    assert answered == {"/search.atom"}


def test_another_document_is_none_of_them_and_a_broken_search_is_refused(shop: Workshop) -> None:
    with searching(shop) as (drafts, snapshot):
        assert drafts.find("/feeds/all.atom", snapshot) is None
        with pytest.raises(SearchRequestError):
            drafts.address("/search.atom", "limit=0")


def test_no_tree_and_no_list_of_feeds_holds_a_search(shop: Workshop, tmp_path: Path) -> None:
    with searching(shop) as (drafts, snapshot):
        assert list(drafts.paths(snapshot)) == []
    publish_site(shop.settings(), tmp_path / "out", NOON, lambda _done, _all: None)
    assert not list((tmp_path / "out").rglob("search*"))
    assert b"/search" not in (tmp_path / "out/feeds.opml").read_bytes()


# Whatever is searched for

_WORDS = st.sampled_from(
    ["tide", "OR", "NOT", "AND", "NEAR(", "*", "^", "title:", "-", '"', "{a b}", "(", "+", "\u0378"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30) | st.lists(_WORDS, max_size=8).map(" ".join))
def test_no_words_are_more_to_the_index_than_words(shop: Workshop, text: str) -> None:
    query = "q=" + "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))
    with searching(shop) as (drafts, snapshot):
        try:
            address = drafts.address("/search.json", query)
        except SearchRequestError:
            return
        draft = drafts.find(address, snapshot)
        assert draft is not None
        assert b"Canary later" not in draft.make().body
