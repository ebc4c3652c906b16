"""RSS 2.0: what tests/feeds/test_rss.py does not show, on hostile text and on a server that runs."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree

from feeds.document import FeedDocument
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.conformance.published import (
    ATOM,
    CONTENT,
    DC,
    FULL,
    feed_paths,
    strictly,
    whatever_the_text,
    xml_of,
)

RSS = FORMATS["rss"]


def items_of(document: FeedDocument) -> list[etree._Element]:
    return list(strictly(RSS.render(document)).iter("item"))


def rss_paths(site: RunningSite) -> list[str]:
    return [path for path in feed_paths(site) if path.endswith(".rss")]


def test_R1_core_elements_stand_in_no_namespace() -> None:
    root = strictly(RSS.render(FULL))
    assert None not in root.nsmap
    assert {"rss", "channel", "title", "link", "item", "guid"} <= {element.tag for element in root.iter()}


@whatever_the_text
def test_R2_whatever_the_text_an_item_has_a_title_and_a_description(document: FeedDocument) -> None:
    assert all(item.findtext("title") and item.findtext("description") for item in items_of(document))


@whatever_the_text
def test_R3_every_date_names_its_weekday_rightly(document: FeedDocument) -> None:
    for date in strictly(RSS.render(document)).iter("pubDate", "lastBuildDate"):
        written = date.text or ""
        assert written == parsedate_to_datetime(written).strftime("%a, %d %b %Y %H:%M:%S GMT")


@whatever_the_text
def test_R4_whatever_the_addresses_each_is_an_ascii_uri_with_a_scheme(document: FeedDocument) -> None:
    root = strictly(RSS.render(document))
    told = [element.text or "" for element in root.iter("link", "url")]
    told += [element.get("url", "") for element in root.iter("enclosure", "source")]
    assert all(one.isascii() and one.lower().startswith(("http://", "https://")) for one in told)


@whatever_the_text
def test_R5_an_item_has_one_guid_that_says_whether_it_is_a_link(document: FeedDocument) -> None:
    for item in items_of(document):
        (guid,) = item.iter("guid")
        assert guid.get("isPermaLink") == str(guid.text == item.findtext("link")).lower()


@whatever_the_text
def test_R6_E9_an_item_has_at_most_one_enclosure_with_an_integer_length(document: FeedDocument) -> None:
    for item in items_of(document):
        for enclosure in item.findall("enclosure")[:1]:
            assert enclosure.get("length", "").isdecimal()
            assert "/" in enclosure.get("type", "")
        assert len(item.findall("enclosure")) <= 1


@whatever_the_text
def test_R7_whatever_the_author_only_an_address_is_an_editor(document: FeedDocument) -> None:
    channel = strictly(RSS.render(document))[0]
    editor = channel.findtext("managingEditor")
    assert editor is None or "@" in editor.partition(" (")[0]
    assert next(channel.iter("author"), None) is None


def test_R8_nothing_is_published_in_the_future(site: RunningSite) -> None:
    dates = [date.text or "" for path in rss_paths(site) for date in xml_of(site, path).iter("pubDate")]
    assert dates
    assert all(parsedate_to_datetime(date) <= datetime.now(UTC) for date in dates)


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_R9_no_header_of_a_request_moves_the_self_link(site: RunningSite, name: str) -> None:
    value = "host=evil.example" if name == "Forwarded" else "evil.example"
    for path in rss_paths(site):
        channel = strictly(site.get(path, {name: value, "X-Forwarded-Proto": "gopher"}).body)[0]
        (link,) = channel.findall(f"{ATOM}link")
        assert link.get("href") == f"https://news.example.org{path}"


def test_R10_a_title_is_escaped_once_and_in_hexadecimal(site: RunningSite) -> None:
    body = site.get("/feeds/boats.rss").body
    assert b"<title>Boats &#x26; &#x3C;ships&#x3E;</title>" in body
    assert b"&amp;amp;amp;" not in body


@whatever_the_text
def test_R11_E8_the_description_goes_before_the_content(document: FeedDocument) -> None:
    for item in items_of(document):
        tags = [element.tag for element in item]
        assert tags.count("description") == 1
        if f"{CONTENT}encoded" in tags:
            assert tags.index("description") < tags.index(f"{CONTENT}encoded")


def test_R12_every_republished_item_names_its_source(site: RunningSite) -> None:
    sources = [one.get("url") for one in xml_of(site, "/providers/pier.example.rss").iter("source")]
    assert sources == ["https://pier.example/"]


def test_R13_the_image_of_every_channel_is_titled_and_linked_as_the_channel(site: RunningSite) -> None:
    for path in rss_paths(site):
        channel = xml_of(site, path)[0]
        assert channel.findtext("image/title") == channel.findtext("title")
        assert channel.findtext("image/link") == channel.findtext("link")


@whatever_the_text
def test_DC3_no_item_says_a_second_time_who_or_when(document: FeedDocument) -> None:
    for item in items_of(document):
        assert item.find("author") is None
        assert item.find(f"{DC}date") is None
        assert len(item.findall("pubDate")) == 1
        assert item.find(f"{ATOM}published") is None


@whatever_the_text
def test_R3_a_time_of_change_is_rfc_3339_and_not_that_of_publication(document: FeedDocument) -> None:
    for item in items_of(document):
        published = parsedate_to_datetime(str(item.findtext("pubDate")))
        times = [datetime.fromisoformat(str(one.text)) for one in item.findall(f"{ATOM}updated")]
        assert len(times) <= 1
        assert published not in times
