"""RSS 2.0, rule by rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from feeds.article import Article, Author
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
    LONG,
    PLAIN,
    SIGNS,
    SITE,
    definition_of,
)

RSS = FORMATS["rss"]
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
ATOM_UPDATED = "{http://www.w3.org/2005/Atom}updated"
FULL = compose(DEFINITION, ARTICLES, SITE, None)


def rss_of(document: FeedDocument = FULL) -> etree._Element:
    return etree.fromstring(RSS.render(document))


def channel_of(document: FeedDocument = FULL) -> etree._Element:
    return rss_of(document)[0]


def item_of(article: Article, content: Content = Content.FULL) -> etree._Element:
    return next(rss_of(compose(definition_of(content), [article], SITE, None)).iter("item"))


def child(parent: etree._Element, tag: str) -> etree._Element:
    (found,) = parent.findall(tag)
    return found


def texts(parent: etree._Element, tag: str) -> list[str | None]:
    return [element.text for element in parent.findall(tag)]


def test_R1_one_channel_with_title_link_and_description() -> None:
    rss = rss_of()
    assert (rss.tag, rss.get("version"), [one.tag for one in rss]) == ("rss", "2.0", ["channel"])
    assert texts(rss[0], "title") == [DEFINITION.title]
    assert texts(rss[0], "link") == ["https://news.example.org/feeds/best-of-boats"]
    assert texts(rss[0], "description") == [DEFINITION.description]


def test_R1_a_feed_without_a_description_is_described_by_its_title() -> None:
    assert texts(channel_of(replace(FULL, description="")), "description") == [DEFINITION.title]


@pytest.mark.parametrize("content", Content)
def test_R2_every_item_has_a_title_and_a_description(content: Content) -> None:
    for item in rss_of(compose(definition_of(content), ARTICLES, SITE, None)).iter("item"):
        assert child(item, "title").text
        assert child(item, "description").text


def test_R3_dates_are_rfc_822_with_four_digits_of_year() -> None:
    assert texts(item_of(ARTICLES[-1]), "pubDate") == ["Sun, 01 Mar 2026 09:30:00 GMT"]
    assert texts(channel_of(), "lastBuildDate") == ["Fri, 13 Mar 2026 09:30:00 GMT"]


def test_R3_an_item_that_changed_says_when_in_atoms_word() -> None:
    moved = replace(PLAIN, updated=PLAIN.published + timedelta(hours=1))
    assert texts(item_of(moved), ATOM_UPDATED) == ["2026-03-01T10:30:00+00:00"]
    assert feedparser.parse(RSS.render(compose(DEFINITION, [moved], SITE, None))).entries[0].updated_parsed[
        3:5
    ] == (10, 30)


@pytest.mark.parametrize("updated", [None, PLAIN.published, PLAIN.published + timedelta(milliseconds=1)])
def test_R3_an_item_that_never_changed_has_one_date(updated: datetime | None) -> None:
    assert texts(item_of(replace(PLAIN, updated=updated)), ATOM_UPDATED) == []


def test_R3_a_channels_date_is_that_of_its_newest_item() -> None:
    (date,) = texts(channel_of(), "pubDate")
    assert parsedate_to_datetime(str(date)) == max(entry.published for entry in FULL.entries)


def test_R3_a_channel_without_items_was_never_published() -> None:
    assert texts(channel_of(compose(DEFINITION, [], SITE, None)), "pubDate") == []


def test_R4_every_link_is_an_absolute_uri() -> None:
    rss = rss_of()
    links = [element.text or "" for tag in ("link", "url") for element in rss.iter(tag)]
    links += [element.get("url", "") for element in rss.iter("enclosure", "source", f"{MEDIA}content")]
    assert all(link.isascii() and urlsplit(link).scheme == "https" for link in links)


def test_R5_every_item_has_one_guid_of_its_own() -> None:
    guids = [child(item, "guid").text for item in rss_of().iter("item")]
    assert len(set(guids)) == len(guids) == len(ARTICLES)


@pytest.mark.parametrize(
    ("article", "permanent"), [(PLAIN, "true"), (ELSEWHERE, "false"), (BARE, "false"), (GERMAN, "false")]
)
def test_R5_a_guid_is_a_permanent_link_only_where_it_is_the_link(article: Article, permanent: str) -> None:
    guid = child(item_of(article), "guid")
    assert (guid.text, guid.get("isPermaLink")) == (article.id, permanent)


def test_R5_an_identity_that_is_no_web_address_is_no_permanent_link() -> None:
    document = compose(DEFINITION, [BARE], SITE, None)
    entry = replace(document.entries[0], link=BARE.id)
    assert (
        child(next(rss_of(replace(document, entries=(entry,))).iter("item")), "guid").get("isPermaLink")
        == "false"
    )


def test_R6_E9_an_enclosure_has_url_length_and_type() -> None:
    assert dict(child(item_of(FILM), "enclosure").items()) == {
        "url": "https://film.example/launch.mp4",
        "length": "12345678",
        "type": "video/mp4",
    }


def test_R6_E9_of_several_files_the_first_is_the_enclosure() -> None:
    assert len(item_of(FILM).findall("enclosure")) == 1


def test_R6_E9_an_unknown_length_is_0() -> None:
    assert child(item_of(HANDBOOK), "enclosure").get("length") == "0"


def test_R7_authors_are_creators_and_never_author() -> None:
    item = item_of(PLAIN)
    assert texts(item, f"{DC}creator") == ["Ada Tide", "Ben Ebb"]
    assert item.find("author") is None


def test_R7_the_editor_is_an_address_with_a_name() -> None:
    assert texts(channel_of(), "managingEditor") == ["desk@example.org (The desk)"]


def test_R7_an_editor_without_an_address_is_not_named() -> None:
    assert texts(channel_of(replace(FULL, authors=(Author(name="The desk"),))), "managingEditor") == []


def test_R8_ttl_is_told_in_minutes_only_where_it_is_known() -> None:
    assert texts(channel_of(), "ttl") == []
    assert texts(channel_of(replace(FULL, ttl_minutes=15)), "ttl") == ["15"]


def test_R9_the_self_link_is_the_canonical_address() -> None:
    assert dict(child(channel_of(), ATOM_LINK).items()) == {
        "href": "https://news.example.org/feeds/best-of-boats.rss",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_R10_E8_plain_text_writes_markup_as_hexadecimal_references() -> None:
    data = RSS.render(compose(DEFINITION, [SIGNS, PLAIN], SITE, None))
    for written in (
        b"<title>AT&#x26;T, &#x3C;b&#x3E; and 1 &#x3E; 0: signs that stay</title>",
        b"<title>The best of boats &#x26; ships</title>",
        b"<description>Everything &#x3C;afloat&#x3E;, and what keeps it so</description>",
        b">R&#x26;D</category>",
        b"<media:credit>Photo: C. Gull &#x26; sons</media:credit>",
    ):
        assert written in data


def test_R10_a_title_is_read_back_as_it_was_written() -> None:
    assert texts(item_of(SIGNS), "title") == [SIGNS.title]
    assert (
        feedparser.parse(RSS.render(compose(DEFINITION, [SIGNS], SITE, None))).entries[0].title == SIGNS.title
    )


def test_R11_E8_the_description_is_an_escaped_excerpt_before_the_full_content() -> None:
    item = item_of(SIGNS)
    assert texts(item, "description") == ["Fish &amp; chips &lt; 5 €, it's said."]
    tags = [element.tag for element in item]
    assert tags.index("description") < tags.index(ENCODED)


def test_R11_fault_12_cdata_ends_and_entities_survive_in_the_content() -> None:
    assert texts(item_of(SIGNS), ENCODED) == [SIGNS.body]


def test_R11_without_an_excerpt_the_description_is_the_content() -> None:
    item = item_of(LONG)
    assert str(child(item, "description").text).startswith("<h2>The keel</h2>")
    assert item.find(ENCODED) is None


def test_R12_a_republished_item_names_its_source() -> None:
    source = child(item_of(PLAIN), "source")
    assert (source.text, source.get("url")) == ("The Pier Post", "https://pierpost.example/")


def test_R13_E8_the_image_is_titled_and_linked_as_its_channel() -> None:
    channel = channel_of()
    image = child(channel, "image")
    assert texts(image, "url") == [SITE.icon]
    assert texts(image, "title") == texts(channel, "title")
    assert texts(image, "link") == texts(channel, "link")


def test_R13_a_wide_picture_goes_before_a_square_one() -> None:
    logo = "https://news.example.org/logo.png"
    assert texts(child(channel_of(replace(FULL, logo=logo)), "image"), "url") == [logo]


def test_R13_a_site_without_an_icon_has_no_image() -> None:
    assert channel_of(replace(FULL, icon=None)).find("image") is None


def test_E8_items_come_after_everything_else_in_the_channel() -> None:
    tags = [element.tag for element in channel_of()]
    assert set(tags[tags.index("item") :]) == {"item"}


def test_E8_what_is_not_known_is_not_said() -> None:
    channel = channel_of(replace(FULL, language=None, rights=None))
    assert channel.find("language") is None
    assert channel.find("copyright") is None


def test_categories_carry_their_scheme() -> None:
    assert [(one.text, one.get("domain")) for one in item_of(PLAIN).iter("category")] == [
        ("Ferries", "https://news.example.org/topics"),
        ("R&D", "https://news.example.org/topics"),
        ("news", "https://news.example.org/categories"),
    ]


def test_N2_an_item_names_its_language_where_it_is_not_the_channels() -> None:
    assert texts(item_of(GERMAN), f"{DC}language") == ["de"]
    assert texts(item_of(PLAIN), f"{DC}language") == []


def test_N2_a_right_to_left_description_says_its_direction() -> None:
    assert texts(item_of(ARABIC), "description") == ['<div dir="rtl">خبر قصير.</div>']


def test_MR1_MR2_MR5_pictures_are_media_with_title_and_credit() -> None:
    first, second = item_of(PLAIN).findall(f"{MEDIA}content")
    assert dict(first.items()) == {
        "url": "https://img.example/ferry.jpg?w=800&h=600",
        "type": "image/jpeg",
        "medium": "image",
        "width": "800",
        "height": "600",
    }
    assert [(one.tag, one.text) for one in first] == [
        (f"{MEDIA}title", 'A ferry, "waiting"'),
        (f"{MEDIA}credit", "Photo: C. Gull & sons"),
    ]
    assert first[0].get("type") == "plain"
    assert second.get("medium") == "image"


def test_MR2_a_file_is_media_with_whole_seconds_and_bytes() -> None:
    first, second = item_of(FILM).findall(f"{MEDIA}content")
    assert dict(first.items()) == {
        "url": "https://film.example/launch.mp4",
        "fileSize": "12345678",
        "type": "video/mp4",
        "medium": "video",
        "duration": "95",
    }
    assert "fileSize" not in second.attrib


def test_MR2_a_file_of_no_known_medium_names_none() -> None:
    assert child(item_of(HANDBOOK), f"{MEDIA}content").get("medium") is None


def test_MR3_the_first_picture_is_the_thumbnail() -> None:
    assert (
        child(item_of(PLAIN), f"{MEDIA}thumbnail").get("url") == "https://img.example/ferry.jpg?w=800&h=600"
    )


def test_DC3_no_item_has_a_second_kind_of_date() -> None:
    assert next(rss_of().iter(f"{DC}date"), None) is None
