"""docs/query-feeds.md says what searches do: its table is that of the parser, and its examples answer as it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.catalogue import Catalogue
from aggregator.config import load
from aggregator.documents.search_request import MOST_ENTRIES, parse_search
from aggregator.documents.searches import MOST_KEPT, MOST_MADE_AT_ONCE, MOST_WAITING
from aggregator.errors import SearchRequestError
from aggregator.wiring import wire
from feeds.definition import Content

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "query-feeds.md").read_text(encoding="utf-8")
ADDRESS = re.compile(r"/search\.[a-z]+\?([^'\s]+)")


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Any]:
    """Give what asks the sample site for a search and gives the JSON Feed."""
    settings = replace(load(ROOT / "config/aggregator.yaml"), store=f"sqlite:///{tmp_path}/catalogue.db")
    catalogue = Catalogue.open(settings.store)
    wiring = wire(settings, catalogue)
    wiring.refresh.run(datetime(2026, 1, 1, tzinfo=UTC))

    def ask(query: str) -> Any:
        with catalogue.snapshot() as snapshot:
            draft = wiring.searches.find(wiring.searches.address("/search.json", query), snapshot)
            assert draft is not None
            return json.loads(draft.make().body)

    yield ask
    catalogue.close()


def test_the_table_has_every_parameter() -> None:
    with pytest.raises(SearchRequestError) as raised:
        parse_search("anything-else=1", limit=50, content=Content.FULL)
    known = str(raised.value).partition("expected one of ")[2].split(", ")
    assert re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE) == known


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"1 to {MOST_ENTRIES};" in DOCUMENT
    assert f"{MOST_KEPT} of them" in DOCUMENT
    assert (MOST_MADE_AT_ONCE, f"and {MOST_WAITING} wait" in DOCUMENT) == (1, True)


def test_the_first_example_finds_something_and_is_called_as_it_says(sample: Any) -> None:
    query = ADDRESS.findall(DOCUMENT)[0]
    found = sample(query)
    assert f'<title type="text">{found["title"]}\n' in DOCUMENT
    assert found["items"]


def test_the_two_addresses_of_one_search_are_one(sample: Any) -> None:
    one, other = (sample(query) for query in ADDRESS.findall(DOCUMENT)[1:3])
    assert one == other
    assert other["feed_url"].endswith("/search.json?" + ADDRESS.findall(DOCUMENT)[2])


def test_what_is_refused_is_refused_in_these_words() -> None:
    with pytest.raises(SearchRequestError) as raised:
        parse_search(ADDRESS.findall(DOCUMENT)[3], limit=50, content=Content.FULL)
    assert [f"    {problem}" for problem in raised.value.problems] == DOCUMENT.partition("limit=10000'\n")[
        2
    ].split("\n")[:3]
