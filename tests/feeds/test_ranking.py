"""What a ranked feed shows: with patience for what it showed before, and no more patience than it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ranking import Candidate, margin_of, steady


def ranked(*keys: int) -> list[Candidate]:
    return [Candidate(key, "pier.example") for key in keys]


def test_with_nothing_shown_before_it_is_the_first() -> None:
    assert steady(ranked(5, 3, 9, 1), (), 2) == {5, 3}
    assert steady(ranked(5), (), 2) == {5}
    assert steady([], (), 2) == frozenset()


@pytest.mark.parametrize(
    ("limit", "margin"), [(1, 0), (2, 1), (9, 1), (10, 1), (20, 2), (50, 5), (1000, 100)]
)
def test_the_margin_is_a_tenth_of_the_limit(limit: int, margin: int) -> None:
    assert margin_of(limit) == margin


def test_what_fell_just_below_the_cut_stays() -> None:
    assert steady(ranked(0, 1, 3, 2, 4), {0, 1, 2}, 3) == {0, 1, 2}


def test_what_fell_clearly_goes() -> None:
    assert steady(ranked(0, 1, 3, 4, 2), {0, 1, 2}, 3) == {0, 1, 3}


def test_a_newcomer_that_is_clearly_better_comes_at_once() -> None:
    assert steady(ranked(9, 0, 1, 2), {0, 1, 2}, 3) == {9, 0, 1}


def test_a_feed_of_one_shows_the_first() -> None:
    assert steady(ranked(1, 0), {0}, 1) == {1}


def test_a_place_that_is_free_is_filled() -> None:
    assert steady(ranked(0, 2, 3), {0, 1, 2}, 3) == {0, 2, 3}


def test_at_most_so_many_are_of_one_provider() -> None:
    of_two = [Candidate(0, "pier"), Candidate(1, "pier"), Candidate(2, "quay"), Candidate(3, "pier")]
    assert steady(of_two, (), 3, per_provider=1) == {0, 2}
    assert steady(of_two, {1}, 3, per_provider=1) == {1, 2}


def test_of_one_provider_what_fell_clearly_goes_too() -> None:
    fallen = [Candidate(0, "pier"), Candidate(2, "quay"), Candidate(1, "pier")]
    assert steady(fallen, {1}, 3, per_provider=1) == {0, 2}


# Whatever moves

LIMIT = 20
MARGIN = margin_of(LIMIT)
orders = st.permutations(range(30))


@given(st.lists(orders, min_size=1, max_size=8))
def test_the_thresholds_hold_whatever_moves(moves: list[list[int]]) -> None:
    shown: frozenset[int] = frozenset()
    for order in moves:
        before, shown = shown, steady(ranked(*order), shown, LIMIT)
        place = {key: number for number, key in enumerate(order)}
        assert len(shown) == LIMIT
        assert {key for key in order if place[key] < LIMIT - MARGIN} <= shown
        assert all(place[key] < LIMIT + MARGIN for key in shown)
        gone, come = before - shown, shown - before
        assert all(place[key] >= LIMIT for key in gone)
        assert all(place[key] < LIMIT for key in come)
        if before:
            assert all(place[old] - place[new] > MARGIN for old in gone for new in come)
        assert steady(ranked(*order), shown, LIMIT) == shown


@given(st.lists(st.lists(st.integers(0, 28), max_size=30), max_size=12))
def test_nothing_moves_while_places_move_within_half_the_margin(swaps: list[list[int]]) -> None:
    """Neighbours that change places, each with one neighbour at a time, move by one place at most."""
    order = list(range(30))
    shown = steady(ranked(*order), (), LIMIT)
    for places in swaps:
        jittered, moved = list(order), set[int]()
        for place in places:
            if not {place, place + 1} & moved:
                jittered[place], jittered[place + 1] = jittered[place + 1], jittered[place]
                moved |= {place, place + 1}
        assert steady(ranked(*jittered), shown, LIMIT) == shown


@given(
    st.lists(st.tuples(orders, st.lists(st.sampled_from("abcd"), min_size=30, max_size=30)), max_size=5),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_the_bounds_hold_whoever_they_are_from(
    moves: list[tuple[list[int], list[str]]], limit: int, per_provider: int
) -> None:
    shown: frozenset[int] = frozenset()
    for order, providers in moves:
        candidates = [Candidate(key, providers[key]) for key in order]
        shown = steady(candidates, shown, limit, per_provider)
        counts = [sum(providers[key] == provider for key in shown) for provider in "abcd"]
        available = sum(min(per_provider, providers.count(provider)) for provider in "abcd")
        assert max(counts) <= per_provider
        assert len(shown) == min(limit, available)
        assert steady(candidates, shown, limit, per_provider) == shown
