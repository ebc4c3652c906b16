"""A reading: what a measurement of one row gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Samples, and the number that the row's "must" and "aim" are about.

    value  None where it could not be had; the note says why
    ours, peer  samples in `unit`
    note   what is to be known to judge the figure
    series what a plot shows: name to points
    """

    value: float | None
    unit: str
    ours: tuple[float, ...] = ()
    peer: tuple[float, ...] = ()
    note: str = ""
    series: dict[str, list[tuple[float, float]]] | None = None


def times_less(ours: Sequence[float], peer: Sequence[float], unit: str, note: str = "") -> Reading:
    """Judge how many times less ours is: the medians' peer ÷ ours."""
    return _compared(median(peer) / median(ours) if peer else None, ours, peer, unit, note)


def part_of(ours: Sequence[float], peer: Sequence[float], unit: str, note: str = "") -> Reading:
    """Judge what part of the peer's ours is: the medians' ours ÷ peer."""
    return _compared(median(ours) / median(peer) if peer else None, ours, peer, unit, note)


def absolute(ours: Sequence[float], unit: str, note: str = "") -> Reading:
    """Judge the median itself."""
    return _compared(median(ours), ours, (), unit, note)


def missing(why: str) -> Reading:
    """Say that there is no reading, and why."""
    return Reading(value=None, unit="", note=why)


def percentile(values: Sequence[float], part: float) -> float:
    """Give the value below which `part` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _compared(
    value: float | None, ours: Sequence[float], peer: Sequence[float], unit: str, note: str
) -> Reading:
    return Reading(value=value, unit=unit, ours=tuple(ours), peer=tuple(peer), note=note)
