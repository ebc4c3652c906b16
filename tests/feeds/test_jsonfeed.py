"""JSON Feed 1.1, rule by rule."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feeds.article import Article
from feeds.definition import Content
from feeds.document import compose
from feeds.formats import FORMATS
from tests.samples import (
    ARTICLES,
    BARE,
    DEFINITION,
    DIRTY,
    ELSEWHERE,
    FILM,
    GERMAN,
    HANDBOOK,
    NAMED_TWICE,
    PLAIN,
    SITE,
    definition_of,
)

JSON = FORMATS["json"]
FULL = compose(DEFINITION, ARTICLES, SITE, None)


def item_of(article: Article) -> Any:
    return json.loads(JSON.render(compose(DEFINITION, [article], SITE, None)))["items"][0]


def nested(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value, *(deep for member in value.values() for deep in nested(member))]
    return [value, *(deep for one in value for deep in nested(one))] if isinstance(value, list) else [value]


def test_J1_J3_the_feed_names_version_title_and_addresses() -> None:
    feed = json.loads(JSON.render(FULL))
    assert {name: value for name, value in feed.items() if name != "items"} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": DEFINITION.title,
        "home_page_url": "https://news.example.org/feeds/best-of-boats",
        "feed_url": "https://news.example.org/feeds/best-of-boats.json",
        "description": DEFINITION.description,
        "icon": SITE.icon,
        "authors": [{"name": "The desk"}],
        "language": "en",
    }


def test_J1_an_empty_feed_has_an_empty_list_of_items() -> None:
    assert json.loads(JSON.render(compose(DEFINITION, [], SITE, None)))["items"] == []


def test_J1_T3_identities_are_the_articles_as_text() -> None:
    assert [item["id"] for item in json.loads(JSON.render(FULL))["items"]] == [
        article.id for article in ARTICLES
    ]


@pytest.mark.parametrize("content", Content)
def test_J2_every_item_has_html(content: Content) -> None:
    assert all(
        item["content_html"]
        for item in json.loads(JSON.render(compose(definition_of(content), ARTICLES, SITE, None)))["items"]
    )


def test_J3_an_item_says_its_url_even_where_it_is_its_identity() -> None:
    item = item_of(PLAIN)
    assert item["url"] == item["id"]
    assert "external_url" not in item


def test_J3_an_item_that_is_read_elsewhere_names_the_original() -> None:
    item = item_of(ELSEWHERE)
    assert (item["url"], item["external_url"]) == (
        "https://reader.example/hull/dry-dock",
        "https://hull.example/dry-dock",
    )


def test_J4_dates_are_rfc_3339() -> None:
    item = item_of(ELSEWHERE)
    assert datetime.fromisoformat(item["date_published"]) == ELSEWHERE.published
    assert datetime.fromisoformat(item["date_modified"]) == ELSEWHERE.updated


def test_J4_an_attachment_has_an_address_and_a_type() -> None:
    assert item_of(HANDBOOK)["attachments"] == [
        {"url": "https://hull.example/handbook.pdf?v=2", "mime_type": "application/pdf"}
    ]


def test_J4_an_attachment_has_title_size_and_duration_where_they_are_known() -> None:
    assert item_of(FILM)["attachments"] == [
        {
            "url": "https://film.example/launch.mp4",
            "mime_type": "video/mp4",
            "title": "The film",
            "size_in_bytes": 12_345_678,
            "duration_in_seconds": 95,
        },
        {
            "url": "https://film.example/launch.webm",
            "mime_type": "video/webm",
            "duration_in_seconds": 95,
        },
    ]


def test_J4_authors_have_names_and_addresses() -> None:
    assert item_of(PLAIN)["authors"] == [
        {"name": "Ada Tide"},
        {"name": "Ben Ebb", "url": "https://pierpost.example/ben"},
    ]


def test_J6_E11_the_source_is_an_extension() -> None:
    assert item_of(PLAIN)["_source"] == {"title": "The Pier Post", "url": "https://pierpost.example/"}


def test_J7_fault_11_no_surrogate_or_control_character_is_left() -> None:
    data = JSON.render(compose(DEFINITION, [DIRTY], SITE, None)).decode()
    assert not [one for one in ("\\u", "\x0b", "\x00", "\x07") if one in data]


def test_nothing_is_null_or_empty_except_the_list_of_items() -> None:
    assert not [value for value in nested(json.loads(JSON.render(FULL))) if value in (None, "", [], {})]


def test_tags_are_topics_and_category_each_once() -> None:
    assert item_of(PLAIN)["tags"] == ["Ferries", "R&D", "news"]
    assert item_of(NAMED_TWICE)["tags"] == ["essays"]


def test_the_first_picture_is_the_items_image() -> None:
    assert item_of(PLAIN)["image"] == "https://img.example/ferry.jpg?w=800&h=600"
    assert "image" not in item_of(BARE)


def test_N2_an_item_names_its_language_where_it_is_not_the_feeds() -> None:
    assert item_of(GERMAN)["language"] == "de"
    assert "language" not in item_of(PLAIN)


def test_what_is_not_known_of_a_feed_is_not_said() -> None:
    feed = json.loads(JSON.render(replace(FULL, description="", icon=None, language=None)))
    assert {"description", "icon", "language"}.isdisjoint(feed)
