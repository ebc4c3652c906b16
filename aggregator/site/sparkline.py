"""Sparklines: small charts of numbers in their order, as SVG that a page holds itself. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

_STEP = 4
_BAR = 3
_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A chart of bars: the size of its picture, and the `d` of a path (SVG 2 section 9.3) that is filled."""

    width: int
    height: int
    path: str


def sparkline(values: Sequence[int]) -> Sparkline:
    """Draw a bar for each value; of nothing a trace is left, so that the row can be followed."""
    highest = max(values, default=0) or 1
    bars = (_bar(place * _STEP, value / highest) for place, value in enumerate(values))
    return Sparkline(max(len(values) * _STEP - (_STEP - _BAR), 1), _HEIGHT, "".join(bars))


def _bar(left: int, share: float) -> str:
    height = max(1, round(share * _HEIGHT))
    return f"M{left} {_HEIGHT - height}h{_BAR}v{height}h-{_BAR}z"
