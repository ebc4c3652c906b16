"""The JSON Schema: it takes what loads, explains every key, and is the one that the package carries."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import aggregator
from aggregator.config import feed_file_schema, load, schema
from aggregator.config.written import flow
from aggregator.errors import ConfigurationError

LEAST = "site: {title: Tides, url: https://tide.example}\nsources: [{name: news, path: news}]\n"

CONTRACT = """\
site:
  title: The Tide Table
  url: https://tide.example.org
  description: When the water comes and goes
  language: en
  timezone: UTC
  author: {name: The pilot, email: pilot@example.org}
  copyright: © 2026
  icon: https://tide.example.org/icon.png
sources:
  - name: news
    path: content/news
    include: ["**/*.md"]
    exclude: ["drafts/**"]
    fields: {publishedDateTime: posted}
    permalink: https://log.example.org/{year}/{month}/{slug}/
reload: {every: 1m, watch: true}
store: sqlite:///../var/aggregator.db
server:
  host: 127.0.0.1
  port: 8080
  workers: 1
  max_age: 5m
defaults: {limit: 50, content: full, formats: [atom, rss, json]}
topics:
  min_articles: 1
  named:
    "Sea": {title: All at sea, description: Salt and water, aliases: ["Ocean"]}
providers:
  min_articles: 1
feeds:
  - id: best-of-boats
    title: The best of boats
    description: Everything afloat
    where:
      topics: [Boats, Deep Water]
      providers: {none: [spam.example]}
      categories: [news]
      types: [article]
      languages: [en]
      sources: [news]
      min_quality: 60
      min_heat: 10
      max_age: 30d
      since: 2021-01-01
      match: 'ferry OR "slow boat" -sponsored'
    order: newest
    limit: 30
    content: excerpt
    per_provider: 3
    fold: true
moved: {old-id: best-of-boats}
gone: [retired-id]
"""

SHORT_FORMS = """\
site: {title: 2021, url: 'https://tide.example.org', copyright: 010, description: No}
sources: [{name: 7, path: 8}]
reload: {cron: "*/5 * * * *"}
topics: false
providers: {named: {pier.example: {title: 1.5}}}
categories: false
feeds: [{id: 404, title: true, where: {topics: {any: [2021, true], none: [1.0]}, match: 7}}]
moved: {403: 404}
gone: [410]
limits: {front_matter: 65536, file: 1 MiB}
embeds: []
"""


class Reader(yaml.SafeLoader):
    """Reads YAML as editors do, by the rules of YAML 1.2: dates are text, and only true and false are booleans."""


Reader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith(("timestamp", "bool")) or (tag.endswith("bool") and first in "tfTF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_editors_read(text: str) -> Any:
    document = yaml.load(text, Reader)  # noqa: S506  a SafeLoader
    return json.loads(json.dumps(document))  # keys become text, as in JSON


VALIDATOR = Draft202012Validator(schema())


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(as_editors_read(text))]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("text", [CONTRACT, SHORT_FORMS, LEAST])
def test_what_loads_is_valid(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    load(file)
    assert faults(text) == []


@pytest.mark.parametrize(
    "keys",
    [
        "serfer: {}",
        "server: {prot: 80}",
        "server: {port: 70000}",
        "server: {port: '80'}",
        "reload: {every: 1m, cron: '* * * * *'}",
        "reload: {every: 5}",
        "topics: true",
        "feeds: null",
        "feeds: [{id: all, title: A}]",
        "feeds: [{id: A_B, title: A}]",
        "feeds: [{id: a}]",
        "feeds: [{id: a, title: A, where: {topics: []}}]",
        "feeds: [{id: a, title: A, where: {topics: {some: [b]}}}]",
        "defaults: {content: all}",
        "defaults: {formats: [xml]}",
        "limits: {file: 5MB}",
    ],
)
def test_editors_are_told_of_what_does_not_load(tmp_path: Path, keys: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{LEAST}{keys}\n")
    with pytest.raises(ConfigurationError):
        load(file)
    assert faults(f"{LEAST}{keys}\n") != []


def properties(place: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for definition in (place, *place["$defs"].values()):
        yield from definition.get("properties", {}).items()


@pytest.mark.parametrize(("key", "place"), list(properties(schema())))
def test_every_key_is_explained_and_has_examples_that_hold(key: str, place: Mapping[str, Any]) -> None:
    described = schema()["$defs"].get(place.get("$ref", "").rpartition("/")[2], {})
    assert place.get("description") or described.get("description"), key
    validator = Draft202012Validator({**place, "$defs": schema()["$defs"]})
    assert place["examples"], key
    for example in place["examples"]:
        assert [error.message for error in validator.iter_errors(as_editors_read(flow(example)))] == []


VALUES = st.sampled_from(
    [
        "",
        "a",
        "A b",
        "1",
        "010",
        "1.5",
        "-1",
        "true",
        "No",
        "null",
        "1m",
        "'1m'",
        "90d",
        "0s",
        "4KiB",
        "all",
        "news",
        "[]",
        "{}",
        "[a]",
        "[news, 1]",
        "{any: [a]}",
        "{a: b}",
        "{a: {}}",
        "2021-01-01",
        "https://a.example",
        "full",
        "best",
        "[rss]",
        "'0 0 * * 1'",
        "Europe/Berlin",
        "de-CH",
        "a@b.example",
        "b.example",
        "sqlite:///a.db",
        "'https://a.example/{slug}'",
    ]
)
PLACES = st.sampled_from(
    [
        LEAST + f"{section}: {{{key}: VALUE}}\n"
        for section in ("reload", "server", "defaults", "topics", "limits", "history")
        for key in (
            schema()["$defs"][
                {
                    "reload": "ReloadSettings",
                    "server": "ServerSettings",
                    "defaults": "DefaultSettings",
                    "topics": "TopicFeeds",
                    "limits": "LimitSettings",
                    "history": "HistorySettings",
                }[section]
            ]["properties"]
        )
    ]
    + [
        LEAST + f"{section}: VALUE\n"
        for section in schema()["properties"]
        if section not in {"site", "sources"}
    ]
    + [
        LEAST.replace("{title", f"{{{key}: VALUE, title")
        for key in schema()["$defs"]["SiteSettings"]["properties"]
        if key not in {"title", "url"}
    ]
    + [
        LEAST.replace("path: news", f"path: news, {key}: VALUE")
        for key in ("include", "exclude", "fields", "permalink")
    ]
    + [
        f"{LEAST}feeds: [{{id: a, title: A, {key}: VALUE}}]\n"
        for key in ("description", "where", "order", "limit", "content", "per_provider", "fold")
    ]
    + [
        f"{LEAST}feeds: [{{id: a, title: A, where: {{{key}: VALUE}}}}]\n"
        for key in schema()["$defs"]["WhereSettings"]["properties"]
    ]
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "a.yaml"


@settings(max_examples=200, deadline=None)
@given(place=PLACES, value=VALUES)
def test_whatever_loads_is_valid(file: Path, place: str, value: str) -> None:
    text = place.replace("VALUE", value)
    file.write_text(text)
    try:
        load(file)
    except ConfigurationError:
        return
    assert faults(text) == []


FEED = "{id: best-of-boats, title: Boats, where: {topics: [Boats], providers: {none: [spam.example]}}, limit: 30}"


def feed_file_faults(text: str) -> list[str]:
    validator = Draft202012Validator(feed_file_schema())
    return [error.message for error in validator.iter_errors(as_editors_read(text))]


def loading(folder: Path, text: str) -> int:
    """Load a configuration with this feed file beside it; give how many feeds there are."""
    (folder / "feeds").mkdir()
    (folder / "feeds" / "boats.yaml").write_text(text)
    (folder / "a.yaml").write_text(LEAST)
    return len(load(folder / "a.yaml").feeds)


def test_the_schema_of_feed_files_is_one_that_refers_to_nothing_else() -> None:
    made = feed_file_schema()
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == schema()["$schema"]
    referred = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(made)))
    assert referred == set(made["$defs"])


@pytest.mark.parametrize(
    ("text", "feeds"),
    [
        (FEED, 1),
        (f"[{FEED}]", 1),
        (f"[{FEED}, {{id: b, title: B}}]", 2),
        (f"feeds: [{FEED}]", 1),
        ("feeds: []", 0),
    ],
)
def test_each_form_of_a_feed_file_loads_and_is_valid(tmp_path: Path, text: str, feeds: int) -> None:
    assert loading(tmp_path, text) == feeds
    assert feed_file_faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{id: b}",
        "{id: b, title: B, ordre: best}",
        "[{id: b}]",
        "[{id: b, title: B}, 7]",
        "[[{id: b, title: B}]]",
        "feeds: {id: b, title: B}",
        "feeds: [{id: b}]",
        "{feeds: [{id: b, title: B}], title: B}",
        "b",
    ],
)
def test_editors_are_told_of_a_feed_file_that_does_not_load(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        loading(tmp_path, text)
    assert feed_file_faults(text) != []


def test_a_fault_in_one_definition_is_told_as_what_it_is() -> None:
    (fault,) = feed_file_faults("{id: b, title: B, ordre: best}")
    assert "'ordre' was unexpected" in fault


def test_the_package_carries_the_schema_of_feed_files_as_it_is() -> None:
    carried = Path(aggregator.__file__).with_name("feeds-schema.json").read_text(encoding="utf-8")
    assert carried == json.dumps(feed_file_schema(), indent=2, ensure_ascii=False) + "\n", (
        "stale: aggregator schema --feeds > aggregator/feeds-schema.json"
    )


def test_the_package_carries_the_schema_as_it_is() -> None:
    carried = Path(aggregator.__file__).with_name("schema.json").read_text(encoding="utf-8")
    assert carried == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", (
        "stale: aggregator schema > aggregator/schema.json"
    )
