"""OPML 2.0, rule by rule."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.opml import MEDIA_TYPE, Group, Subscription, render
from feeds.text import one_line
from tests.conftest import CheckGolden
from tests.samples import day
from tests.strategies import anything

ALL = Subscription(
    title="Everything",
    feed_url="https://news.example.org/feeds/all.atom",
    page_url="https://news.example.org/feeds/all",
    description="All <articles>, newest first",
)
RESEARCH = Subscription(
    title="R&D",
    feed_url="https://news.example.org/topics/r-and-d.atom?a=1&b=2",
    page_url="https://news.example.org/topics/r-and-d",
)
GROUPS = (Group("Feeds", (ALL,)), Group("Topics", (RESEARCH,)), Group("Providers", ()))

subscriptions = st.builds(
    Subscription, title=anything, feed_url=anything, page_url=anything, description=anything
)
groups = st.builds(Group, anything, st.lists(subscriptions, max_size=2).map(tuple))


def outlines_of(*held: Group) -> list[etree._Element]:
    return list(etree.fromstring(render("The Harbour Wire", held, day(1))).iter("outline"))


def test_golden_list_of_feeds(check_golden: CheckGolden) -> None:
    check_golden("feeds.opml", render("The Harbour Wire", GROUPS, day(1)))


def test_O1_a_version_a_head_and_a_body_with_outlines() -> None:
    opml = etree.fromstring(render("The Harbour Wire", GROUPS, day(1)))
    assert (opml.tag, opml.get("version"), [one.tag for one in opml]) == ("opml", "2.0", ["head", "body"])
    assert [one.get("text") for one in opml[1]] == ["Feeds", "Topics"]


def test_O1_a_list_without_feeds_still_has_an_outline() -> None:
    assert [dict(one.items()) for one in outlines_of(Group("Feeds", ()))] == [{"text": "The Harbour Wire"}]


def test_O2_every_outline_has_text() -> None:
    assert all(outline.get("text") for outline in outlines_of(*GROUPS))


def test_O3_a_feed_is_of_type_rss_with_its_addresses() -> None:
    assert dict(outlines_of(*GROUPS)[1].items()) == {
        "text": "Everything",
        "title": "Everything",
        "type": "rss",
        "xmlUrl": "https://news.example.org/feeds/all.atom",
        "htmlUrl": "https://news.example.org/feeds/all",
        "description": "All <articles>, newest first",
    }


def test_O3_an_ampersand_in_an_address_is_escaped() -> None:
    assert b'xmlUrl="https://news.example.org/topics/r-and-d.atom?a=1&amp;b=2"' in render("T", GROUPS, day(1))


def test_O4_the_date_is_rfc_822() -> None:
    assert b"<dateModified>Sun, 01 Mar 2026 09:30:00 GMT</dateModified>" in render("T", GROUPS, day(1))


def test_O5_the_media_type_is_opmls() -> None:
    assert MEDIA_TYPE == "text/x-opml; charset=utf-8"


@given(anything, st.lists(groups, max_size=2))
def test_N1_any_text_gives_a_well_formed_list(title: str, held: list[Group]) -> None:
    opml = etree.fromstring(render(title, held, day(1)))
    assert (opml.findtext("head/title") or "") == one_line(title)
    assert next(opml.iter("outline")).get("text") is not None
