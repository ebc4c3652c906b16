"""History (RFC 5005) and retractions (RFC 6721), as a reader that walks from document to document finds them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from lxml import etree

from tests.aggregator.workshop import HOUR, NOON, Workshop

SITE = "https://news.example.org"
NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}
LATER = NOON + HOUR


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """Eight articles, of which a feed shows three."""
    workshop.configure(
        "defaults: {limit: 3}\nfeeds: [{id: best, title: Best, order: best}, {id: boats, title: Boats, where: {topics: [Boats]}}]\n"
    )
    for number in range(8):
        write(workshop, number)
    workshop.refresh()
    return workshop


def write(shop: Workshop, number: int, *lines: str, day: int = 1) -> None:
    address, when = (
        f"id: https://pier.example/{number}",
        f"publishedDateTime: 2026-02-{day:02}T09:{number:02}:00Z",
    )
    shop.write(f"n{number}", address, when, "topics: [Boats]", *lines, title=f"N{number}")


def xml(shop: Workshop, path: str) -> etree._Element:
    return etree.fromstring(shop.document(path))


def found(document: etree._Element, expression: str) -> list[str]:
    result = document.xpath(expression, namespaces=NAMESPACES)
    assert isinstance(result, list)
    return [str(one) for one in result]


def links(document: etree._Element) -> dict[str, str]:
    """Give the links of a feed's document by relation, whichever of the two formats it has."""
    channel = document.find("channel")
    parent = document if channel is None else channel
    found_links = parent.findall("{http://www.w3.org/2005/Atom}link")
    return {str(link.get("rel")): str(link.get("href")).removeprefix(SITE) for link in found_links}


def ids(document: etree._Element) -> list[str]:
    return found(document, "//a:entry/a:id/text() | //item/guid/text()")


def walk(shop: Workshop, path: str) -> Iterator[etree._Element]:
    """Give a feed's document and then every archive, as a reader walks them; a walk in circles would never end."""
    seen = set()
    while path:
        assert path not in seen
        seen.add(path)
        document = xml(shop, path)
        yield document
        path = links(document).get("prev-archive", "")


def walk_json(shop: Workshop, path: str) -> Iterator[dict[str, list[dict[str, str]]]]:
    seen = set()
    while path:
        assert path not in seen
        seen.add(path)
        document = json.loads(shop.document(path))
        yield document
        path = document.get("next_url", "").removeprefix(SITE)


EVERY = {f"https://pier.example/{number}" for number in range(8)}
FEEDS = ["/feeds/all", "/feeds/boats", "/topics/boats"]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
@pytest.mark.parametrize("feed", FEEDS)
def test_F2_whoever_walks_the_archives_has_every_article_once(shop: Workshop, feed: str, suffix: str) -> None:
    documents = list(walk(shop, f"{feed}.{suffix}"))
    archived = [identity for document in documents[1:] for identity in ids(document)]
    assert len(archived) == len(set(archived))
    assert {*ids(documents[0]), *archived} == EVERY
    assert len(ids(documents[0])) == 3


@pytest.mark.parametrize("feed", FEEDS)
def test_J5_next_url_walks_the_same(shop: Workshop, feed: str) -> None:
    documents = list(walk_json(shop, f"{feed}.json"))
    assert [[item["id"] for item in document["items"]] for document in documents] == [
        ids(document) for document in walk(shop, f"{feed}.atom")
    ]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_F3_an_archive_says_that_it_is_one_and_what_is_around_it(shop: Workshop, suffix: str) -> None:
    first, second = (xml(shop, f"/feeds/all/archive/{number}.{suffix}") for number in (1, 2))
    assert [len(found(document, "//fh:archive")) for document in (first, second)] == [1, 1]
    around = {
        relation: f"/feeds/all{path}.{suffix}" for relation, path in (("self", "/archive/1"), ("current", ""))
    }
    assert links(first).items() >= (around | {"next-archive": f"/feeds/all/archive/2.{suffix}"}).items()
    assert "prev-archive" not in links(first)
    assert links(second)["prev-archive"] == f"/feeds/all/archive/1.{suffix}"
    assert "next-archive" not in links(second)


def test_F3_a_closed_archive_keeps_its_bytes_whatever_comes(shop: Workshop) -> None:
    before = shop.document("/feeds/all/archive/1.atom")
    for number in range(8, 16):
        write(shop, number)
        shop.refresh(NOON + number * HOUR)
    assert shop.document("/feeds/all/archive/1.atom") == before
    assert links(xml(shop, "/feeds/all.atom"))["prev-archive"] == "/feeds/all/archive/5.atom"


def test_F3_there_is_no_archive_that_is_not_closed(shop: Workshop) -> None:
    with shop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        for number in ("0", "3", "01", "x", "99999999999"):
            assert wiring.families[0].find(f"/feeds/all/archive/{number}.atom", snapshot) is None


def test_F5_an_article_that_comes_late_is_issued_in_the_feed_and_not_in_an_archive(shop: Workshop) -> None:
    before = [ids(document) for document in walk(shop, "/feeds/all.atom")][1:]
    write(shop, 99, "publishedDateTime: 2020-01-01", day=1)
    shop.refresh(LATER)
    after = [ids(document) for document in walk(shop, "/feeds/all.atom")]
    assert "https://pier.example/99" in after[0]
    assert after[1:] == before


@pytest.mark.parametrize("feed", FEEDS)
def test_F5_an_article_that_is_edited_in_an_archive_is_issued_again_in_the_feed(
    shop: Workshop, feed: str
) -> None:
    write(shop, 0, "excerpt: It was Tuesday.")
    shop.refresh(LATER)
    subscription, *closed = (ids(document) for document in walk(shop, f"{feed}.atom"))
    assert "https://pier.example/0" in subscription
    assert not [archive for archive in closed if "https://pier.example/0" in archive]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_F4_a_ranking_is_complete_and_has_no_archives(shop: Workshop, suffix: str) -> None:
    ranking = xml(shop, f"/feeds/best.{suffix}")
    assert len(found(ranking, "//fh:complete")) == 1
    assert set(links(ranking)) == {"self", "alternate"} - ({"alternate"} if suffix == "rss" else set())
    assert not found(xml(shop, f"/feeds/all.{suffix}"), "//fh:complete")


def test_F1_no_feed_has_the_links_of_paging_which_is_for_what_is_not_stable(shop: Workshop) -> None:
    for document in walk(shop, "/feeds/all.atom"):
        assert not set(links(document)) & {"first", "last", "previous", "next"}


def tombstones(document: etree._Element) -> dict[str, str]:
    refs, times = (
        found(document, "/a:feed/at:deleted-entry/@ref"),
        found(document, "/a:feed/at:deleted-entry/@when"),
    )
    return dict(zip(refs, times, strict=True))


@pytest.mark.parametrize("change", ["published: false", "removed: true", "deleted: true"])
def test_D1_what_is_withdrawn_leaves_a_tombstone_in_every_feed_that_held_it(
    shop: Workshop, change: str
) -> None:
    write(shop, 7, change)
    shop.refresh(LATER)
    for feed in FEEDS:
        assert tombstones(xml(shop, f"{feed}.atom")) == {
            "https://pier.example/7": "2026-03-01T13:00:00+00:00"
        }


def test_D1_a_deleted_file_leaves_one_too(shop: Workshop) -> None:
    shop.delete("n7")
    shop.refresh(LATER)
    assert list(tombstones(xml(shop, "/feeds/boats.atom"))) == ["https://pier.example/7"]


def test_D2_no_tombstone_stands_twice(shop: Workshop) -> None:
    write(shop, 7, "removed: true")
    shop.refresh(LATER)
    shop.delete("n7")
    shop.refresh(LATER + HOUR)
    refs = found(xml(shop, "/feeds/all.atom"), "//at:deleted-entry/@ref")
    assert refs == ["https://pier.example/7"]


def test_D3_what_comes_back_is_newer_than_its_tombstone_which_is_gone(shop: Workshop) -> None:
    write(shop, 7, "removed: true")
    shop.refresh(LATER)
    write(shop, 7)
    shop.refresh(LATER + HOUR)
    document = xml(shop, "/feeds/all.atom")
    updated = found(document, "//a:entry[a:id='https://pier.example/7']/a:updated/text()")
    assert tombstones(document) == {}
    assert datetime.fromisoformat(updated[0]) > LATER


def test_D4_a_tombstone_stays_for_ninety_days(shop: Workshop) -> None:
    write(shop, 7, "removed: true")
    shop.refresh(LATER)
    shop.refresh(LATER + timedelta(days=89))
    assert len(tombstones(xml(shop, "/feeds/all.atom"))) == 1
    shop.refresh(LATER + timedelta(days=91))
    assert tombstones(xml(shop, "/feeds/all.atom")) == {}


def test_D4_how_long_a_tombstone_stays_can_be_configured(shop: Workshop) -> None:
    shop.config_path.write_text(shop.config_path.read_text() + "history: {retractions: 1d}\n")
    write(shop, 7, "removed: true")
    shop.refresh(LATER)
    shop.refresh(LATER + timedelta(days=2))
    assert tombstones(xml(shop, "/feeds/all.atom")) == {}


def test_D1_what_never_was_public_leaves_nothing(shop: Workshop) -> None:
    write(shop, 50, "published: false")
    shop.refresh(LATER)
    shop.delete("n50")
    shop.refresh(LATER + HOUR)
    assert tombstones(xml(shop, "/feeds/all.atom")) == {}


def test_D1_json_says_the_same_in_an_extension_and_rss_drops_the_item(shop: Workshop) -> None:
    write(shop, 7, "removed: true")
    shop.refresh(LATER)
    feed = json.loads(shop.document("/feeds/all.json"))
    assert feed["_history"]["retractions"] == [
        {"id": "https://pier.example/7", "when": "2026-03-01T13:00:00+00:00"}
    ]
    assert "https://pier.example/7" not in ids(xml(shop, "/feeds/all.rss"))
    assert b"pier.example/7" not in shop.document("/feeds/all.rss")


def test_E3_ttl_is_not_said_while_an_article_waits_for_its_time(shop: Workshop) -> None:
    assert found(xml(shop, "/feeds/all.rss"), "//ttl/text()") == ["5"]
    write(shop, 60, "publishedDateTime: 2026-03-01T23:00:00Z")
    shop.refresh(LATER)
    assert found(xml(shop, "/feeds/all.rss"), "//ttl/text()") == []
