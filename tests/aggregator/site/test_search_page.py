"""The search page: what is found, marked; by what it can be narrowed; and its feed."""

from datetime import timedelta

import pytest
from lxml import html

from aggregator.errors import SearchRequestError
from aggregator.site.search_page import MOST_PAGES, PAGE_SIZE, SearchPages
from tests.aggregator.site.looking import SITE, alternates, found, has_class, links, texts
from tests.aggregator.workshop import HOUR, NOON, Workshop


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.write(
        "ferry", "topics: [Boats, Ärger]", "type: video", title="The ferry & the tide", body="It floats."
    )
    workshop.write(
        "quay",
        "topics: [Stone]",
        "provider: {name: The Pier, domain: pier.example}",
        "publishedDateTime: 2024-05-01",
        "type: article",
        "excerpt: Nothing to see.",
        body="The *tide* comes <b>in</b> at noon. Café.",
    )
    workshop.refresh()
    return workshop


def titles(shown: html.HtmlElement) -> list[str]:
    return texts(shown, "//article//h3")


def facet(shown: html.HtmlElement, title: str) -> dict[str, tuple[str, str]]:
    """Give the options of a facet: label to count and address."""
    (heading,) = [one for one in shown.xpath(f"//div[{has_class('facets')}]/h2") if one.text == title]
    items = heading.getnext().xpath("./li")
    return {
        one.xpath("string(./a)"): (one.xpath("string(./span)"), one.xpath("string(./a/@href)"))
        for one in items
    }


def test_what_was_searched_for_is_marked_in_title_and_text(site: Workshop) -> None:
    shown = found(site, "q=TIDE")
    assert titles(shown) == ["The ferry & the tide", "Quay"]
    assert texts(shown, "//h3//mark") == ["tide"]
    assert texts(shown, f"//p[{has_class('excerpt')}]/mark") == ["tide"]
    assert "The tide comes in at noon" in shown.text_content()


def test_marks_do_not_mind_accents(site: Workshop) -> None:
    assert texts(found(site, "q=cafe"), "//mark") == ["Café"]


def test_without_words_it_finds_everything_and_marks_nothing(site: Workshop) -> None:
    shown = found(site, "")
    assert len(titles(shown)) == 2
    assert not shown.xpath("//mark")
    assert texts(shown, '//*[@role="status"]') == ["2 articles"]


def test_what_finds_nothing_says_so(site: Workshop) -> None:
    assert "Nothing was found." in found(site, "q=zeppelin").text_content()


def test_every_facet_counts_what_it_would_leave(site: Workshop) -> None:
    shown = found(site, "q=tide")
    assert facet(shown, "Topic")["Stone"] == ("1", "/search?q=tide&topic=stone")
    assert facet(shown, "Provider") == {"The Pier": ("1", "/search?q=tide&provider=pier.example")}
    assert facet(shown, "Type")["Video"] == ("1", "/search?q=tide&type=video")
    assert facet(shown, "Time")["Last week"] == ("1", "/search?q=tide&max_age=7d")
    assert facet(shown, "Time")["Since 2024"] == ("2", "/search?q=tide&since=2024-01-01")


def test_a_chosen_option_can_be_taken_back_though_it_leaves_nothing(site: Workshop) -> None:
    shown = found(site, "q=zeppelin&topic=Stone&topic=none&provider=gone.example&type=opera&since=2026-01-01")
    chosen = texts(shown, "//a[@aria-current='true']")
    assert set(chosen) == {"Stone", "none", "gone.example", "Opera", "Since 2026"}
    assert "topic=stone" not in facet(shown, "Topic")["Stone"][1]


def test_one_time_takes_the_place_of_another(site: Workshop) -> None:
    shown = found(site, "max_age=30d")
    assert facet(shown, "Time")["Since 2024"][1] == "/search?since=2024-01-01"
    assert facet(shown, "Time")["Last month"][1] == "/search"


def test_nothing_more_can_be_chosen_than_a_search_may_ask(site: Workshop) -> None:
    many = "&".join(f"topic=t{number}" for number in range(10))
    assert "Stone" not in facet(found(site, many), "Topic")


def test_a_search_can_be_subscribed_to(site: Workshop) -> None:
    shown = found(site, "q=Tide&topic=Stone")
    assert "Subscribe to this search" in texts(shown, "//summary")
    assert f"feed:{SITE}/search.atom?q=tide&topic=stone" in links(shown)
    assert shown.xpath('//input[@id="feed-address"]/@value') == [f"{SITE}/search.atom?q=tide&topic=stone"]
    assert alternates(shown)[0] == ("application/atom+xml", f"{SITE}/search.atom?q=tide&topic=stone")


def test_the_form_keeps_what_was_asked(site: Workshop) -> None:
    shown = found(site, 'q="low tide" -x&order=best&topic=Stone')
    assert shown.xpath('//input[@id="search-words"]/@value') == ['"low tide" -x']
    assert shown.xpath("//option[@selected]/@value") == ["best"]
    hidden = shown.xpath("//input[@type='hidden']")
    assert [(one.get("name"), one.get("value")) for one in hidden] == [("topic", "stone")]


def test_markup_in_what_is_searched_for_stays_text(site: Workshop) -> None:
    site.write("tags", title="If 1 <x> & 2", body="It says `<script>alert(1)</script>`.")
    site.refresh(NOON + HOUR)
    shown = found(site, "q=alert")
    assert titles(shown) == ["If 1 <x> & 2"]
    assert len(shown.xpath("//script")) == 1


# Page after page


@pytest.fixture
def archive(workshop: Workshop) -> Workshop:
    for number in range(PAGE_SIZE + 1):
        when = NOON - timedelta(hours=number)
        workshop.write(f"n{number}", f"publishedDateTime: {when.isoformat()}")
    workshop.refresh()
    return workshop


def test_pages_follow_one_another(archive: Workshop) -> None:
    first, second = found(archive, ""), found(archive, "page=2")
    assert [*titles(first), *titles(second)] == [f"N{number}" for number in range(PAGE_SIZE + 1)]
    assert first.xpath('//nav[@aria-label="Pages"]/a/@href') == ["/search?page=2"]
    assert second.xpath('//nav[@aria-label="Pages"]/a/@href') == ["/search"]


def test_there_is_nothing_behind_the_last_page(archive: Workshop) -> None:
    with archive.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        assert wiring.search_pages.find("/search?page=3", snapshot) is None
        assert wiring.search_pages.find("/feeds/all", snapshot) is None
        assert list(wiring.search_pages.paths(snapshot)) == []


@pytest.mark.parametrize("query", ["page=0", "page=x", f"page={MOST_PAGES + 1}", "page=2&page=3", "page=100"])
def test_pages_that_can_not_be_are_refused(site: Workshop, query: str) -> None:
    with site.wired() as (wiring, _):
        pages: SearchPages = wiring.search_pages
        with pytest.raises(
            SearchRequestError, match=f"page: expected once, a whole number from 1 to {MOST_PAGES}"
        ):
            pages.address("/search", query)
