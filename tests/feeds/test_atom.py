"""Atom 1.0 (RFC 4287), rule by rule."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from lxml import etree

from feeds.article import Article
from feeds.definition import Content
from feeds.document import FeedDocument, compose
from feeds.formats import FORMATS
from tests.samples import (
    ARABIC,
    ARTICLES,
    BARE,
    DEFINITION,
    ELSEWHERE,
    FILM,
    GERMAN,
    HANDBOOK,
    PLAIN,
    SIGNS,
    SITE,
    definition_of,
)

ATOM = FORMATS["atom"]
NAMES = {"a": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
FULL = compose(DEFINITION, ARTICLES, SITE, None)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def feed_of(document: FeedDocument = FULL) -> etree._Element:
    return etree.fromstring(ATOM.render(document))


def entry_of(article: Article, content: Content = Content.FULL) -> etree._Element:
    return children(feed_of(compose(definition_of(content), [article], SITE, None)), "a:entry")[0]


def children(parent: etree._Element, path: str) -> list[etree._Element]:
    return parent.findall(path, NAMES)


def texts(parent: etree._Element, path: str) -> list[str | None]:
    return [element.text for element in children(parent, path)]


def links(parent: etree._Element) -> list[dict[str | bytes, str | bytes]]:
    return [dict(link.items()) for link in children(parent, "a:link")]


def test_A1_feed_and_entries_have_exactly_one_id_title_and_updated() -> None:
    feed = feed_of()
    for element in (feed, *children(feed, "a:entry")):
        assert [len(texts(element, f"a:{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]


def test_A2_the_feed_has_an_author() -> None:
    author = children(feed_of(), "a:author")[0]
    assert (texts(author, "a:name"), texts(author, "a:email")) == (["The desk"], ["desk@example.org"])


def test_A3_the_feed_links_to_itself_and_to_its_page() -> None:
    assert links(feed_of()) == [
        {
            "rel": "self",
            "type": "application/atom+xml",
            "href": "https://news.example.org/feeds/best-of-boats.atom",
        },
        {"rel": "alternate", "type": "text/html", "href": "https://news.example.org/feeds/best-of-boats"},
    ]


@pytest.mark.parametrize("content", Content)
def test_A3_A4_every_entry_has_one_alternate_link_and_content(content: Content) -> None:
    for entry in children(feed_of(compose(definition_of(content), ARTICLES, SITE, None)), "a:entry"):
        assert [link["rel"] for link in links(entry)].count("alternate") == 1
        assert all(texts(entry, "a:content"))


def test_A5_T3_identities_are_the_articles() -> None:
    assert texts(feed_of(), "a:entry/a:id") == [article.id for article in ARTICLES]


def test_A6_dates_are_rfc_3339_without_white_space() -> None:
    feed = feed_of()
    for element in feed.iter("{*}updated", "{*}published"):
        assert RFC_3339.fullmatch(element.text or "")
    assert datetime.fromisoformat(texts(feed, "a:updated")[0] or "") == FULL.updated


def test_A6_nothing_is_indented() -> None:
    assert {element.tail for element in feed_of().iter()} == {None}


def test_A7_E10_published_and_updated_are_the_articles() -> None:
    entry = entry_of(ELSEWHERE)
    assert texts(entry, "a:published") == ["2026-03-04T09:30:00+00:00"]
    assert texts(entry, "a:updated") == ["2026-03-05T18:30:00+00:00"]


def test_A8_titles_and_summaries_are_plain_text() -> None:
    entry = entry_of(SIGNS)
    for name, text in (("title", SIGNS.title), ("summary", SIGNS.excerpt)):
        (element,) = children(entry, f"a:{name}")
        assert (element.get("type"), element.text) == ("text", text)


def test_A8_fault_12_content_is_escaped_html() -> None:
    (content,) = children(entry_of(SIGNS), "a:content")
    assert (content.get("type"), content.text, len(content)) == ("html", SIGNS.body, 0)


def test_A10_an_entry_keeps_its_source_and_its_authors() -> None:
    entry = entry_of(PLAIN)
    assert texts(entry, "a:author/a:name") == ["Ada Tide", "Ben Ebb"]
    assert texts(entry, "a:author/a:uri") == ["https://pierpost.example/ben"]
    (source,) = children(entry, "a:source")
    assert texts(source, "a:id") == ["https://pierpost.example/"]
    assert texts(source, "a:title") == ["The Pier Post"]
    assert texts(source, "a:updated") == ["2026-03-02T09:30:00+00:00"]
    assert texts(source, "a:icon") == ["https://pierpost.example/logo.png"]


def test_A10_an_article_of_no_provider_has_no_source() -> None:
    assert children(entry_of(BARE), "a:source") == []


def test_A13_E13_entry_links_keep_their_relation_and_type() -> None:
    assert links(entry_of(ELSEWHERE)) == [
        {"rel": "alternate", "type": "text/html", "href": "https://reader.example/hull/dry-dock"},
        {"rel": "via", "href": "https://hull.example/dry-dock"},
        {
            "rel": "related",
            "href": "https://pierpost.example/barnacles",
            "title": "Barnacles & other tenants",
        },
        {"rel": "related", "href": "https://paint.example/shed?a=1&b=2", "title": "Paint that sheds"},
    ]


def test_A13_an_enclosure_is_a_link_with_type_length_and_title() -> None:
    assert links(entry_of(FILM))[1] == {
        "rel": "enclosure",
        "type": "video/mp4",
        "href": "https://film.example/launch.mp4",
        "length": "12345678",
        "title": "The film",
    }


def test_A13_every_file_is_an_enclosure() -> None:
    files = [link["href"] for link in links(entry_of(FILM)) if link["rel"] == "enclosure"]
    assert files == ["https://film.example/launch.mp4", "https://film.example/launch.webm"]


def test_A13_what_is_not_known_of_an_enclosure_is_not_said() -> None:
    assert links(entry_of(HANDBOOK))[1] == {
        "rel": "enclosure",
        "type": "application/pdf",
        "href": "https://hull.example/handbook.pdf?v=2",
    }


def test_A13_categories_have_term_scheme_and_label() -> None:
    assert [dict(one.items()) for one in children(entry_of(PLAIN), "a:category")][1] == {
        "term": "R&D",
        "scheme": "https://news.example.org/topics",
        "label": "R&D",
    }


def test_N2_an_entry_names_its_language_where_it_is_not_the_feeds() -> None:
    assert feed_of().get(LANGUAGE) == "en"
    assert [entry_of(article).get(LANGUAGE) for article in (PLAIN, GERMAN, ARABIC)] == [None, "de", "ar"]


def test_pictures_are_media_as_in_rss() -> None:
    assert [one.get("url") for one in children(entry_of(PLAIN), "media:content")] == [
        image.url for image in PLAIN.images
    ]


def test_feed_metadata_is_said_where_it_is_known() -> None:
    feed = feed_of()
    assert texts(feed, "a:subtitle") == [DEFINITION.description]
    assert texts(feed, "a:rights") == [SITE.copyright]
    assert texts(feed, "a:icon") == [SITE.icon]
    assert texts(feed, "a:logo") == []
    assert texts(feed, "a:generator") == ["Feed Aggregator"]


def test_icon_and_logo_are_apart() -> None:
    site = replace(SITE, logo="https://news.example.org/logo.png")
    feed = feed_of(compose(DEFINITION, ARTICLES, site, None))
    assert texts(feed, "a:icon") + texts(feed, "a:logo") == [SITE.icon, "https://news.example.org/logo.png"]


def test_feed_metadata_that_is_not_known_is_not_said() -> None:
    feed = feed_of(replace(FULL, description="", rights=None, icon=None, language=None))
    assert not [one for name in ("subtitle", "rights", "icon") for one in children(feed, f"a:{name}")]
    assert feed.get(LANGUAGE) is None
