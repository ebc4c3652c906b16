"""Clients that ask for what is new only lose nothing over a long life of edits (RFC 3229 with "feed")."""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import feedparser
import pytest

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop
from tests.clients.test_newsboat import Newsboat

EDITS = 100
EDITS_BETWEEN_POLLS = 5
POLLS_OF_NEWSBOAT = 4


@dataclass
class Desk:
    """Who writes: what is published now is in `titles`, by id."""

    shop: Workshop
    chance: random.Random
    titles: dict[str, str] = field(default_factory=dict)
    written: int = 0

    def edit(self) -> None:
        """Insert, edit or remove an article."""
        act = self.chance.choice(["insert", "insert", "edit", "edit", "remove"])
        if act == "insert" or len(self.titles) < 2:
            self._write(str(self.written))
        elif act == "edit":
            self._write(self.chance.choice(sorted(self.titles)))
        else:
            name = self.chance.choice(sorted(self.titles))
            del self.titles[name]
            self.shop.delete(name)

    def _write(self, name: str) -> None:
        self.written += 1
        self.titles[name] = f"Number {self.written}"
        day = self.chance.randrange(1, 29)
        lines = (f"id: https://pier.example/{name}", f"publishedDateTime: 2026-02-{day:02}T09:00:00Z")
        self.shop.write(name, *lines, title=self.titles[name])


@dataclass
class Feedparser:
    """A reader that keeps what it was told, as those on top of feedparser do."""

    url: str
    etag: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    def poll(self) -> dict[str, str]:
        feed = feedparser.parse(self.url, etag=self.etag)
        assert not feed.bozo, feed.get("bozo_exception")
        self.statuses.append(feed.status)
        self.etag = feed.etag
        self.titles |= {entry.id.rpartition("/")[2]: entry.title for entry in feed.entries}
        return self.titles


def shows(site: RunningSite, titles: dict[str, str]) -> bool:
    """Tell whether what is served is what is published."""
    feed = feedparser.parse(site.get("/feeds/all.atom").body)
    return {entry.id.rpartition("/")[2]: entry.title for entry in feed.entries} == titles


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_I4_nothing_is_lost_over_a_hundred_edits(tmp_path: Path, name: str) -> None:
    if shutil.which("newsboat") is None:
        pytest.skip("newsboat is not installed")
    shop = Workshop(tmp_path)
    shop.configure("reload: {every: 1h}\ndefaults: {limit: 200}\n")
    desk = Desk(shop, random.Random(3229))  # noqa: S311  edits that are the same each time
    desk.edit()
    with running(shop) as site:
        url = f"http://127.0.0.1:{site.port}/feeds/all.{name}"
        library, newsboat = Feedparser(url), Newsboat(tmp_path, url)
        for poll in range(EDITS // EDITS_BETWEEN_POLLS):
            for _ in range(EDITS_BETWEEN_POLLS):
                desk.edit()
            wait_for(lambda: shows(site, desk.titles))
            assert desk.titles.items() <= library.poll().items()
            if poll % POLLS_OF_NEWSBOAT == 0:
                seen = {guid.rpartition("/")[2]: title for guid, (title, _) in newsboat.poll().items()}
                assert desk.titles.items() <= seen.items()
    assert library.statuses[0] == 200
    assert library.statuses.count(226) >= len(library.statuses) // 2
