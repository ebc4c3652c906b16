"""feedparser, the library below many readers, against a running server; and JSON Feed read beside it."""

import json
from calendar import timegm
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser
import pytest

from tests.aggregator.running_site import RunningSite, wait_for
from tests.aggregator.workshop import Workshop

FORMATS = ("rss", "atom")


@dataclass(frozen=True)
class Seen:
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


def seen_by_feedparser(entry: Any) -> Seen:
    html = entry.content[0].value if "content" in entry else entry.summary
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=timegm(entry.published_parsed),
        topics=tuple(tag.label or tag.term for tag in entry.get("tags", ())),
        has_picture="https://pier.example/ferry.jpg" in html,
    )


def seen_in_json(item: Any) -> Seen:
    return Seen(
        id=item["id"],
        title=item["title"],
        link=item["url"],
        published=int(datetime.fromisoformat(item["date_published"]).timestamp()),
        topics=tuple(item.get("tags", ())),
        has_picture="https://pier.example/ferry.jpg" in item["content_html"],
    )


def test_every_format_tells_the_same(site: RunningSite) -> None:
    tellings = [
        [seen_by_feedparser(entry) for entry in parsed(site, f"/feeds/all.{name}").entries]
        for name in FORMATS
    ]
    tellings.append([seen_in_json(item) for item in json.loads(site.get("/feeds/all.json").body)["items"]])
    assert tellings[0] == tellings[1] == tellings[2]
    ferry, quay = tellings[1]
    assert ferry.id == ferry.link == "https://pier.example/ferry?a=1&b=2"
    assert (ferry.title, quay.title) == ("Ferries <learn> to wait & see", "Größe des Kais: 10 < 20")
    assert (ferry.topics, quay.topics) == (("Boats", "R&D"), ("Stone",))
    assert (ferry.has_picture, quay.has_picture) == (True, False)
    assert quay.published == timegm((2026, 2, 28, 8, 0, 0))


@pytest.mark.parametrize("name", FORMATS)
def test_each_topic_and_provider_holds_its_own(site: RunningSite, name: str) -> None:
    paths = {f"/topics/boats.{name}": 1, f"/topics/stone.{name}": 1, f"/providers/pier.example.{name}": 1}
    assert {path: len(parsed(site, path).entries) for path in paths} == paths


@pytest.mark.parametrize("name", FORMATS)
def test_polling_with_validators_is_answered_with_304_until_something_changes(
    site: RunningSite, workshop: Workshop, name: str
) -> None:
    url = f"http://127.0.0.1:{site.port}/feeds/all.{name}"
    first = feedparser.parse(url)
    assert feedparser.parse(url, etag=first.etag).status == 304
    wait_for(lambda: "last-modified" in feedparser.parse(url).headers)
    assert feedparser.parse(url, modified=feedparser.parse(url).modified).status == 304
    workshop.write("late", title="Late")
    wait_for(lambda: feedparser.parse(url, etag=first.etag).status != 304)
    assert len(feedparser.parse(url).entries) == 3


def test_an_empty_feed_is_a_valid_one(workshop: Workshop, site: RunningSite) -> None:
    for path in (workshop.folder / "news").iterdir():
        path.unlink()
    for name in FORMATS:
        wait_for(lambda name=name: not parsed(site, f"/feeds/all.{name}").entries)  # type: ignore[misc]
        assert parsed(site, f"/feeds/all.{name}").feed.title == "The Harbour Wire"


def test_aliases_lead_to_the_feed_of_everything(site: RunningSite) -> None:
    for alias in ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json"):
        answer = site.get(alias)
        assert answer.status == 301
        assert answer.headers["Location"].startswith("https://news.example.org/feeds/all.")
