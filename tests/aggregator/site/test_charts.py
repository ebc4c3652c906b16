"""Charts and words of the status page: columns stay on their canvas, and amounts are short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.site.charts import chart
from aggregator.site.words import bytes_in_words, seconds_in_words

AMOUNTS = st.floats(0, 1e12, allow_subnormal=False)
STACKS = st.lists(st.lists(st.tuples(st.sampled_from("abcd"), AMOUNTS), max_size=4), max_size=20)


@given(STACKS)
def test_no_column_leaves_the_canvas(stacks: list[list[tuple[str, float]]]) -> None:
    drawn = chart(stacks)
    for column in drawn.columns:
        assert 0 <= column.x <= column.x + column.width <= drawn.width
        assert 0 <= column.y <= column.y + column.height <= drawn.height + 2


def test_parts_of_a_column_stand_on_one_another() -> None:
    drawn = chart([[], [("a", 1.0), ("b", 0.0), ("c", 3.0)]], step=10.0, height=40.0)
    assert [(column.kind, column.x, column.y, column.height) for column in drawn.columns] == [
        ("a", 10.0, 30.0, 10.0),
        ("c", 10.0, 0.0, 30.0),
    ]
    assert (drawn.width, drawn.highest) == (20.0, 4.0)


def test_what_is_there_at_all_can_be_seen() -> None:
    small, _ = chart([[("a", 1.0)], [("a", 1e9)]]).columns
    assert small.height == 1.5


def test_nothing_is_an_empty_canvas() -> None:
    assert chart([]).columns == ()
    assert chart([]).width > 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ms"),
        (0.0421, "42 ms"),
        (1.25, "1.2 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3 * 3600 + 125, "3 h 2 min"),
        (26 * 3600, "1 d 2 h"),
        (366 * 86400, "1 y 1 d"),
        (365 * 86400 + 60, "1 y"),
    ],
)
def test_spans_of_time_are_told_in_their_biggest_units(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (12_345_678, "12.3 MB"), (9e17, "900,000 TB")],
)
def test_bytes_are_told_in_steps_of_a_thousand(number: float, words: str) -> None:
    assert bytes_in_words(number) == words
