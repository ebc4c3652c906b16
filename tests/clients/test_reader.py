"""reader, a feed reader with a database of its own, lives with a running server through edits."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from reader import make_reader

from tests.aggregator.running_site import RunningSite, wait_for
from tests.aggregator.workshop import Workshop


@pytest.fixture(params=["rss", "atom", "json"])
def url(request: pytest.FixtureRequest, site: RunningSite) -> str:
    return f"http://127.0.0.1:{site.port}/feeds/all.{request.param}"


@pytest.fixture
def reader(url: str) -> Iterator[Any]:
    with closing(make_reader(":memory:")) as made:
        made.add_feed(url)
        made.update_feeds()
        yield made


def titles(reader: Any) -> set[str]:
    return {entry.title for entry in reader.get_entries()}


def updated_titles(reader: Any) -> set[str]:
    reader.update_feeds(scheduled=False)
    return titles(reader)


def test_it_subscribes_and_sees_what_is_published(reader: Any, url: str) -> None:
    entries = {entry.title: entry for entry in reader.get_entries()}
    ferry = entries["Ferries <learn> to wait & see"]
    assert set(entries) == {"Ferries <learn> to wait & see", "Größe des Kais: 10 < 20"}
    assert ferry.id == ferry.link == "https://pier.example/ferry?a=1&b=2"
    assert ferry.published.isoformat().startswith("2026-03-01T09:00:00")
    assert "<em>long</em>" in ferry.content[0].value
    assert "https://pier.example/ferry.jpg" in ferry.content[0].value
    assert ferry.authors_str == "Ada Tide"
    assert reader.get_feed(url).last_exception is None


def test_it_sees_new_and_edited_articles_and_no_double(reader: Any, workshop: Workshop) -> None:
    workshop.write("late", title="Late")
    wait_for(lambda: "Late" in updated_titles(reader))
    workshop.write("late", title="Later")
    wait_for(lambda: "Later" in updated_titles(reader))
    assert len(titles(reader)) == 3


def test_a_renamed_file_is_no_new_entry(reader: Any, workshop: Workshop) -> None:
    news = workshop.folder / "news"
    (news / "moved").mkdir()
    (news / "ferry.md").rename(news / "moved/again.md")
    workshop.write("late", title="Late")
    wait_for(lambda: "Late" in updated_titles(reader))
    assert len(list(reader.get_entries())) == 3
