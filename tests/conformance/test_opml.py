"""OPML 2.0: the list of feeds that a server gives, and whether it keeps what it promises."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from tests.aggregator.running_site import RunningSite
from tests.conformance.published import strictly, subscriptions, xml_of


def test_O1_O2_it_has_a_version_a_head_and_outlines_with_text(site: RunningSite) -> None:
    opml = xml_of(site, "/feeds.opml")
    assert (opml.get("version"), [one.tag for one in opml]) == ("2.0", ["head", "body"])
    assert len(opml[1])
    assert all(outline.get("text") for outline in opml.iter("outline"))


def test_O3_every_feed_is_listed_once_as_rss(site: RunningSite) -> None:
    listed = subscriptions(site)
    addresses = [one.get("xmlUrl") for one in listed]
    assert {one.get("type") for one in listed} == {"rss"}
    assert len(addresses) == len(set(addresses))


def test_O3_every_address_of_the_list_answers_with_a_feed(site: RunningSite) -> None:
    for one in subscriptions(site):
        path = urlsplit(one.get("xmlUrl", "")).path
        answer = site.get(path)
        assert (answer.status, answer.headers.get_content_type()) == (200, "application/atom+xml")
        assert strictly(answer.body).findtext("{*}title") == one.get("title")


def test_O4_the_date_is_rfc_822_and_no_flag_is_set(site: RunningSite) -> None:
    opml = xml_of(site, "/feeds.opml")
    assert parsedate_to_datetime(opml.findtext("head/dateModified") or "").utcoffset() is not None
    assert not [one for one in opml.iter("outline") if {"isComment", "isBreakpoint"} & set(one.keys())]


def test_O5_the_media_type_is_opmls(site: RunningSite) -> None:
    assert site.get("/feeds.opml").headers["Content-Type"] == "text/x-opml; charset=utf-8"
