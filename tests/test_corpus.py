"""Real input: the articles from which this project grew, which lie beside the checkout where it is developed."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from tests.aggregator.running_site import RunningSite, running
from tests.aggregator.workshop import Workshop
from tests.real_input import CORPUS, needs_corpus

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEED = "news/2021-06-02-facebook-is-moving-all-of-its-ai-models-to-the-open-source-pytorch-framework.md"

pytestmark = needs_corpus


def site_of(folder: Path, sources: str) -> Workshop:
    shop = Workshop(folder)
    shop.configure("defaults: {limit: 1000}\nreload: {every: 1h}\n", sources=sources)
    return shop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    sources = "\n".join(
        f"- {{name: {name}, path: {CORPUS / name}}}" for name in ("news", "videos", "organizations")
    )
    shop = site_of(tmp_path_factory.mktemp("corpus"), sources)
    shop.refresh(NOW)
    return shop


@pytest.fixture(scope="module")
def server(workshop: Workshop) -> Iterator[RunningSite]:
    with running(workshop) as site:
        yield site


def items(workshop: Workshop, path: str = "/feeds/all.json") -> list[Any]:
    return list(json.loads(workshop.document(path))["items"])


def test_every_file_is_read_and_none_is_lost_without_a_reason(workshop: Workshop) -> None:
    report = workshop.refresh(NOW)
    assert report.seen == 273
    assert report.states == {"public": 192, "skipped": 20, "unpublished": 61}
    assert all("expected" in problem.reason for problem in report.problems)
    assert sum("has the same identity as" in problem.reason for problem in report.problems) == 2


def test_the_feed_of_everything_holds_every_published_article_once(workshop: Workshop) -> None:
    ids = [item["id"] for item in items(workshop)]
    assert len(ids) == len(set(ids)) == 190
    assert not any("facebook-moving-ai-models-open-source-pytorch" in identity for identity in ids)


@pytest.mark.parametrize("suffix", ["rss", "atom"])
def test_every_document_is_well_formed_and_tells_the_same_as_json(workshop: Workshop, suffix: str) -> None:
    document = workshop.document(f"/feeds/all.{suffix}")
    etree.fromstring(document)
    feed = feedparser.parse(document)
    assert not feed.bozo
    told = [(entry.id, entry.title, entry.link) for entry in feed.entries]
    assert told == [(item["id"], item["title"], item["url"]) for item in items(workshop)]


def test_each_topic_provider_and_category_holds_its_own(workshop: Workshop) -> None:
    everything = items(workshop)
    topics = Counter(tag for item in everything for tag in item["tags"])
    with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        definitions = list(wiring.definitions.all(snapshot))
        counts = {
            one.title.partition(" · ")[0]: len(snapshot.select(one))
            for one in definitions
            if one.path.startswith(("/topics/", "/categories/"))
        }
        providers = sum(
            len(snapshot.select(one)) for one in definitions if one.path.startswith("/providers/")
        )
    assert counts == topics
    assert providers == 190


def test_mojibake_is_repaired(workshop: Workshop) -> None:
    assert "â€" not in workshop.document("/feeds/all.atom").decode()


def test_27_no_secret_and_nothing_unpublished_leaves(workshop: Workshop) -> None:
    published = b"".join(workshop.document(f"/feeds/all.{suffix}") for suffix in ("rss", "atom", "json"))
    database = b"".join(path.read_bytes() for path in workshop.folder.glob("catalogue.db*"))
    for file in CORPUS.rglob("*.md"):
        text = file.read_text(encoding="utf-8")
        secret = re.search(r'^secured: "([^";]{40})', text, re.MULTILINE)
        if secret is not None:
            assert secret[1].encode() not in published + database
        url = re.search(r'^originalUrl: "?([^"\n]+)', text, re.MULTILINE)
        if url is not None and "published: false" in text:
            assert url[1].encode() not in published + database


def test_the_seeds_file_alone_makes_empty_feeds_that_are_valid(tmp_path: Path) -> None:
    shop = site_of(tmp_path, "- {name: news, path: news}")
    (tmp_path / "news/seed.md").write_bytes((CORPUS / SEED).read_bytes())
    shop.refresh(NOW)
    for suffix in ("rss", "atom"):
        feed = feedparser.parse(shop.document(f"/feeds/all.{suffix}"))
        assert (feed.bozo, feed.entries, feed.feed.title) == (False, [], "The Harbour Wire")
    assert items(shop) == []


def test_a_running_server_gives_them_all(server: RunningSite) -> None:
    feed = feedparser.parse(f"http://127.0.0.1:{server.port}/feeds/all.atom")
    assert (feed.status, len(feed.entries)) == (200, 190)
