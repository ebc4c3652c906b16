"""Two addresses of one page are one page, two pages are two."""

import pytest
from hypothesis import given

from feeds.web_address import page_of
from tests.strategies import addresses, anything

PAGE = "https://pier.example/news/ferry"


@pytest.mark.parametrize(
    "address",
    [
        "http://pier.example/news/ferry",
        "https://www.pier.example/news/ferry",
        "HTTPS://Pier.Example/news/ferry",
        "https://pier.example:443/news/ferry",
        "https://pier.example/news/ferry/",
        "https://pier.example/news/ferry#comments",
        "https://pier.example/news/ferry?",
        "https://pier.example/news/ferry?utm_source=wire&UTM_Medium=feed",
        "https://pier.example/news/ferry?fbclid=abc&gclid=1&_ga=2",
        "https://pier.example/n%65ws/ferr%79",
        "https://reader@pier.example/news/ferry",
    ],
)
def test_noise_makes_no_other_page(address: str) -> None:
    assert page_of(address) == page_of(PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "https://pier.example/news",
        "https://pier.example/News/ferry",
        "https://quay.example/news/ferry",
        "https://pier.example:8080/news/ferry",
        "https://pier.example/news/ferry?page=2",
        "https://pier.example/news/ferry?ref=2",
        "https://pier.example/news/ferry#/second",
        "https://pier.example/news/ferry#!second",
        "https://pier.example/news%2Fferry",
    ],
)
def test_whatever_else_differs_does(address: str) -> None:
    assert page_of(address) != page_of(PAGE)


def test_parameters_that_count_stay_in_their_order() -> None:
    assert page_of("https://pier.example/?b=2&utm_id=9&a=1") == "pier.example?b=2&a=1"


def test_an_iri_and_its_uri_are_one() -> None:
    assert page_of("https://hafen.example/übersicht") == page_of("https://hafen.example/%c3%bcbersicht")
    assert page_of("https://münchen.example/") == page_of("https://xn--mnchen-3ya.example/")


def test_what_is_no_web_address_stays_as_it_is() -> None:
    assert page_of("tag:pier.example,2026:Ferry/") == "tag:pier.example,2026:Ferry/"


@given(addresses | anything)
def test_no_text_is_too_strange(text: str) -> None:
    assert page_of(text) == page_of(text)
