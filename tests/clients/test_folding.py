"""A folded feed and a ranked one of a running server, as feedparser reads them while articles come and change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

HEADLINE = "Harbour office lends its old tide tables to a school"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path)
    shop.configure(
        "reload: {every: 1h}\n"
        "feeds:\n"
        "  - {id: stories, title: Stories, fold: true, content: excerpt}\n"
        "  - {id: best, title: Best, order: best, limit: 2}\n"
    )
    write(shop, "pier", "quality: 60")
    write(shop, "quay", "quality: 80", title=f"{HEADLINE} | The Quay", day=2)
    shop.write("crane", "webUrl: https://crane.example/1", "quality: 70")
    return shop


@pytest.fixture
def site(workshop: Workshop) -> Iterator[RunningSite]:
    with running(workshop) as server:
        yield server


def write(shop: Workshop, name: str, *lines: str, title: str = HEADLINE, day: int = 1) -> None:
    shop.write(
        name,
        f"publishedDateTime: 2026-02-{day:02}T09:00:00Z",
        f"webUrl: https://{name}.example/tides",
        f"provider: {{name: The {name.title()}, domain: {name}.example}}",
        *lines,
        title=title,
    )


def read(site: RunningSite, path: str) -> list[Any]:
    feed = feedparser.parse(f"http://127.0.0.1:{site.port}{path}")
    assert not feed.bozo, feed.get("bozo_exception")
    return list(feed.entries)


def html(entry: Any) -> str:
    return str(entry.content[0].value if "content" in entry else entry.summary)


@pytest.mark.parametrize("suffix", [".atom", ".rss"])
def test_a_story_is_one_entry_that_lists_who_else_tells_it(site: RunningSite, suffix: str) -> None:
    entries = read(site, f"/feeds/stories{suffix}")
    assert [entry.id for entry in entries] == ["https://crane.example/1", "https://quay.example/tides"]
    assert f'The Pier: <a href="https://pier.example/tides">{HEADLINE}</a>' in html(entries[1])
    assert "Also covered by" not in html(entries[0])


def test_atom_links_to_who_else_tells_it(site: RunningSite) -> None:
    links = read(site, "/feeds/stories.atom")[1].links
    assert [(link.href, link.title) for link in links if link.rel == "related"] == [
        ("https://pier.example/tides", HEADLINE)
    ]


def test_the_page_for_people_lists_it_too(site: RunningSite) -> None:
    assert b"Also covered by" in site.get("/feeds/stories").body


def test_a_folded_feed_is_complete_and_has_no_archive(site: RunningSite) -> None:
    assert b"<fh:complete/>" in site.get("/feeds/stories.atom").body
    assert site.get("/feeds/stories/archive/1.atom").status == 404


def test_an_article_that_joins_a_story_joins_its_entry(site: RunningSite, workshop: Workshop) -> None:
    before = site.get("/feeds/stories.atom").headers["ETag"]
    write(workshop, "mole", "related: [{title: T, webUrl: 'http://www.pier.example/tides/'}]", title="Tides!")
    entries = wait_for(lambda: _with(site, "The Mole"))
    assert [entry.id for entry in entries] == ["https://crane.example/1", "https://quay.example/tides"]
    assert site.get("/feeds/stories.atom").headers["ETag"] != before


def _with(site: RunningSite, text: str) -> list[Any]:
    entries = read(site, "/feeds/stories.atom")
    return entries if any(text in html(entry) for entry in entries) else []


def test_a_ranked_feed_keeps_what_fell_just_below_the_cut(site: RunningSite, workshop: Workshop) -> None:
    held = ["https://quay.example/tides", "https://crane.example/1"]
    assert [entry.id for entry in read(site, "/feeds/best.rss")] == held
    write(workshop, "pier", "quality: 71", title="Tides learn to wait")
    wait_for(lambda: b"Tides learn" in site.get("/feeds/all.rss").body)
    assert [entry.id for entry in read(site, "/feeds/best.rss")] == held
