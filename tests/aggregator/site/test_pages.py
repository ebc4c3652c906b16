"""The pages for people: what each shows, where it leads, and what it must not show."""

import pytest
from lxml import html

from tests.aggregator.workshop import HOUR, NOON, Workshop

SITE = "https://news.example.org"


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure("feeds: [{id: boats, title: Of boats & ships, where: {topics: [Boats]}}]\n")
    workshop.write("ferry", "topics: [Boats]", "webUrl: https://pier.example/ferry", title="A <ferry> & more")
    workshop.write("quay", "topics: [Stone]", body="It *stands*.")
    workshop.write("hidden", "published: false", "topics: [Secret]", title="Never seen")
    workshop.refresh()
    return workshop


def page(site: Workshop, path: str) -> html.HtmlElement:
    return html.document_fromstring(site.document(path).decode())


def links(found: html.HtmlElement) -> set[str]:
    return {str(link) for link in found.xpath("//a/@href")}


def test_the_home_page_lists_every_feed_in_every_format(site: Workshop) -> None:
    found = links(page(site, "/"))
    for stem in ("/feeds/all", "/feeds/boats", "/topics/boats", "/topics/stone"):
        assert {f"{SITE}{stem}", *(f"{SITE}{stem}.{suffix}" for suffix in ("rss", "atom", "json"))} <= found
    assert f"{SITE}/feeds.opml" in found


def test_AD1_a_feeds_page_names_its_own_documents_in_its_head(site: Workshop) -> None:
    alternates = page(site, "/topics/boats").xpath('/html/head/link[@rel="alternate"]')
    assert [(link.get("type"), link.get("href")) for link in alternates] == [
        ("application/atom+xml", f"{SITE}/topics/boats.atom"),
        ("application/rss+xml", f"{SITE}/topics/boats.rss"),
        ("application/feed+json", f"{SITE}/topics/boats.json"),
    ]


def test_AD2_titles_tell_the_documents_apart(site: Workshop) -> None:
    titles = page(site, "/").xpath('/html/head/link[@rel="alternate"]/@title')
    assert titles == ["The Harbour Wire (Atom)", "The Harbour Wire (RSS)", "The Harbour Wire (JSON Feed)"]


def test_a_feeds_page_shows_its_entries(site: Workshop) -> None:
    found = page(site, "/feeds/boats")
    assert found.xpath("//h1/text()") == ["Of boats & ships"]
    assert found.xpath("//article/h2/a/text()") == ["A <ferry> & more"]
    assert "https://pier.example/ferry" in links(found)


def test_a_feed_without_entries_says_so(site: Workshop) -> None:
    site.delete("ferry")
    site.refresh(NOON + HOUR)
    assert "Nothing yet." in page(site, "/feeds/boats").text_content()


@pytest.mark.parametrize("kind", ["topics", "providers", "categories"])
def test_every_kind_of_name_has_a_list(site: Workshop, kind: str) -> None:
    assert page(site, f"/{kind}").xpath("//h1/text()") == [kind.capitalize()]


def test_an_article_that_is_read_here_has_a_page(site: Workshop) -> None:
    (path,) = (link.removeprefix(SITE) for link in links(page(site, "/feeds/all")) if "/articles/" in link)
    found = page(site, path)
    assert found.xpath("//h1/text()") == ["Quay"]
    assert found.xpath("//em/text()") == ["stands"]


def test_27_nothing_unpublished_is_on_any_page(site: Workshop) -> None:
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        pages = wiring.families[1]
        drafts = [pages.find(path, snapshot) for path in pages.paths(snapshot)]
        shown = b"".join(draft.make().body for draft in drafts if draft is not None)
    assert b"Quay" in shown
    assert b"Never seen" not in shown
    assert b"Secret" not in shown


def test_no_page_is_made_for_addresses_that_lead_nowhere(site: Workshop) -> None:
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        pages = wiring.families[1]
        for path in (
            "/topics/nothing",
            "/articles/0123456789abcdef",
            "/articles/short",
            "/articles/zzzzzzzzzzzzzzzz",
            "/nowhere",
        ):
            assert pages.find(path, snapshot) is None


def test_lists_that_are_switched_off_are_not_there(site: Workshop) -> None:
    site.configure("topics: false\n")
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        assert wiring.families[1].find("/topics", snapshot) is None


def test_a_page_stays_the_same_while_nothing_of_it_changes(site: Workshop) -> None:
    assert site.document("/") == site.document("/")
