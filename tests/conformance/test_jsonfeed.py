"""JSON Feed 1.1, by the schema of the npm package jsonfeed-schema, and by the rules that the schema misses."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from feeds.document import FeedDocument, Retraction
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.conformance.published import FULL, MINA, feed_paths, whatever_the_text

JSON = FORMATS["json"]
NODE_MODULES = Path(__file__).parents[1] / "npm" / "node_modules"
GOLDEN = Path(__file__).parents[1] / "feeds" / "golden"

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


@pytest.fixture(scope="session")
def schema() -> Any:
    """Give the schema, which `make test` has npm install."""
    file = NODE_MODULES / "jsonfeed-schema" / "schema-v1.1.json"
    if not file.exists():
        pytest.skip("jsonfeed-schema is not there: tests/install_tools.sh installs it with npm")
    return json.loads(file.read_text(encoding="utf-8"))


def feeds_of(site: RunningSite) -> Iterator[Any]:
    for path in feed_paths(site):
        if path.endswith(".json"):
            yield json.loads(site.get(path).body)


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Give every member of every object in `value`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name, member
            yield from members(member)
    elif isinstance(value, list):
        for one in value:
            yield from members(one)


@pytest.mark.parametrize("name", ["full", "excerpt", "title", "empty", "folded"])
def test_J1_J2_J4_the_golden_documents_are_as_the_schema_says(name: str, schema: Any) -> None:
    jsonschema.validate(json.loads((GOLDEN / f"{name}.json").read_bytes()), schema)


@whatever_the_text
def test_J1_J2_J4_whatever_the_text_the_document_is_as_the_schema_says(
    schema: Any, document: FeedDocument
) -> None:
    jsonschema.validate(json.loads(JSON.render(document)), schema)


def test_J1_J2_J4_every_feed_of_a_server_is_as_the_schema_says(schema: Any, site: RunningSite) -> None:
    for feed in feeds_of(site):
        jsonschema.validate(feed, schema)


def test_the_schema_refuses_what_the_standard_forbids(schema: Any) -> None:
    feed = json.loads(JSON.render(FULL))
    feed["items"][0]["id"] = 7
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(feed, schema)


@whatever_the_text
def test_J1_an_identity_is_text_and_never_blank(document: FeedDocument) -> None:
    for item in json.loads(JSON.render(document))["items"]:
        assert isinstance(item["id"], str)
        assert item["id"].strip()


@whatever_the_text
def test_J2_html_stands_in_content_html_alone(document: FeedDocument) -> None:
    for item, entry in zip(json.loads(JSON.render(document))["items"], document.entries, strict=True):
        assert item["content_html"]
        assert "content_text" not in item
        assert item.get("summary", "") == entry.summary


@whatever_the_text
def test_J3_J4_every_address_is_absolute(document: FeedDocument) -> None:
    for name, value in members(json.loads(JSON.render(document))):
        if name.endswith("url") or name in {"image", "icon"}:
            assert re.match("https?://", value, re.IGNORECASE)


@whatever_the_text
def test_J4_every_date_is_rfc_3339(document: FeedDocument) -> None:
    dates = [value for name, value in members(json.loads(JSON.render(document))) if name.startswith("date_")]
    assert all(RFC_3339.fullmatch(date) and datetime.fromisoformat(date) for date in dates)


@whatever_the_text
def test_J4_every_author_says_something(document: FeedDocument) -> None:
    for name, value in members(json.loads(JSON.render(document))):
        assert name != "author"
        assert name != "authors" or all(value)


def test_J3_every_feed_names_its_page_and_itself(site: RunningSite) -> None:
    for feed in feeds_of(site):
        assert feed["feed_url"] == feed["home_page_url"] + ".json"


def test_J6_what_was_withdrawn_conforms_to_the_schema(schema: Any) -> None:
    document = replace(FULL, retractions=(Retraction("https://pier.example/withdrawn", FULL.updated),))
    feed = json.loads(JSON.render(document))
    jsonschema.validate(feed, schema)
    assert feed["_history"]["retractions"][0]["id"] == "https://pier.example/withdrawn"


@whatever_the_text
def test_J6_extensions_are_named_as_extensions(document: FeedDocument) -> None:
    for item in json.loads(JSON.render(document))["items"]:
        extensions = {name for name in item if name.startswith("_")}
        assert extensions <= {"_source", "_story"}


def test_J7_feeds_are_utf_8_of_their_own_type(site: RunningSite) -> None:
    answer = site.get("/feeds/all.json")
    assert answer.headers["Content-Type"] == "application/feed+json"
    assert MINA in answer.body.decode("utf-8")


@whatever_the_text
def test_J7_no_lone_surrogate_is_left(document: FeedDocument) -> None:
    assert not re.search(rb"\\ud[89a-f]", JSON.render(document))
