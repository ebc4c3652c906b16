"""The home page, and how to subscribe: what the site is, its feeds, what is new, who and what was busiest."""

from datetime import timedelta

import pytest

from tests.aggregator.site.looking import SITE, alternates, has_class, links, page, texts
from tests.aggregator.workshop import NOON, Workshop

FORMATS = ("atom", "rss", "json")


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure(
        "feeds: [{id: boats, title: Of boats & ships, description: Afloat, where: {topics: [Boats]}}]\n"
    )
    workshop.write("ferry", "topics: [Boats]", title="A <ferry> & more")
    workshop.write("quay", "topics: [Stone]", "provider: {name: The Pier, domain: pier.example}")
    workshop.refresh()
    return workshop


def test_every_configured_feed_has_its_line_and_all_its_formats(site: Workshop) -> None:
    home = page(site, "/")
    feeds = home.xpath(f"//ul[{has_class('feeds')}]")[0]
    assert texts(feeds, "./li/h3") == ["The Harbour Wire", "Of boats & ships"]
    assert "Afloat" in texts(feeds, "./li/p")
    for stem in ("/feeds/all", "/feeds/boats"):
        assert {stem, *(f"{SITE}{stem}.{suffix}" for suffix in FORMATS)} <= links(home)


def test_the_newest_articles_are_there_with_links_to_their_pages(site: Workshop) -> None:
    newest = page(site, "/").xpath('//section[@aria-labelledby="newest"]')[0]
    assert set(texts(newest, ".//h3")) == {"A <ferry> & more", "Quay"}
    assert all(link.startswith("/articles/") for link in newest.xpath(".//h3/a/@href"))


def test_articles_on_one_story_are_one_card(site: Workshop) -> None:
    for name in ("one", "two"):
        site.write(name, f"id: tag:a.example,2026:{name}", title="The bridge over the harbour opens at last")
    site.refresh()
    newest = page(site, "/").xpath('//section[@aria-labelledby="newest"]')[0]
    assert len(texts(newest, ".//h3")) == 3
    assert texts(newest, ".//summary") == ["Also covered by 1 other"]


@pytest.mark.parametrize(("kind", "name"), [("topics", "Boats"), ("providers", "The Pier")])
def test_the_busiest_names_have_a_chart_of_their_weeks(site: Workshop, kind: str, name: str) -> None:
    section = page(site, "/").xpath(f'//section[@aria-labelledby="busy-{kind}"]')[0]
    assert name in texts(section, ".//li/a")
    assert "1 article" in texts(section, ".//li/span")
    assert section.xpath(".//svg/path/@d")
    assert "in the 26 weeks to 1 Mar 2026" in section.text_content()


def test_names_that_are_switched_off_are_neither_busy_nor_in_the_navigation(site: Workshop) -> None:
    site.configure("topics: false\n")
    site.refresh()
    home = page(site, "/")
    assert "/topics" not in links(home)
    assert not home.xpath('//section[@aria-labelledby="busy-topics"]')


def test_a_page_says_the_same_however_late_it_is_made(site: Workshop) -> None:
    before = site.document("/")
    site.refresh(NOON + timedelta(days=400))
    assert site.document("/") == before


def test_an_empty_site_says_so(workshop: Workshop) -> None:
    workshop.configure()
    workshop.refresh()
    assert "Nothing yet." in page(workshop, "/").text_content()


def test_AD1_the_home_page_names_the_feed_of_everything(site: Workshop) -> None:
    assert alternates(page(site, "/")) == [
        ("application/atom+xml", f"{SITE}/feeds/all.atom"),
        ("application/rss+xml", f"{SITE}/feeds/all.rss"),
        ("application/feed+json", f"{SITE}/feeds/all.json"),
    ]


def test_AD2_titles_tell_the_documents_apart(site: Workshop) -> None:
    titles = page(site, "/").xpath('/html/head/link[@rel="alternate"]/@title')
    assert titles == ["The Harbour Wire (Atom)", "The Harbour Wire (RSS)", "The Harbour Wire (JSON Feed)"]


def test_how_to_subscribe_names_every_feed_by_its_whole_address(site: Workshop) -> None:
    told = page(site, "/subscribe")
    assert texts(told, "//code") == [f"{SITE}/feeds/all.atom", f"{SITE}/feeds/boats.atom"]
    assert "/feeds.opml" in links(told)


def test_every_page_has_its_landmarks_and_a_way_past_them(site: Workshop) -> None:
    home = page(site, "/")
    assert home.xpath("/html/body/a/@href")[0] == "#main"
    assert len(home.xpath("/html/body/header | /html/body/main[@id='main'] | /html/body/footer")) == 3
    assert [form.get("role") for form in home.xpath("//header//form")] == ["search"]


@pytest.mark.parametrize("path", ["/", "/subscribe", "/feeds/boats", "/topics"])
def test_nothing_in_a_page_is_inline_or_from_elsewhere(site: Workshop, path: str) -> None:
    shown = page(site, path)
    assert not shown.xpath("//style | //script[not(@src)] | //@style | //@onclick")
    loaded = shown.xpath("//script/@src | //link[@rel='stylesheet']/@href | //link[@rel='icon']/@href")
    assert [address.partition("?")[0] for address in loaded] == [
        "/static/site.css",
        "/static/icon.svg",
        "/static/site.js",
    ]


def test_links_keep_the_path_below_which_the_site_lies(site: Workshop) -> None:
    site.config_path.write_text(site.text.replace("https://news.example.org", "https://example.org/wire"))
    site.refresh()
    home = page(site, "/")
    inner = {link for link in links(home) if link.startswith("/")}
    assert all(link.startswith("/wire/") for link in inner)
    assert home.xpath("//header//form/@action") == ["/wire/search"]
