"""Sparklines: a bar for each number, as high as it is beside the highest."""

from aggregator.site.sparkline import sparkline


def test_bars_stand_on_one_line_as_high_as_their_numbers() -> None:
    chart = sparkline([1, 2, 4])
    assert (chart.width, chart.height) == (11, 24)
    assert chart.path == "M0 18h3v6h-3zM4 12h3v12h-3zM8 0h3v24h-3z"


def test_of_nothing_a_trace_is_left() -> None:
    assert sparkline([0, 0]).path == "M0 23h3v1h-3zM4 23h3v1h-3z"


def test_no_numbers_are_no_bars() -> None:
    chart = sparkline([])
    assert (chart.path, chart.width) == ("", 1)
