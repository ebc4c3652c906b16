"""docs/folding.md: its example says what the sample site says, and its numbers are those of the code."""

import re
from datetime import UTC, datetime
from pathlib import Path

from aggregator import config
from aggregator.operations import preview_feed
from feeds.definition import FeedDefinition
from feeds.ranking import margin_of
from feeds.stories import window_of

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "folding.md").read_text(encoding="utf-8")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_example_shows_what_the_sample_site_says() -> None:
    settings = config.load(ROOT / "config" / "aggregator.yaml")
    document = preview_feed(settings, "stories", "atom", NOW, lambda _done, _total: None).decode()
    shown = re.findall(r"^    (<link .*>)$", DOCUMENT, re.MULTILINE)
    assert shown == re.findall(r'<link [^>]*rel="related"[^>]*>', document)[:2]


def test_the_numbers_are_those_of_the_code() -> None:
    definition = FeedDefinition(path="/feeds/x", title="X", limit=1, per_provider=1, fold=True)
    window = window_of(definition)
    assert f"`{window.limit} * limit`" in DOCUMENT
    assert f"`{window.per_provider} * per_provider`" in DOCUMENT
    assert (margin_of(30), margin_of(9), margin_of(1)) == (3, 1, 0)
