"""Names that are one letter apart: against a plain count of the edits between two words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.lint.spelling import one_letter_apart


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("robot", "robots"),
        ("machine learing", "machine learning"),
        ("deep learning", "deep-learning"),
        ("adaption", "adoption"),
        ("recieve", "receive"),
        ("übersetzung", "ubersetzung"),
        ("boats", "oats "),
    ],
)
def test_a_slip_is_found(one: str, other: str) -> None:
    expected = sorted([one, other]) if one != "boats" else None
    pairs = list(one_letter_apart([other, one]))
    assert pairs == ([tuple(expected)] if expected else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ai", "ar"),
        ("boat", "goat"),
        ("gpt-3", "gpt-4"),
        ("gpt-4", "gpt-40"),
        ("stream", "street"),
        ("tides", "sedit"),
    ],
)
def test_what_is_something_else_is_not(one: str, other: str) -> None:
    assert list(one_letter_apart([one, other])) == []


def test_a_name_is_not_its_own_slip() -> None:
    assert list(one_letter_apart(["robots", "robots"])) == []


def edits(one: str, other: str) -> set[str]:
    """Give what one letter more, less, another, or two swapped make of `one`, as far as that is `other`."""
    letters = set(other)
    made = {one[:at] + one[at + 1 :] for at in range(len(one))}
    made |= {one[:at] + letter + one[at:] for at in range(len(one) + 1) for letter in letters}
    made |= {one[:at] + letter + one[at + 1 :] for at in range(len(one)) for letter in letters}
    made |= {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    return made & {other}


words = st.text("abé -", min_size=5, max_size=7)


@given(st.lists(words, max_size=6, unique=True))
def test_exactly_the_pairs_that_one_edit_makes_are_found(names: list[str]) -> None:
    ordered = sorted(names)
    expected = [(one, other) for one in ordered for other in ordered if one < other and edits(one, other)]
    assert list(one_letter_apart(names)) == expected
