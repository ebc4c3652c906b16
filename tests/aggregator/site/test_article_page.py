"""The page of an article: its text, who it is by, and where it comes from; and its end."""

import pytest

from aggregator.documents.edition import Edition
from feeds.site import page_path
from tests.aggregator.site.looking import SITE, has_class, has_page, links, page, texts
from tests.aggregator.workshop import HOUR, NOON, Workshop

QUAY = "tag:news.example.org,2026:quay"
PATH = page_path(QUAY)


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.write(
        "quay",
        f"id: {QUAY}",
        "topics: [Stone]",
        "webUrl: https://pier.example/quay?from=wire",
        "originalUrl: https://pier.example/quay",
        "updatedDateTime: 2026-03-01T11:30:00Z",
        "excerpt: Built in a day.",
        "provider: {name: The Pier, domain: pier.example, authors: [{name: Ann}, {name: Bo}, {name: Cy}]}",
        "images: [{url: https://pier.example/quay.jpg, width: 80, height: 45, title: The quay, attribution: By Cy}]",
        "related: [{title: The mole, originalUrl: https://mole.example/1, publishedDateTime: 2026-01-02}]",
        "actions: [{url: https://pier.example/plan.pdf, type: download, title: The plan}]",
        body="It *stands*.\n\n# Why\n\nStone.",
    )
    workshop.refresh()
    return workshop


def test_it_shows_title_attribution_dates_excerpt_and_body(site: Workshop) -> None:
    shown = page(site, PATH)
    assert texts(shown, "//h1") == ["Quay"]
    assert texts(shown, f"//p[{has_class('attribution')}]") == ["From The Pier, by Ann, Bo and Cy"]
    assert texts(shown, "//article//time")[0] == "1 Mar 2026"
    assert texts(shown, f"//p[{has_class('lead')}]") == ["Built in a day."]
    assert texts(shown, "//em") == ["stands"]
    assert texts(shown, "//h2")[0] == "Why"


def test_it_leads_to_the_original_and_all_that_belongs_to_it(site: Workshop) -> None:
    shown = page(site, PATH)
    assert shown.xpath('//head/link[@rel="canonical"]/@href') == ["https://pier.example/quay"]
    assert links(shown) >= {
        "https://pier.example/quay?from=wire",
        "https://mole.example/1",
        "https://pier.example/plan.pdf",
        "/topics/stone",
        "/providers/pier.example",
    }
    assert "mole.example, 2 Jan 2026" in shown.text_content()


def test_an_article_that_is_read_here_stands_for_itself(site: Workshop) -> None:
    site.write("here", "id: tag:news.example.org,2026:here")
    site.refresh()
    path = page_path("tag:news.example.org,2026:here")
    assert page(site, path).xpath('//head/link[@rel="canonical"]/@href') == [SITE + path]


def test_an_article_says_when_it_was_updated_where_that_is_another_day(site: Workshop) -> None:
    assert "Updated" not in page(site, PATH).text_content()
    site.write("quay", f"id: {QUAY}", "updatedDateTime: 2026-03-05T09:00:00Z")
    site.refresh(NOON + 200 * HOUR)
    assert "Updated 5 Mar 2026" in page(site, PATH).text_content()


def test_it_shows_its_picture_with_who_made_it_unless_the_body_has_one(site: Workshop) -> None:
    shown = page(site, PATH)
    assert shown.xpath("//article//img/@alt") == ["The quay"]
    assert texts(shown, "//figcaption") == ["By Cy"]
    site.write(
        "quay",
        f"id: {QUAY}",
        "images: [{url: https://a.example/1.jpg}]",
        body="![b](https://a.example/2.jpg)",
    )
    site.refresh(NOON + HOUR)
    assert page(site, PATH).xpath("//article//img/@src") == ["https://a.example/2.jpg"]


def test_a_setting_leaves_pictures_out_of_bodies_too(site: Workshop) -> None:
    site.config_path.write_text(site.text.replace("site: {", "site: {pictures: false, "))
    site.write(
        "quay",
        f"id: {QUAY}",
        "images: [{url: https://a.example/1.jpg}]",
        body="![b](https://a.example/2.jpg)",
    )
    site.refresh(NOON + HOUR)
    assert not page(site, PATH).xpath("//article//img")


def test_a_film_plays_in_place_of_the_picture(site: Workshop) -> None:
    frame = '<iframe src="https://player.vimeo.com/video/1"></iframe>'
    site.write(
        "quay", f"id: {QUAY}", f"featuredContent: '{frame}'", "images: [{url: https://a.example/1.jpg}]"
    )
    site.refresh(NOON + HOUR)
    shown = page(site, PATH)
    assert shown.xpath("//iframe/@title") == ["Embedded from player.vimeo.com"]
    assert not shown.xpath("//article//img")


def test_it_tells_who_shares_it_what_it_is(site: Workshop) -> None:
    told = {one.get("property"): one.get("content") for one in page(site, PATH).xpath("//head/meta")}
    assert (told["og:type"], told["og:title"]) == ("article", "Quay")
    assert told["article:published_time"] == "2026-03-01T09:00:00+00:00"


def test_C6_a_withdrawn_article_is_gone_and_not_in_the_tree(site: Workshop) -> None:
    site.write("quay", f"id: {QUAY}", "removed: true")
    site.refresh(NOON + HOUR)
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        draft = wiring.families[1].find(PATH, snapshot)
        assert draft is not None
        edition = draft.make()
        assert isinstance(edition, Edition)
        assert (edition.is_gone, edition.body) == (True, b"")
        assert PATH not in set(wiring.tree[1].paths(snapshot))


def test_an_article_that_never_was_public_has_no_page(site: Workshop) -> None:
    site.write("secret", "id: tag:news.example.org,2026:secret", "published: false")
    site.write("later", "id: tag:news.example.org,2026:later", "publishedDateTime: 2027-01-01")
    site.refresh(NOON + HOUR)
    assert not has_page(site, page_path("tag:news.example.org,2026:secret"))
    assert not has_page(site, page_path("tag:news.example.org,2026:later"))


def test_addresses_that_differ_from_an_articles_lead_nowhere(site: Workshop) -> None:
    last = format(int(PATH[-1], 16) ^ 1, "x")  # the same key, which leaves the last bit out
    for path in (
        PATH[:-1] + last,
        "/articles/short",
        "/articles/zzzzzzzzzzzzzzzz",
        "/articles/0123456789abcdef",
    ):
        assert not has_page(site, path)
    site.delete("quay")
    site.refresh(NOON + HOUR)
    assert has_page(site, PATH)
    assert not has_page(site, PATH[:-1] + last)
