"""Which titles are nearly the same, and that an index finds exactly these."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.titles import TitleIndex, title_of
from tests.strategies import anything

HEADLINE = "Harbour office lends its old tide tables to a school"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HEADLINE, HEADLINE.upper()),
        (HEADLINE, "Harbour office lends its old tide-tables to a school!"),
        (HEADLINE, "Harbour office lends its old tide tables to a school | The Pier"),
        (HEADLINE, "Harbour office lends its old tide tables to a college"),
        (HEADLINE, "To a school, harbour office lends its old tide tables"),
        ("Ferries wait", "ferries, wait."),
        ("It's the tide", "It\u2019s the tide"),
        ("\uff26\uff45\uff52\uff52\uff49\uff45\uff53 wait", "Ferries wait"),
        ("Ferries learn to wait longer", "Ferries finally learn to wait longer"),
        ("\u6e2f\u304c\u6df7\u3080", "\u6e2f\u304c\u6df7\u3080"),
    ],
)
def test_these_tell_one_story(one: str, other: str) -> None:
    assert title_of(one).is_near(title_of(other))
    assert title_of(other).is_near(title_of(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Boats win", "Boats lose"),
        ("Dog bites ferry", "Ferry bites dog"),
        ("Ferries learn to wait", "Ferries finally learn to wait"),
        ("Ferries learn to wait longer", "Ferries learn to wait shorter"),
        (f"{HEADLINE}, part 1", f"{HEADLINE}, part 2"),
        ("What moved in the harbour on 3 March", "What moved in the harbour on 4 March"),
        ("C++ for sailors", "C# for sailors"),
        ("A boat for \u20ac", "A boat for $"),
        ("", ""),
        ("\u2014 !", "?"),
        (HEADLINE, "Harbour office lends its new tide tables to a museum"),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    assert not title_of(one).is_near(title_of(other))


def test_vowel_signs_are_of_a_word() -> None:
    assert title_of("\u0915\u093f\u0924\u093e\u092c").words == ("\u0915\u093f\u0924\u093e\u092c",)


words = st.lists(st.sampled_from([*"abcdefgh", "1", "2"]), max_size=12).map(" ".join)


@given(st.lists(words | anything, max_size=12))
def test_an_index_finds_what_is_near_and_nothing_else(texts: list[str]) -> None:
    titles = [title_of(text) for text in texts]
    index = TitleIndex(titles)
    for place, title in enumerate(titles):
        near = [other for other in range(place) if title.is_near(titles[other])]
        assert sorted(index.near(place)) == near
        index.add(place)


def test_a_title_is_compared_with_a_hundred_others_at_most() -> None:
    titles = [title_of("Ferries wait")] * 1000
    index = TitleIndex(titles)
    for place in range(999):
        index.add(place)
    assert list(index.near(999)) == list(range(998, 898, -1))
