"""The audience: what readers say, believed within bounds and for a while."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.monitoring.audience import MOST_READINGS, WINDOW_SECONDS, Audience, spoken_for

FEEDLY = ("/feeds/all", "atom", "feedly")


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Feedly/1.0 (+http://feedly.example/f.html; 42 subscribers; like FeedFetcher)", ("feedly", 42)),
        ("Inoreader/1.0 (+http://inoreader.example; 7 subscribers; )", ("inoreader", 7)),
        ("Feedbin feed-id:1373711 - 1 subscriber", ("feedbin", 1)),
        ("NewsBlur Feed Fetcher - 12 Subscribers - http://newsblur.example", ("newsblur feed fetcher", 12)),
        ("Mozilla/5.0 (compatible; theoldreader.example; 3 subscribers; feed-id=abc)", ("mozilla", 3)),
        ("5 subscribers", ("5 subscribers", 5)),
        ("NetNewsWire (RSS Reader; https://netnewswire.example/)", None),
        ("Reader/1.0 (subscribers: many)", None),
        ("Reader/1.0 (123456789 subscribers)", None),
        ("", None),
    ],
)
def test_readers_say_for_how_many_they_ask(agent: str, said: tuple[str, int] | None) -> None:
    assert spoken_for(agent) == said


@given(st.text())
def test_whatever_a_reader_calls_itself_is_short_and_the_number_bounded(text: str) -> None:
    said = spoken_for(f"{text} 12 subscribers")
    if said is not None:
        assert len(said[0]) <= 40
        assert said[1] < 10_000_000


def test_the_largest_number_counts() -> None:
    audience = Audience()
    for number in (3, 9, 4):
        audience.note(FEEDLY, number, 1.0)
    assert audience.largest(2.0) == {FEEDLY: 9}


def test_a_number_is_remembered_for_a_window_and_the_next() -> None:
    audience, started = Audience(), 10 * WINDOW_SECONDS
    audience.note(FEEDLY, 9, started)
    audience.note(FEEDLY, 4, started + WINDOW_SECONDS)
    assert audience.largest(started + WINDOW_SECONDS) == {FEEDLY: 9}
    assert audience.largest(started + 2 * WINDOW_SECONDS) == {FEEDLY: 4}
    assert audience.largest(started + 3 * WINDOW_SECONDS) == {}


def test_after_a_long_silence_nothing_is_remembered() -> None:
    audience, started = Audience(), 10 * WINDOW_SECONDS
    audience.note(FEEDLY, 9, started)
    assert audience.largest(started + 5 * WINDOW_SECONDS) == {}


def test_readers_that_somebody_makes_up_take_no_more_room_than_there_is() -> None:
    audience = Audience()
    for number in range(2 * MOST_READINGS):
        audience.note(("/feeds/all", "atom", f"reader {number}"), 1, 1.0)
    audience.note(("/feeds/all", "atom", "reader 0"), 5, 1.0)
    assert len(audience.largest(1.0)) == MOST_READINGS
    assert audience.largest(1.0)["/feeds/all", "atom", "reader 0"] == 5
