"""Slugs: what they look like, that equal names share one and that different ones can be told apart."""

import re

import pytest
from hypothesis import given

from feeds.selection import fold
from feeds.slug import slug, slug_with_suffix
from tests.strategies import anything


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Deep Learning", "deep-learning"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F\u266f", "f-sharp"),
        (".NET", "dot-net"),
        ("Node.js", "node-js"),
        ("R&D", "r-and-d"),
        ("100%", "100-percent"),
        ("A* search", "a-star-search"),
        ("me@home", "me-at-home"),
        ("#MeToo", "metoo"),
        ("Don\u2019t Panic!", "dont-panic"),
        ("Straße nach İstanbul", "strasse-nach-istanbul"),
        ("北京", "beijing"),
        ("Привет, мир", "privet-mir"),
    ],
)
def test_a_slug_says_in_ascii_what_the_name_says(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize("name", ["", "!!!", "\x00", "\ud800"])
def test_a_name_without_letters_and_digits_still_has_a_slug_of_its_own(name: str) -> None:
    assert re.fullmatch(r"x-[0-9a-f]{8}", slug(name))


@given(anything)
def test_any_name_has_a_short_slug_of_lower_case_ascii(name: str) -> None:
    for made in (slug(name), slug_with_suffix(name)):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
        assert len(made) <= 80


@given(anything)
def test_names_that_compare_equal_share_their_slugs(name: str) -> None:
    assert (slug(fold(name)), slug_with_suffix(fold(name))) == (slug(name), slug_with_suffix(name))


def test_a_suffix_tells_two_names_with_one_slug_apart() -> None:
    assert slug("A.I.") == slug("A I")
    assert slug_with_suffix("A.I.") == "a-i-5f827a"
    assert slug_with_suffix("A I") != slug_with_suffix("A.I.")


def test_a_suffix_tells_long_names_apart_within_the_bound() -> None:
    first, second = slug_with_suffix("x" * 100 + "1"), slug_with_suffix("x" * 100 + "2")
    assert first != second
    assert len(first) == 80
