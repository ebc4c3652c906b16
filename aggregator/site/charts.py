"""Charts: columns beside one another, stacked, as places on a canvas that a template draws as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

_GAP = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """A part of a column: where it stands, how big it is, and what it is of. The canvas begins at the top left."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns on a canvas; `highest` is what the whole height stands for."""

    width: float
    height: float
    columns: tuple[Column, ...]
    highest: float


# Of one column from the bottom up: what, and how much.
Stack = Sequence[tuple[str, float]]


def chart(stacks: Sequence[Stack], *, step: float = 10.0, height: float = 60.0, least: float = 1.5) -> Chart:
    """Draw a column for each stack; what is there at all is at least `least` high."""
    highest = max((sum(amount for _, amount in stack) for stack in stacks), default=0.0)
    columns: list[Column] = []
    for index, stack in enumerate(stacks):
        floor = height
        for kind, amount in stack:
            if amount > 0:
                size = max(least, amount / highest * height)
                floor = max(0.0, floor - size)
                columns.append(
                    Column(index * step, round(floor, 2), step - _GAP, round(min(size, height), 2), kind)
                )
    return Chart(max(1, len(stacks)) * step, height, tuple(columns), highest)
