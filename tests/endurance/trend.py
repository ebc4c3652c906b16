"""A trend: what a line through measurements says, and how sure that is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import linear_regression, median


@dataclass(frozen=True, slots=True)
class Trend:
    """The slope of a line of least squares, and its standard error, in units a second."""

    slope: float
    error: float

    @property
    def most(self) -> float:
        """The slope that there may be as far as the measurement tells: what is all noise may be steep."""
        return self.slope + 2 * self.error


def trend(moments: Sequence[float], values: Sequence[float]) -> Trend:
    """Fit a line to values at moments, in seconds; there must be three at least."""
    slope, intercept = linear_regression(moments, values)
    middle = sum(moments) / len(moments)
    spread = sum((moment - middle) ** 2 for moment in moments)
    off = sum(
        (value - slope * moment - intercept) ** 2 for moment, value in zip(moments, values, strict=True)
    )
    return Trend(slope, sqrt(off / (len(moments) - 2) / spread))


def steady_trend(moments: Sequence[float], values: Sequence[float], parts: int) -> Trend:
    """Fit a line to each of so many stretches of one length, and give the slope that half of them exceed, and its error.

    What grows all the time does so in every stretch; what happens once is in one of them, and does not count, however much it is.
    """
    length = len(moments) // parts
    starts = range(0, parts * length, length)
    slopes = [
        trend(moments[start : start + length], values[start : start + length]).slope for start in starts
    ]
    middle = median(slopes)
    # Of a normal distribution: 1.48 of these are its deviation, and a median's error is 1.25 of a mean's.
    off = median(abs(slope - middle) for slope in slopes)
    return Trend(middle, 1.48 * 1.25 * off / sqrt(parts))
