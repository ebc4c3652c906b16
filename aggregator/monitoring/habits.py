"""Habits: how readers' programs ask: whether they say what they hold, and how often they come. For finding the ones that waste.

By name of program, not by address: who reads what is nobody's business. Of addresses only one of 256 marks is kept, which many share
and nobody can turn back; how many marks there are tells about how many ask.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

from aggregator.monitoring.audience import reader_name

# By whom, and what: name of the program, feed and format.
Asker = tuple[str, str, str]

WINDOW_SECONDS = 24 * 60 * 60
MOST_ASKERS = 2_000
_KEPT_ASKERS = MOST_ASKERS // 2

_MARKS = 256

# Below these, chance may look like a habit.
FEWEST_REQUESTS = 10
_FEWEST_EACH = 3
_FEWEST_EACH_FOR_PACE = 6
_MOST_CONDITIONAL = 0.1

# What programs say that want to be taken for a browser, before they name themselves.
_COMPATIBLE = re.compile(r"\(compatible;\s*([^;/)]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How one program asked for one document.

    conditional    of the requests, those that said what they hold (If-None-Match or If-Modified-Since)
    unchanged      those that were answered with 304
    blind_bytes    bytes sent to requests that did not say what they hold
    marks          of the addresses that asked, a bit each
    first, last    monotonic times
    """

    requests: int = 0
    conditional: int = 0
    unchanged: int = 0
    blind_bytes: int = 0
    marks: int = 0
    first: float = math.inf
    last: float = -math.inf

    @property
    def clients(self) -> int:
        """About how many addresses asked, by linear counting (Whang et al. 1990)."""
        free = _MARKS - self.marks.bit_count()
        return max(1, round(_MARKS * math.log(_MARKS / max(1, free))))

    @property
    def pace(self) -> float | None:
        """Seconds from one request of a client to its next, on average; None where too few came to tell."""
        if self.requests < FEWEST_REQUESTS or self.requests < _FEWEST_EACH_FOR_PACE * self.clients:
            return None
        return (self.last - self.first) / (self.requests / self.clients - 1)


def joined(one: Habit, other: Habit) -> Habit:
    """Give both as one: of two processes, or of two times."""
    return Habit(
        requests=one.requests + other.requests,
        conditional=one.conditional + other.conditional,
        unchanged=one.unchanged + other.unchanged,
        blind_bytes=one.blind_bytes + other.blind_bytes,
        marks=one.marks | other.marks,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
    )


class Waste(StrEnum):
    """What is wasteful in a habit."""

    BLIND = "never says what it holds"
    RESTLESS = "asks again before an answer is stale"


def wastes(habit: Habit, max_age: float) -> tuple[Waste, ...]:
    """Judge a habit; answers may be kept for `max_age` seconds, and who asks sooner than that has not looked."""
    found = []
    comes_again = habit.requests >= max(FEWEST_REQUESTS, _FEWEST_EACH * habit.clients)
    if comes_again and habit.conditional < _MOST_CONDITIONAL * habit.requests:
        found.append(Waste.BLIND)
    if habit.pace is not None and habit.pace < max_age / 2:
        found.append(Waste.RESTLESS)
    return tuple(found)


def asker_name(agent: str | None) -> str:
    """Give the name that a program goes by in User-Agent, without its version; empty where it gives none."""
    if not agent:
        return ""
    posing = _COMPATIBLE.search(agent)
    return reader_name(posing[1] if posing else agent)


def mark(address: str | None) -> int:
    """Give the mark of an address: one bit."""
    return 1 << crc32((address or "").encode("utf-8", "replace")) % _MARKS


class Habits:
    """Remembers those of the last window, and of the one before until that has ended too.

    Names can be made up without end, so when there are too many the half that asked least is forgotten.
    """

    def __init__(self) -> None:
        self._now: dict[Asker, Habit] = {}
        self._before: dict[Asker, Habit] = {}
        self._since = 0.0

    def note(self, asker: Asker, habit: Habit, now: float) -> None:
        """Take note of requests at the monotonic time `now`."""
        self._turn(now)
        known = self._now.get(asker)
        self._now[asker] = habit if known is None else joined(known, habit)
        if len(self._now) > MOST_ASKERS:
            busiest = sorted(self._now.items(), key=lambda item: item[1].requests, reverse=True)
            self._now = dict(busiest[:_KEPT_ASKERS])

    def all(self, now: float) -> Mapping[Asker, Habit]:
        """Give them all."""
        self._turn(now)
        return together([self._before, self._now])

    def _turn(self, now: float) -> None:
        passed = now - self._since
        if passed < WINDOW_SECONDS:
            return
        self._before = self._now if passed < 2 * WINDOW_SECONDS else {}
        self._now, self._since = {}, now


def together(some: "list[Mapping[Asker, Habit]]") -> dict[Asker, Habit]:
    """Give several collections as one."""
    found: dict[Asker, Habit] = {}
    for habits in some:
        for asker, habit in habits.items():
            found[asker] = joined(found[asker], habit) if asker in found else habit
    return found
