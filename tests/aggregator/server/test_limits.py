"""Limits: what is over them, for whom, and when to come again."""

from typing import Any

import pytest
from multidict import CIMultiDict

from aggregator.config import ClientLimits
from aggregator.server.limits import Excess, Limit, Limits, Seat, limits_of

ANN, BEN, PROXY = "192.0.2.1", "192.0.2.2", "127.0.0.1"
NO_FIELDS: CIMultiDict[str] = CIMultiDict()


def limits(**settings: Any) -> Limits:
    return Limits(ClientLimits(**settings))


def asked(
    limited: Limits, peer: str, times: int, now: float = 0.0, forwarded: str = ""
) -> list[Excess | None]:
    fields = CIMultiDict({"X-Forwarded-For": forwarded}) if forwarded else NO_FIELDS
    return [limited.excess(Seat(None), peer, fields, now) for _ in range(times)]


def test_without_limits_nothing_is_counted() -> None:
    assert limits_of(ClientLimits(), print) is None
    assert limits_of(ClientLimits(requests=1), print) is not None


def test_who_comes_after_all_seats_are_taken_is_over_the_limit_and_told() -> None:
    limited = limits(connections=20)
    seats = [limited.sit(PROXY) for _ in range(20)]
    assert {seat.excess for seat in seats} == {None}
    late = limited.sit(ANN)
    assert (late.excess, late.is_told) == (Excess(Limit.CONNECTIONS, 30), True)


def test_of_those_who_are_over_it_only_some_are_told() -> None:
    limited = limits(connections=20)
    assert [limited.sit(ANN).is_told for _ in range(25)] == [True] * 22 + [False] * 3


def test_a_seat_that_is_given_back_is_free() -> None:
    limited = limits(connections=1)
    limited.leave(limited.sit(ANN))
    assert limited.sit(BEN).excess is None


def test_one_client_has_so_many_seats_and_others_have_theirs() -> None:
    limited = limits(per_client=2)
    mine = [limited.sit(ANN) for _ in range(3)]
    assert [seat.excess for seat in mine] == [None, None, Excess(Limit.PER_CLIENT, 30)]
    assert limited.sit(BEN).excess is None
    limited.leave(mine[0])
    limited.leave(mine[2])
    assert limited.sit(ANN).excess is None


def test_a_trusted_proxy_has_as_many_connections_as_it_wants() -> None:
    limited = limits(per_client=2)
    assert {limited.sit(PROXY).excess for _ in range(100)} == {None}


def test_fault_42_a_client_that_has_gone_is_not_remembered() -> None:
    limited = limits(per_client=2)
    for seat in [limited.sit(f"192.0.2.{number}") for number in range(100)]:
        limited.leave(seat)
    assert not limited._open_by_client


def test_on_a_connection_over_the_limit_every_request_is() -> None:
    limited = limits(per_client=1)
    limited.sit(ANN)
    assert limited.excess(limited.sit(ANN), ANN, NO_FIELDS, 0) == Excess(Limit.PER_CLIENT, 30)


def test_so_many_requests_and_then_whole_seconds_to_wait() -> None:
    limited = limits(requests=2, window="3s")
    assert asked(limited, ANN, 3) == [None, None, Excess(Limit.REQUESTS, 2)]
    assert asked(limited, BEN, 1) == [None]
    assert asked(limited, ANN, 1, now=1.5) == [None]


def test_clients_behind_a_trusted_proxy_are_told_apart() -> None:
    limited = limits(requests=1)
    assert asked(limited, PROXY, 2, forwarded=ANN)[1] is not None
    assert asked(limited, PROXY, 1, forwarded=BEN) == [None]


def test_a_proxy_may_be_named_as_ipv4_within_ipv6() -> None:
    limited = limits(requests=1, trusted=(f"::ffff:{PROXY}",))
    assert set(asked(limited, PROXY, 3)) == {None}


@pytest.mark.parametrize("forwarded", ["", "unknown", PROXY])
def test_where_a_trusted_proxy_does_not_say_nobody_is_limited(forwarded: str) -> None:
    assert set(asked(limits(requests=1), PROXY, 50, forwarded=forwarded)) == {None}


def test_who_is_no_proxy_does_not_escape_by_making_up_another() -> None:
    limited = limits(requests=1)
    asked(limited, ANN, 1, forwarded="203.0.113.1")
    assert asked(limited, ANN, 1, forwarded="203.0.113.2") != [None]


def test_what_is_refused_is_told() -> None:
    told: list[Limit] = []
    limited = Limits(ClientLimits(per_client=1, requests=1, trusted=()), told.append)
    asked(limited, ANN, 3)
    seats = [limited.sit(BEN) for _ in range(3)]
    limited.excess(seats[1], BEN, NO_FIELDS, 0)
    assert told == [Limit.REQUESTS, Limit.REQUESTS, Limit.PER_CLIENT, Limit.PER_CLIENT]
