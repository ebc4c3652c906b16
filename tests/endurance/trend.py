"""A trend: what a line through measurements says, and how sure that is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import linear_regression


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
