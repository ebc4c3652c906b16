"""Autodiscovery: the feeds that a page for people names to programs."""

from urllib.parse import urlsplit

from lxml import etree

from tests.aggregator.running_site import RunningSite
from tests.conformance.published import subscriptions

TYPES = ["application/atom+xml", "application/rss+xml", "application/feed+json"]


def page_of(site: RunningSite, path: str) -> etree._Element:
    answer = site.get(path)
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
    return etree.fromstring(answer.body, etree.HTMLParser(encoding="utf-8"))


def alternates(page: etree._Element) -> list[etree._Element]:
    return [link for link in page.iter("link") if link.get("rel") == "alternate"]


def page_paths(site: RunningSite) -> list[str]:
    return ["/", *(urlsplit(one.get("htmlUrl", "")).path for one in subscriptions(site))]


def test_AD1_links_stand_in_the_head_alone(site: RunningSite) -> None:
    for path in page_paths(site):
        page = page_of(site, path)
        head = page.find("head")
        assert head is not None
        assert alternates(page) == alternates(head)


def test_AD1_a_page_names_its_own_feed_first_and_no_other(site: RunningSite) -> None:
    for path in page_paths(site):
        stem = "/feeds/all" if path == "/" else path
        assert [one.get("href") for one in alternates(page_of(site, path))] == [
            f"https://news.example.org{stem}{suffix}" for suffix in (".atom", ".rss", ".json")
        ]


def test_AD1_no_base_leads_the_links_astray(site: RunningSite) -> None:
    for path in page_paths(site):
        assert page_of(site, path).find(".//base") is None


def test_AD1_every_link_answers_with_the_type_that_it_names(site: RunningSite) -> None:
    for path in page_paths(site):
        for link in alternates(page_of(site, path)):
            answer = site.get(urlsplit(link.get("href", "")).path)
            assert (answer.status, answer.headers.get_content_type()) == (200, link.get("type"))


def test_AD2_types_are_those_of_the_formats_and_titles_tell_them_apart(site: RunningSite) -> None:
    for path in page_paths(site):
        links = alternates(page_of(site, path))
        assert [link.get("type") for link in links] == TYPES
        assert len({link.get("title") for link in links}) == len(TYPES)
