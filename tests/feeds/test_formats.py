"""What holds for every format: golden files, determinism, well-formed documents whatever the text, real readers."""

import json
import locale
import re
from collections.abc import Callable
from typing import Any, NoReturn

import feedparser
import pytest
from hypothesis import given
from lxml import etree

from feeds.definition import Content
from feeds.document import NEVER, FeedDocument, compose
from feeds.formats import FORMATS
from feeds.written import Written
from tests.conftest import CheckGolden
from tests.samples import ARTICLES, DEFINITION, SITE, definition_of
from tests.strategies import documents

XML_FORMATS = ("atom", "rss")
FULL = compose(DEFINITION, ARTICLES, SITE, None)
ATOM = "{http://www.w3.org/2005/Atom}"


def parse_strictly(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, recover=False))


def titles_in_rss(data: bytes) -> list[str | None]:
    return [item.findtext("title") for item in parse_strictly(data).iter("item")]


def titles_in_atom(data: bytes) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in parse_strictly(data).iter(f"{ATOM}entry")]


def titles_in_json(data: bytes) -> list[str | None]:
    return [item["title"] for item in json.loads(data)["items"]]


TITLES: dict[str, Callable[[bytes], list[str | None]]] = {
    "rss": titles_in_rss,
    "atom": titles_in_atom,
    "json": titles_in_json,
}


def test_the_formats_are_those_of_the_contract() -> None:
    assert {(one.name, one.suffix, one.media_type) for one in FORMATS.values()} == {
        ("rss", ".rss", "application/rss+xml; charset=utf-8"),
        ("atom", ".atom", "application/atom+xml; charset=utf-8"),
        ("json", ".json", "application/feed+json"),
    }


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("name", FORMATS)
def test_golden_documents(name: str, content: Content, check_golden: CheckGolden) -> None:
    document = compose(definition_of(content), ARTICLES, SITE, None)
    check_golden(f"{content}{FORMATS[name].suffix}", FORMATS[name].render(document))


@pytest.mark.parametrize("name", FORMATS)
def test_golden_empty_documents(name: str, check_golden: CheckGolden) -> None:
    check_golden(f"empty{FORMATS[name].suffix}", FORMATS[name].render(compose(DEFINITION, [], SITE, None)))


@pytest.mark.parametrize("name", FORMATS)
def test_E1_the_same_document_gives_the_same_bytes(name: str) -> None:
    again = compose(DEFINITION, ARTICLES, SITE, None)
    assert FORMATS[name].render(FULL) == FORMATS[name].render(again)


@pytest.mark.parametrize("name", FORMATS)
def test_E13_no_format_touches_the_locale_of_the_process(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the locale is the whole process's")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert FORMATS[name].render(FULL)


@pytest.mark.parametrize("name", FORMATS)
def test_E13_no_document_says_when_it_was_rendered(name: str) -> None:
    data = FORMATS[name].render(compose(DEFINITION, [], SITE, NEVER)).decode()
    years = re.findall(r"(\d{4})-\d\d-\d\dT|\d \w{3} (\d{4}) ", data)
    assert {one or other for one, other in years} <= {"1970"}


@given(document=documents)
def test_N1_any_text_gives_a_well_formed_document_with_the_same_titles(document: FeedDocument) -> None:
    # All formats of one document: to make up a document takes longer than to render it.
    for name, one in FORMATS.items():
        data = one.render(document)
        data.decode()
        assert TITLES[name](data) == [entry.title for entry in document.entries], name


def read(name: str) -> Any:
    return feedparser.parse(
        FORMATS[name].render(FULL), response_headers={"content-type": FORMATS[name].media_type}
    )


@pytest.mark.parametrize("name", XML_FORMATS)
def test_feedparser_reads_it_without_complaint(name: str) -> None:
    assert not read(name).bozo


@pytest.mark.parametrize("name", XML_FORMATS)
def test_feedparser_reads_the_same_identities_titles_links_and_dates(name: str) -> None:
    got = [(one.id, one.title, one.link, one.published_parsed[:6]) for one in read(name).entries]
    assert got == [(one.id, one.title, one.link, one.published.timetuple()[:6]) for one in FULL.entries]


@pytest.mark.parametrize("name", XML_FORMATS)
def test_feedparser_reads_the_same_topics_authors_and_pictures(name: str) -> None:
    got = [
        (
            [tag.term for tag in one.get("tags", [])],
            [author.name for author in one.get("authors", [])],
            [media["url"] for media in one.get("media_content", []) if media.get("medium") == "image"],
        )
        for one in read(name).entries
    ]
    assert got == [
        (
            [category.term for category in one.categories],
            [author.name for author in one.authors],
            [image.url for image in one.images],
        )
        for one in FULL.entries
    ]


@pytest.mark.parametrize("name", XML_FORMATS)
def test_feedparser_reads_an_empty_feed(name: str) -> None:
    parsed = feedparser.parse(FORMATS[name].render(compose(DEFINITION, [], SITE, None)))
    assert not parsed.bozo
    assert parsed.entries == []
    assert parsed.feed.title == DEFINITION.title


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_before_stands_as_if_it_were_written_now(name: str) -> None:
    whole = FORMATS[name].write(FULL)
    assert len(whole.entries) == len(FULL.entries) > 2
    written = [
        Written(entry.published, entry.updated, text)
        for entry, text in zip(FULL.entries, whole.entries, strict=True)
    ]
    # Each way to be known or not of six neighbours, twice over: who stands next to whom is all that could tell.
    half = len(written) // 2
    for pattern in range(2**half):
        known = pattern << half | pattern
        articles = [
            written[place] if known >> place & 1 else article for place, article in enumerate(ARTICLES)
        ]
        assert FORMATS[name].render(compose(DEFINITION, articles, SITE, None)) == whole.body
