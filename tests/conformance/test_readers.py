"""What readers and publishers expect beyond the specifications (E1 to E14)."""

from pathlib import Path

import pytest

from feeds.document import FeedDocument
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.aggregator.workshop import NOON, Workshop
from tests.conformance.published import (
    FULL,
    feed_paths,
    strictly,
    told,
    whatever_the_text,
    write_site,
    xml_of,
)
from tests.samples import ARTICLES

NAMES = tuple(FORMATS)


def bodies(folder: Path) -> list[bytes]:
    folder.mkdir()
    shop = Workshop(folder)
    write_site(shop)
    shop.refresh(NOON)
    stems = ("/feeds/all", "/feeds/boats", "/topics/boats", "/providers/pier.example")
    return [shop.document(f"{stem}{one.suffix}") for stem in stems for one in FORMATS.values()]


def test_E1_two_machines_with_the_same_articles_give_the_same_bytes(tmp_path: Path) -> None:
    assert bodies(tmp_path / "one") == bodies(tmp_path / "other")


def test_E1_a_restart_changes_no_byte(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    write_site(shop)
    shop.refresh(NOON)
    before = [shop.document(f"/feeds/all{one.suffix}") for one in FORMATS.values()]
    (tmp_path / "news" / "ferry.md").touch()
    shop.refresh(NOON)
    assert [shop.document(f"/feeds/all{one.suffix}") for one in FORMATS.values()] == before


@pytest.mark.parametrize("name", NAMES)
def test_E11_an_aggregated_entry_says_visibly_whose_it_is(site: RunningSite, name: str) -> None:
    (entry,) = told(name, site.get(f"/providers/pier.example{FORMATS[name].suffix}").body)
    assert 'From <a href="https://pier.example/ferry">The Pier Post</a>, by Ada Tide' in entry["html"]
    assert '<img src="https://pier.example/ferry.jpg"' in entry["html"]


@pytest.mark.parametrize("stem", ["/feeds/short", "/feeds/titles"])
@pytest.mark.parametrize("name", NAMES)
def test_E11_however_little_is_shown_the_attribution_is(site: RunningSite, name: str, stem: str) -> None:
    entries = told(name, site.get(stem + FORMATS[name].suffix).body)
    (html,) = (one["html"] for one in entries if one["id"] == "https://pier.example/ferry")
    assert 'From <a href="https://pier.example/ferry">The Pier Post</a>' in html


@pytest.mark.parametrize("name", NAMES)
def test_E13_entries_stand_in_the_order_of_the_articles(name: str) -> None:
    assert [one["id"] for one in told(name, FORMATS[name].render(FULL))] == [one.id for one in ARTICLES]


def test_E13_the_link_of_a_channel_is_its_page(site: RunningSite) -> None:
    for path in feed_paths(site):
        if path.endswith(".rss"):
            page = f"https://news.example.org{path.removesuffix('.rss')}"
            assert xml_of(site, path).findtext("channel/link") == page


@whatever_the_text
def test_E8_items_come_last_and_the_image_is_titled_as_the_channel(document: FeedDocument) -> None:
    channel = strictly(FORMATS["rss"].render(document))[0]
    tags = [element.tag for element in channel]
    assert "item" not in tags[: len(tags) - len(document.entries)]
    assert channel.findtext("image/title") in {None, channel.findtext("title")}


@whatever_the_text
def test_E1_rendering_twice_gives_the_same_bytes(document: FeedDocument) -> None:
    for one in FORMATS.values():
        assert one.render(document) == one.render(document)
