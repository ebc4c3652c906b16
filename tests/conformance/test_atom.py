"""Atom 1.0, by the RELAX NG grammar of RFC 4287 (atom.rng), and by the rules that a grammar can't say."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from feeds.document import FeedDocument
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.conformance.published import ATOM, FULL, XML, feed_paths, strictly, whatever_the_text, xml_of
from tests.samples import ARTICLES

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
GOLDEN = Path(__file__).parents[1] / "feeds" / "golden"

# The registry of link relations (RFC 8288 section 4.2), as far as feeds use it.
REGISTERED = {"alternate", "enclosure", "related", "self", "via"}


def atom_paths(site: RunningSite) -> list[str]:
    return [path for path in feed_paths(site) if path.endswith(".atom")]


def entries_of(feed: etree._Element) -> list[etree._Element]:
    return feed.findall(f"{ATOM}entry")


def faults_of(feed: etree._Element) -> list[str]:
    GRAMMAR.validate(feed)
    return [error.message for error in GRAMMAR.error_log]


def _without(path: str) -> Callable[[etree._Element], None]:
    def change(feed: etree._Element) -> None:
        element = feed.find(path)
        assert element is not None
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def _with_text(path: str, text: str) -> Callable[[etree._Element], None]:
    def change(feed: etree._Element) -> None:
        element = feed.find(path)
        assert element is not None
        element.text = text

    return change


def _with_another(path: str, tag: str) -> Callable[[etree._Element], None]:
    def change(feed: etree._Element) -> None:
        element = feed.find(path)
        assert element is not None
        etree.SubElement(element, tag)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _without(f"{ATOM}id"),
        _without(f"{ATOM}entry/{ATOM}title"),
        _without(f"{ATOM}entry/{ATOM}updated"),
        _with_another(f"{ATOM}entry", f"{ATOM}id"),
        _with_another(f"{ATOM}entry", f"{ATOM}nonsense"),
        _with_another(f"{ATOM}entry", f"{ATOM}category"),
        _with_text(f"{ATOM}entry/{ATOM}updated", "yesterday"),
        _with_text(f"{ATOM}author/{ATOM}email", "nobody"),
    ],
)
def test_the_grammar_refuses_what_the_standard_forbids(change: Callable[[etree._Element], None]) -> None:
    feed = strictly(FORMATS["atom"].render(FULL))
    change(feed)
    assert faults_of(feed)


@pytest.mark.parametrize("name", ["full", "excerpt", "title", "empty", "folded"])
def test_A1_A8_A13_the_golden_documents_are_as_the_grammar_says(name: str) -> None:
    assert faults_of(strictly((GOLDEN / f"{name}.atom").read_bytes())) == []


@whatever_the_text
def test_A1_A8_A13_whatever_the_text_the_document_is_as_the_grammar_says(document: FeedDocument) -> None:
    assert faults_of(strictly(FORMATS["atom"].render(document))) == []


def test_A1_A8_A13_every_feed_of_a_server_is_as_the_grammar_says(site: RunningSite) -> None:
    assert not [fault for path in atom_paths(site) for fault in faults_of(xml_of(site, path))]


@whatever_the_text
def test_A2_every_entry_has_an_author_or_its_feed_has(document: FeedDocument) -> None:
    feed = strictly(FORMATS["atom"].render(document))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert all(author.findtext(f"{ATOM}name") for author in feed.iter(f"{ATOM}author"))


def test_A3_every_feed_links_to_the_address_that_it_was_got_from(site: RunningSite) -> None:
    for path in atom_paths(site):
        links = xml_of(site, path).findall(f"{ATOM}link")
        assert [one.get("href") for one in links if one.get("rel") == "self"] == [
            f"https://news.example.org{path}"
        ]


@whatever_the_text
def test_A3_A4_an_entry_has_content_and_one_alternate_link(document: FeedDocument) -> None:
    for entry in entries_of(strictly(FORMATS["atom"].render(document))):
        relations = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        assert relations.count("alternate") == 1
        assert entry.findtext(f"{ATOM}content")


@whatever_the_text
def test_A6_no_white_space_stands_in_a_date_or_an_iri(document: FeedDocument) -> None:
    feed = strictly(FORMATS["atom"].render(document))
    told = [
        one.text or ""
        for one in feed.iter(*(f"{ATOM}{tag}" for tag in ("id", "uri", "icon", "updated", "published")))
    ]
    told += [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert not [one for one in told if re.search(r"\s", one) or not one]


def test_A9_no_identity_stands_in_a_feed_twice(site: RunningSite) -> None:
    for path in atom_paths(site):
        identities = [entry.findtext(f"{ATOM}id") for entry in entries_of(xml_of(site, path))]
        assert len(identities) == len(set(identities))


def test_A10_an_entry_from_elsewhere_keeps_its_identity_authors_and_source(site: RunningSite) -> None:
    (entry,) = entries_of(xml_of(site, "/providers/pier.example.atom"))
    assert entry.findtext(f"{ATOM}id") == "https://pier.example/ferry"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada Tide"
    source = entry.find(f"{ATOM}source")
    assert source is not None
    assert [(one.tag.removeprefix(ATOM), one.text or one.get("href")) for one in source] == [
        ("id", "https://pier.example/"),
        ("title", "The Pier Post"),
        ("updated", "2026-02-21T09:00:00+00:00"),
        ("link", "https://pier.example/"),
        ("icon", "https://pier.example/logo.png"),
    ]


@whatever_the_text
def test_A10_every_source_has_identity_title_and_date_and_its_entry_an_author(document: FeedDocument) -> None:
    for source in strictly(FORMATS["atom"].render(document)).iter(f"{ATOM}source"):
        assert all(source.findtext(f"{ATOM}{tag}") for tag in ("id", "title", "updated"))
        entry = source.getparent()
        assert entry is not None
        assert entry.findtext(f"{ATOM}author/{ATOM}name")


def test_A11_an_entry_is_in_its_articles_language_its_own_or_inherited() -> None:
    feed = strictly(FORMATS["atom"].render(FULL))
    languages = [entry.get(f"{XML}lang", feed.get(f"{XML}lang")) for entry in entries_of(feed)]
    assert languages == [article.language or "en" for article in ARTICLES]


def test_A11_no_address_depends_on_a_base(site: RunningSite) -> None:
    for path in atom_paths(site):
        feed = xml_of(site, path)
        assert not [element for element in feed.iter() if element.get(f"{XML}base")]
        for content in feed.iter(f"{ATOM}content"):
            addresses = re.findall(r'(?:href|src)="([^"]*)"', content.text or "")
            assert all(address.startswith("https://") for address in addresses)


@whatever_the_text
def test_A13_relations_are_registered_and_categories_whole(document: FeedDocument) -> None:
    feed = strictly(FORMATS["atom"].render(document))
    assert {link.get("rel") for link in feed.iter(f"{ATOM}link")} <= REGISTERED
    for category in feed.iter(f"{ATOM}category"):
        assert all(category.get(name) for name in ("term", "scheme", "label"))
