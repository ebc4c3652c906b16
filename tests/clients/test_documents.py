"""What clients make of whole documents: the same in every format, with topics, pictures and authors; and which documents there are."""

import json
from calendar import timegm
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from reader import make_reader

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

FORMATS = ("rss", "atom")


def opened(folder: Path) -> Workshop:
    """Give a site with articles that use what clients show."""
    shop = Workshop(folder)
    shop.configure("reload: {every: 1h}\n")
    shop.write(
        "ferry",
        "webUrl: https://pier.example/ferry?a=1&b=2",
        "excerpt: It waits for the weather & for you.",
        "provider: {name: The Pier Post, domain: pier.example, authors: [{name: Ada Tide}]}",
        "topics: [Boats, R&D]",
        "images: [{url: https://pier.example/ferry.jpg, width: 640, height: 480}]",
        title="Ferries <learn> to wait & see",
        body="A *long* story.",
    )
    shop.write(
        "quay",
        "publishedDateTime: 2026-02-28T10:00:00+02:00",
        "topics: [Stone]",
        title="Größe des Kais: 10 < 20",
    )
    shop.write("hidden", "published: false", title="Never seen")
    return shop


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Give one server for all tests that change nothing."""
    with running(opened(tmp_path_factory.mktemp("site"))) as server:
        yield server


@dataclass(frozen=True)
class Shown:
    """What a person sees of an entry, in whichever format."""

    id: str
    title: str
    link: str
    published: int
    topics: tuple[str, ...]
    has_picture: bool


def parsed(site: RunningSite, path: str) -> Any:
    feed = feedparser.parse(f"http://127.0.0.1:{site.port}{path}")
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def shown_by_feedparser(entry: Any) -> Shown:
    html = entry.content[0].value if "content" in entry else entry.summary
    return Shown(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=timegm(entry.published_parsed),
        topics=tuple(tag.label or tag.term for tag in entry.get("tags", ())),
        has_picture="https://pier.example/ferry.jpg" in html,
    )


def shown_in_json(item: Any) -> Shown:
    return Shown(
        id=item["id"],
        title=item["title"],
        link=item["url"],
        published=int(datetime.fromisoformat(item["date_published"]).timestamp()),
        topics=tuple(item.get("tags", ())),
        has_picture="https://pier.example/ferry.jpg" in item["content_html"],
    )


def test_every_format_tells_the_same(site: RunningSite) -> None:
    tellings = [
        [shown_by_feedparser(entry) for entry in parsed(site, f"/feeds/all.{name}").entries]
        for name in FORMATS
    ]
    tellings.append([shown_in_json(item) for item in json.loads(site.get("/feeds/all.json").body)["items"]])
    assert tellings[0] == tellings[1] == tellings[2]
    ferry, quay = tellings[1]
    assert ferry.id == ferry.link == "https://pier.example/ferry?a=1&b=2"
    assert (ferry.title, quay.title) == ("Ferries <learn> to wait & see", "Größe des Kais: 10 < 20")
    assert (ferry.topics, quay.topics) == (("Boats", "R&D"), ("Stone",))
    assert (ferry.has_picture, quay.has_picture) == (True, False)
    assert quay.published == timegm((2026, 2, 28, 8, 0, 0))


@pytest.mark.parametrize("name", [*FORMATS, "json"])
def test_reader_shows_text_picture_and_author(site: RunningSite, name: str) -> None:
    url = f"http://127.0.0.1:{site.port}/feeds/all.{name}"
    with closing(make_reader(":memory:")) as reader:
        reader.add_feed(url)
        reader.update_feeds()
        ferry = reader.get_entry((url, "https://pier.example/ferry?a=1&b=2"))
        assert "<em>long</em>" in ferry.content[0].value
        assert "https://pier.example/ferry.jpg" in ferry.content[0].value
        assert ferry.authors_str == "Ada Tide"


@pytest.mark.parametrize("name", FORMATS)
def test_each_topic_and_provider_holds_its_own(site: RunningSite, name: str) -> None:
    paths = {f"/topics/boats.{name}": 1, f"/topics/stone.{name}": 1, f"/providers/pier.example.{name}": 1}
    assert {path: len(parsed(site, path).entries) for path in paths} == paths


@pytest.mark.parametrize("name", FORMATS)
def test_E2_a_date_alone_is_enough_for_a_304(site: RunningSite, name: str) -> None:
    url = f"http://127.0.0.1:{site.port}/feeds/all.{name}"
    dated = wait_for(lambda: (found := feedparser.parse(url)).get("modified") and found)
    assert feedparser.parse(url, modified=dated.modified).status == 304


def test_an_empty_feed_is_a_valid_one(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    with running(shop) as site:
        for path in (shop.folder / "news").iterdir():
            path.unlink()
        for name in FORMATS:
            wait_for(lambda name=name: not parsed(site, f"/feeds/all.{name}").entries)  # type: ignore[misc]
            assert parsed(site, f"/feeds/all.{name}").feed.title == "The Harbour Wire"


def test_aliases_lead_to_the_feed_of_everything(site: RunningSite) -> None:
    for alias in ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json"):
        answer = site.get(alias)
        assert answer.status == 301
        assert answer.headers["Location"].startswith("https://news.example.org/feeds/all.")
