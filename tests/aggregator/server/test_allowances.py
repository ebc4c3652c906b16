"""Allowances: so many requests at once, and then as many as time brings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server.allowances import Allowances

ANN, BEN = b"\1", b"\2"


def taken(allowances: Allowances, client: bytes, now: float, times: int) -> int:
    """Give how many of so many requests were let through."""
    return sum(allowances.take(client, now) == 0 for _ in range(times))


def test_as_many_as_are_allowed_may_come_at_once() -> None:
    assert taken(Allowances(60, 60), ANN, 5, 100) == 60


def test_who_is_refused_learns_for_how_long() -> None:
    allowances = Allowances(60, 60)
    taken(allowances, ANN, 5, 60)
    assert allowances.take(ANN, 5.25) == pytest.approx(0.75)
    assert allowances.take(ANN, 6) == 0


def test_to_ask_in_vain_costs_nothing() -> None:
    allowances = Allowances(60, 60)
    taken(allowances, ANN, 5, 1_000)
    assert taken(allowances, ANN, 15, 1_000) == 10


def test_no_more_is_saved_than_one_allowance() -> None:
    allowances = Allowances(60, 60)
    taken(allowances, ANN, 0, 60)
    assert taken(allowances, ANN, 100_000, 1_000) == 60


def test_each_client_has_its_own() -> None:
    allowances = Allowances(2, 60)
    taken(allowances, ANN, 0, 2)
    assert (allowances.take(ANN, 0) > 0, allowances.take(BEN, 0)) == (True, 0)


def test_fault_42_so_many_clients_are_remembered_and_no_more() -> None:
    allowances = Allowances(1, 60, most=100)
    for number in range(10_000):
        allowances.take(number.to_bytes(4, "big"), 0)
    assert len(allowances) == 100


def test_who_has_not_asked_for_longest_is_forgotten() -> None:
    allowances = Allowances(2, 60, most=2)
    for client in (ANN, BEN, ANN, b"\3"):
        allowances.take(client, 0)
    assert allowances.take(ANN, 0) > 0
    assert allowances.take(BEN, 0) == 0


def test_who_asks_in_vain_has_asked_and_is_not_forgotten() -> None:
    allowances = Allowances(1, 60, most=2)
    for client in (ANN, BEN, ANN, b"\3"):
        allowances.take(client, 0)
    assert allowances.take(ANN, 0) > 0


@given(st.lists(st.floats(0, 20), max_size=200), st.integers(1, 20), st.floats(0.5, 30))
def test_in_no_time_does_more_get_through_than_two_allowances(
    pauses: list[float], requests: int, seconds: float
) -> None:
    allowances, now = Allowances(requests, seconds), 1_000.0
    let_through = []
    for pause in pauses:
        now += pause
        if allowances.take(ANN, now) == 0:
            let_through.append(now)
    for begin in let_through:
        assert sum(begin <= moment < begin + seconds for moment in let_through) <= 2 * requests
