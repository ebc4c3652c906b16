"""The page of a feed: how to subscribe to it, and its articles, page after page."""

from datetime import timedelta

import pytest
from lxml import html

from aggregator.site.feed_page import PAGE_SIZE
from tests.aggregator.site.looking import SITE, alternates, has_class, has_page, links, page, texts
from tests.aggregator.workshop import HOUR, NOON, Workshop

PICTURE = "images: [{url: https://pier.example/ferry.jpg, width: 800, height: 450, title: The ferry}]"


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure("feeds: [{id: boats, title: Of boats & ships, where: {topics: [Boats]}}]\n")
    workshop.write(
        "ferry",
        "topics: [Boats, Low Tide]",
        "webUrl: https://pier.example/ferry",
        "provider: {name: The Pier, domain: pier.example}",
        "excerpt: It floats & moves.",
        PICTURE,
        title="A <ferry> & more",
    )
    workshop.refresh()
    return workshop


def card(site: Workshop, path: str = "/feeds/boats") -> html.HtmlElement:
    (only,) = page(site, path).xpath("//main//article")
    return only


def test_AD1_a_feeds_page_names_its_own_documents_in_its_head(site: Workshop) -> None:
    assert alternates(page(site, "/topics/boats")) == [
        ("application/atom+xml", f"{SITE}/topics/boats.atom"),
        ("application/rss+xml", f"{SITE}/topics/boats.rss"),
        ("application/feed+json", f"{SITE}/topics/boats.json"),
    ]


def test_it_says_how_to_subscribe_in_every_way_there_is(site: Workshop) -> None:
    shown = page(site, "/feeds/boats")
    addresses = {f"{SITE}/feeds/boats.{suffix}" for suffix in ("rss", "atom", "json")}
    assert {f"feed:{SITE}/feeds/boats.atom", "/subscribe", *addresses} <= links(shown)
    (field,) = shown.xpath('//input[@id="feed-address"]')
    assert (field.get("value"), field.get("readonly")) == (f"{SITE}/feeds/boats.atom", "readonly")
    (button,) = shown.xpath("//button[@data-copy]")
    assert (button.get("data-copy"), button.get("hidden")) == ("feed-address", "")


def test_E14_it_can_say_what_a_feed_is_to_who_was_sent_there(site: Workshop) -> None:
    (line,) = page(site, "/feeds/boats").xpath('//*[@id="what-is-a-feed"]')
    assert "You opened the address of a feed." in line.text_content()


def test_a_card_tells_title_provider_time_topics_and_excerpt(site: Workshop) -> None:
    one = card(site)
    assert texts(one, ".//h2/a") == ["A <ferry> & more"]
    assert one.xpath('.//a[@href="/providers/pier.example"]/text()') == ["The Pier"]
    assert texts(one, ".//time") == ["1 Mar 2026"]
    assert one.xpath(".//time/@datetime") == ["2026-03-01T09:00:00+00:00"]
    topics = one.xpath(f".//ul[{has_class('topics')}]//a")
    assert [link.get("href") for link in topics] == ["/topics/boats", "/topics/low-tide"]
    assert texts(one, f".//p[{has_class('excerpt')}]") == ["It floats & moves."]
    assert "https://pier.example/ferry" in one.xpath(".//a/@href")


def test_a_cards_picture_comes_late_without_referrer_and_moves_nothing(site: Workshop) -> None:
    (image,) = card(site).xpath(".//img")
    assert dict(image.attrib) == {
        "src": "https://pier.example/ferry.jpg",
        "alt": "",
        "width": "800",
        "height": "450",
        "loading": "lazy",
        "decoding": "async",
        "referrerpolicy": "no-referrer",
    }


def test_a_setting_leaves_pictures_out(site: Workshop) -> None:
    site.config_path.write_text(site.text.replace("site: {", "site: {pictures: false, "))
    assert b"ferry.jpg" not in site.document("/feeds/boats")
    assert b"ferry.jpg" not in site.document("/")
    assert b"ferry.jpg" in site.document("/feeds/boats.atom")


def test_a_logo_is_no_picture_of_an_article(site: Workshop) -> None:
    site.write("ferry", "topics: [Boats]", "images: [{url: https://pier.example/logo.png, width: 50}]")
    site.refresh()
    assert not card(site).xpath(".//img")


def test_an_article_says_what_else_it_is_and_how_long_it_takes(site: Workshop) -> None:
    site.write("film", "topics: [Films]", "type: video", "length: PT1H2M3S")
    site.write("clip", "topics: [Clips]", "type: video", "length: PT62S")
    site.refresh()
    assert "Video 1:02:03" in card(site, "/topics/films").text_content()
    assert "Video 1:02" in card(site, "/topics/clips").text_content()


def test_an_article_in_another_language_is_marked_as_such(site: Workshop) -> None:
    site.write("harbour", "topics: [Ports]", "locale: ar", title="مرفأ")
    site.refresh()
    (text,) = card(site, "/topics/ports").xpath("./div")
    assert (text.get("lang"), text.get("dir")) == ("ar", "rtl")


def test_a_topic_below_the_threshold_has_no_link(site: Workshop) -> None:
    site.configure("topics: {min_articles: 2}\n")
    assert card(site, "/feeds/all").xpath(f".//ul[{has_class('topics')}]//a") == []
    before = site.document("/feeds/all")
    site.write("tug", "topics: [Boats]", "publishedDateTime: 2026-02-01")
    site.refresh(NOON + HOUR)
    assert before != site.document("/feeds/all")
    assert "/topics/boats" in links(page(site, "/feeds/all"))


def test_a_feed_without_entries_says_so(site: Workshop) -> None:
    site.delete("ferry")
    site.refresh(NOON + HOUR)
    assert "Nothing yet." in page(site, "/feeds/boats").text_content()


def test_it_tells_who_shares_it_what_it_is(site: Workshop) -> None:
    told = {
        one.get("property"): one.get("content") for one in page(site, "/feeds/boats").xpath("//head/meta")
    }
    assert told["og:title"] == "Of boats & ships"
    assert told["og:site_name"] == "The Harbour Wire"
    assert told["og:url"] == f"{SITE}/feeds/boats"
    assert told["og:image"] == "https://pier.example/ferry.jpg"


# Page after page


@pytest.fixture
def archive(workshop: Workshop) -> Workshop:
    workshop.configure("""
        feeds:
          - {id: best, title: Best, order: best, limit: 35}
          - {id: short, title: Short, limit: 5}
        """)
    for number in range(2 * PAGE_SIZE + 1):
        when = NOON - timedelta(hours=number)
        workshop.write(f"n{number}", f"publishedDateTime: {when.isoformat()}", f"quality: {number}")
    workshop.refresh()
    return workshop


def titles(site: Workshop, path: str) -> list[str]:
    return texts(page(site, path), "//main//article//h2")


def test_its_pages_hold_everything_that_ever_fitted_whatever_its_limit(archive: Workshop) -> None:
    turned = [*titles(archive, "/feeds/short"), *titles(archive, "/feeds/short/page/2")]
    turned += titles(archive, "/feeds/short/page/3")
    assert turned == [f"N{number}" for number in range(2 * PAGE_SIZE + 1)]


def test_pages_lead_to_those_around_them(archive: Workshop) -> None:
    first, second, third = (page(archive, f"/feeds/all{end}") for end in ("", "/page/2", "/page/3"))
    assert first.xpath('//nav[@aria-label="Pages"]/a/@href') == ["/feeds/all/page/2"]
    assert second.xpath('//nav[@aria-label="Pages"]/a/@href') == ["/feeds/all", "/feeds/all/page/3"]
    assert third.xpath('//nav[@aria-label="Pages"]/a/@href') == ["/feeds/all/page/2"]
    assert second.xpath('//head/link[@rel="prev" or @rel="next"]/@href') == [
        f"{SITE}/feeds/all",
        f"{SITE}/feeds/all/page/3",
    ]
    assert "page 2" in texts(second, "//title")[0]


def test_a_ranking_has_as_many_pages_as_it_shows(archive: Workshop) -> None:
    assert len(titles(archive, "/feeds/best")) == PAGE_SIZE
    assert len(titles(archive, "/feeds/best/page/2")) == 5


@pytest.mark.parametrize(
    "end", ["/page/4", "/page/1", "/page/0", "/page/02", "/page/x", "/page", "/page/9999999"]
)
def test_there_are_no_other_pages(archive: Workshop, end: str) -> None:
    assert not has_page(archive, f"/feeds/all{end}")


def test_a_page_is_the_same_document_until_something_on_it_changes(archive: Workshop) -> None:
    def fingerprint(path: str) -> str:
        with archive.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
            draft = wiring.families[1].find(path, snapshot)
            assert draft is not None
            return draft.fingerprint

    first, second = fingerprint("/feeds/all"), fingerprint("/feeds/all/page/2")
    archive.write("n40", f"publishedDateTime: {(NOON - 40 * HOUR).isoformat()}", title="Edited")
    archive.refresh(NOON + HOUR)
    assert fingerprint("/feeds/all") == first
    assert fingerprint("/feeds/all/page/2") != second
