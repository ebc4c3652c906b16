"""Long lists in pieces that fit a statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# SQLite takes 32,766 parameters; lists of few lengths keep statements compiled.
_SIZE = 500


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut `values` into pieces."""
    for start in range(0, len(values), _SIZE):
        yield values[start : start + _SIZE]
