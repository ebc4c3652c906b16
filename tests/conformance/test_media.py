"""Media RSS 1.5.1 and Dublin Core, whatever the articles say."""

import pytest
from lxml import etree

from feeds.document import FeedDocument
from feeds.formats import FORMATS, Format
from tests.conformance.published import DC, FULL, MEDIA, strictly, whatever_the_text

CARRIERS = (FORMATS["rss"], FORMATS["atom"])
MEDIUMS = {"image", "audio", "video", "document", "executable"}


def media_of(document: FeedDocument, tag: str) -> list[etree._Element]:
    """Give the elements of both formats that carry them."""
    roots = [strictly(one.render(document)) for one in CARRIERS]
    return [element for root in roots for element in root.iter(f"{MEDIA}{tag}")]


@pytest.mark.parametrize("carrier", CARRIERS, ids=[one.name for one in CARRIERS])
def test_MR1_the_namespace_ends_in_a_slash(carrier: Format) -> None:
    assert b'xmlns:media="http://search.yahoo.com/mrss/"' in carrier.render(FULL)


@whatever_the_text
def test_MR2_content_has_an_address_and_a_medium_of_the_list(document: FeedDocument) -> None:
    for content in media_of(document, "content"):
        assert content.get("url", "").lower().startswith(("http://", "https://"))
        assert content.get("medium") in MEDIUMS | {None}


@whatever_the_text
def test_MR2_measures_are_positive_integers(document: FeedDocument) -> None:
    for content in media_of(document, "content"):
        measures = [content.get(name, "1") for name in ("fileSize", "duration", "width", "height")]
        assert all(one.isdecimal() and int(one) for one in measures)


@whatever_the_text
def test_MR3_a_thumbnail_has_an_address_and_no_time(document: FeedDocument) -> None:
    for thumbnail in media_of(document, "thumbnail"):
        assert thumbnail.get("url")
        assert thumbnail.get("time") is None


def test_MR4_different_files_are_no_group_of_alternatives() -> None:
    assert media_of(FULL, "content")
    assert media_of(FULL, "group") == []


@whatever_the_text
def test_MR5_a_title_says_that_it_is_plain(document: FeedDocument) -> None:
    assert {title.get("type") for title in media_of(document, "title")} <= {"plain"}


def test_DC1_creators_stand_in_the_namespace_of_dublin_core() -> None:
    data = FORMATS["rss"].render(FULL)
    assert b'xmlns:dc="http://purl.org/dc/elements/1.1/"' in data
    assert next(strictly(data).iter(f"{DC}creator")).text
