"""Lifetime: how long caches may keep an answer, and give a document once more while they ask anew. Pure."""

from typing import NamedTuple

_WHILE_REVALIDATING = 60


class Lifetime(NamedTuple):
    """Both in seconds: how long an answer is fresh, and how long after that a cache may answer once more with it (RFC 5861)."""

    max_age: int
    while_revalidating: int


def lifetime(longest: int, left: float | None) -> Lifetime:
    """Give the lifetime of a document that is kept for `longest` seconds, when it changes in `left`, None: nobody knows when.

    A cache that answers once more while it asks anew would hold a scheduled article back as long as one that asks late: the
    two together end before it.
    """
    if left is None:
        return Lifetime(longest, min(longest, _WHILE_REVALIDATING))
    max_age = seconds_kept(longest, left)
    again = max(0, int(left) - max_age)
    return Lifetime(max_age, min(max_age, _WHILE_REVALIDATING, again))


def seconds_kept(longest: int, left: float | None) -> int:
    """Give how long an answer may be kept that is for `longest` seconds, when what it says may change in `left`, None: nobody knows."""
    return longest if left is None else max(0, min(longest, int(left)))
