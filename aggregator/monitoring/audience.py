"""Audience: how many people read a feed, as far as their readers say so. Services that ask for many tell in User-Agent for how many.

Nobody can check what they say. So a number is bounded, and so is how much of it is remembered.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

# Of one feed document by one reader: feed, format and reader.
Reading = tuple[str, str, str]

WINDOW_SECONDS = 24 * 60 * 60
MOST_READINGS = 5_000

_SUBSCRIBERS = re.compile(r"\b([0-9]{1,7}) subscribers?\b", re.IGNORECASE)
# What ends the name: a version, a comment, or what services set between it and the number.
_NAME_ENDS = re.compile(r"[/(;:]| - | feed-id", re.IGNORECASE)
_LONGEST_NAME = 40


# Services are few; the bound holds the memory where somebody makes up a million.
@lru_cache(maxsize=1024)
def spoken_for(agent: str) -> tuple[str, int] | None:
    """Give the name of a reader, and the number of people it says it asks for; None where it says nothing."""
    found = _SUBSCRIBERS.search(agent)
    if found is None:
        return None
    return reader_name(agent), int(found[1])


def reader_name(agent: str) -> str:
    """Give the name that begins a User-Agent, without version and comment."""
    return _NAME_ENDS.split(agent, maxsplit=1)[0].strip().lower()[:_LONGEST_NAME]


class Audience:
    """Remembers the largest numbers of the last window, and of the one before until that has ended too."""

    def __init__(self) -> None:
        self._now: dict[Reading, int] = {}
        self._before: dict[Reading, int] = {}
        self._since = 0.0

    def note(self, reading: Reading, number: int, now: float) -> None:
        """Take note of a number at the monotonic time `now`; what there is no room for is left out."""
        self._turn(now)
        known = self._now.get(reading)
        if known is None and len(self._now) >= MOST_READINGS:
            return
        if known is None or number > known:
            self._now[reading] = number

    def largest(self, now: float) -> Mapping[Reading, int]:
        """Give the largest number of each reader."""
        self._turn(now)
        both = self._before.keys() | self._now.keys()
        return {reading: max(self._before.get(reading, 0), self._now.get(reading, 0)) for reading in both}

    def _turn(self, now: float) -> None:
        passed = now - self._since
        if passed < WINDOW_SECONDS:
            return
        self._before = self._now if passed < 2 * WINDOW_SECONDS else {}
        self._now, self._since = {}, now
