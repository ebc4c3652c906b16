"""Habits: who is found wasteful, who is not, and how little is remembered for that."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.monitoring.habits import (
    MOST_ASKERS,
    WINDOW_SECONDS,
    Habit,
    Habits,
    Waste,
    asker_name,
    joined,
    mark,
    wastes,
)

MAX_AGE = 300.0


def habit(requests: int = 20, *, conditional: int = 20, hours: float = 20.0, clients: int = 1) -> Habit:
    marks = 0
    for number in range(clients):
        marks |= mark(f"192.0.2.{number}")
    return Habit(requests=requests, conditional=conditional, marks=marks, first=0.0, last=hours * 3600)


def asker(number: int) -> tuple[str, str, str]:
    return f"reader {number}", "/feeds/all", "atom"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (habit(), ()),
        (habit(conditional=0), (Waste.BLIND,)),
        (habit(conditional=1), (Waste.BLIND,)),
        (habit(conditional=2), ()),
        (habit(9, conditional=0), ()),
        (habit(hours=0.5), (Waste.RESTLESS,)),
        (habit(conditional=0, hours=0.5), (Waste.BLIND, Waste.RESTLESS)),
        # Each of twenty came once: nobody came again.
        (habit(conditional=0, hours=0.5, clients=20), ()),
        (habit(200, conditional=200, hours=1, clients=20), ()),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) else f"{value.requests} of {value.clients}",
)
def test_a_habit_is_judged_by_what_each_client_does(found: Habit, expected: tuple[Waste, ...]) -> None:
    assert wastes(found, MAX_AGE) == expected


def test_the_pace_is_that_of_one_client() -> None:
    one = habit(11, hours=1)
    assert one.pace == 360
    assert habit(3).pace is None


@given(st.sets(st.ip_addresses(v=4).map(str), min_size=1, max_size=60))
def test_about_as_many_clients_are_counted_as_there_are(addresses: set[str]) -> None:
    marks = 0
    for address in addresses:
        marks |= mark(address)
    assert 0.5 * len(addresses) <= Habit(marks=marks).clients <= 1.5 * len(addresses) + 1


def test_no_address_can_be_told_from_its_mark() -> None:
    marks = {mark(f"198.51.{high}.{low}") for high in range(16) for low in range(256)}
    assert len(marks) <= 256
    assert mark(None) in {1 << bit for bit in range(256)}


def test_every_client_of_the_world_is_a_number_too() -> None:
    assert math.isfinite(Habit(marks=(1 << 256) - 1).clients)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("NetNewsWire (RSS Reader; https://netnewswire.example/)", "netnewswire"),
        ("curl/8.5.0", "curl"),
        ("Mozilla/5.0 (compatible; Bigbot/2.1; +http://bot.example)", "bigbot"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "mozilla"),
        ("Feedly/1.0 (+http://feedly.example; 42 subscribers)", "feedly"),
        ("", ""),
        (None, ""),
    ],
)
def test_programs_go_by_their_names(agent: str | None, name: str) -> None:
    assert asker_name(agent) == name


@given(st.text())
def test_any_agent_has_a_name_of_bounded_length(agent: str) -> None:
    assert len(asker_name(agent)) <= 40


def test_what_was_noted_adds_up() -> None:
    habits = Habits()
    habits.note(asker(1), habit(2, conditional=1, hours=1), 1.0)
    habits.note(asker(1), Habit(requests=1, blind_bytes=7, unchanged=1, first=9.0, last=9e9), 2.0)
    (found,) = habits.all(3.0).values()
    assert (found.requests, found.conditional, found.unchanged, found.blind_bytes) == (3, 1, 1, 7)
    assert (found.first, found.last) == (0.0, 9e9)
    assert joined(found, Habit()) == found


def test_a_window_and_the_one_before_it_are_remembered() -> None:
    habits = Habits()
    habits.note(asker(1), habit(), 1.0)
    habits.note(asker(2), habit(), WINDOW_SECONDS + 1.0)
    assert set(habits.all(WINDOW_SECONDS + 2.0)) == {asker(1), asker(2)}
    assert set(habits.all(2 * WINDOW_SECONDS + 2.0)) == {asker(2)}
    assert habits.all(9 * WINDOW_SECONDS) == {}


def test_names_that_are_made_up_do_not_push_out_who_asks_much() -> None:
    habits = Habits()
    habits.note(asker(-1), habit(50), 1.0)
    for number in range(3 * MOST_ASKERS):
        habits.note(asker(number), habit(1), 1.0)
    found = habits.all(2.0)
    assert asker(-1) in found
    assert len(found) <= MOST_ASKERS
