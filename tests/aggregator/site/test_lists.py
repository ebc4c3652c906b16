"""Lists of topics, providers and categories: all of them, by name or by how many articles they have."""

import pytest

from aggregator.site.lists import list_address
from tests.aggregator.site.looking import has_page, links, page, texts
from tests.aggregator.workshop import HOUR, NOON, Workshop


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure("topics: {named: {stone: {title: Of stone}}}\n")
    workshop.write("ferry", "topics: [Boats, AI]", "category: news")
    workshop.write("quay", "topics: [Stone, Boats]", "provider: {name: The Pier, domain: pier.example}")
    workshop.refresh()
    return workshop


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("topics", ["AI 1 article", "Boats 2 articles", "Of stone 1 article"]),
        ("providers", ["The Pier 1 article"]),
        ("categories", ["news 1 article"]),
    ],
)
def test_every_kind_of_name_has_a_list_with_counts(site: Workshop, kind: str, names: list[str]) -> None:
    shown = page(site, f"/{kind}")
    assert texts(shown, "//h1") == [kind.capitalize()]
    assert texts(shown, '//ul[@id="names"]/li') == names


def test_a_list_can_be_in_the_order_of_articles(site: Workshop) -> None:
    shown = page(site, "/topics?sort=articles")
    assert texts(shown, '//ul[@id="names"]/li/a') == ["Boats", "AI", "Of stone"]
    assert texts(shown, '//nav[@aria-label="Order"]/a[@aria-current]') == ["number of articles"]
    assert {"/topics", "/topics?sort=articles"} <= links(shown)


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/topics", "sort=articles", "/topics?sort=articles"),
        ("/topics", "utm_source=x&sort=articles&sort=name", "/topics?sort=articles"),
        ("/topics", "sort=name", "/topics"),
        ("/topics", "sort=size", "/topics"),
        ("/topics", "xsort=articles", "/topics"),
        ("/feeds/all", "sort=articles", "/feeds/all"),
        ("/topics/boats", "sort=articles", "/topics/boats"),
    ],
)
def test_E5_a_query_means_no_more_than_an_order_that_there_is(path: str, query: str, address: str) -> None:
    assert list_address(path, query) == address


def test_what_nobody_writes_about_any_more_is_not_in_the_list(site: Workshop) -> None:
    site.delete("ferry")
    site.refresh(NOON + HOUR)
    assert texts(page(site, "/topics"), '//ul[@id="names"]/li/a') == ["Boats", "Of stone"]
    assert "Nothing yet." in page(site, "/categories").text_content()


def test_lists_that_are_switched_off_are_not_there(site: Workshop) -> None:
    site.configure("topics: false\n")
    assert not has_page(site, "/topics")
    assert has_page(site, "/providers")


def test_the_filter_waits_for_the_script(site: Workshop) -> None:
    (field,) = page(site, "/topics").xpath('//*[@data-filter="names"]')
    assert field.get("hidden") == ""
