"""Tally: counts the answers of one process. A few operations on dictionaries each; belongs to the event loop.

Who asks can make up any path. So a feed is named only where the configuration that is in force names it, or once a document was found at
it, and of those only so many.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from aggregator.monitoring.audience import Audience, spoken_for
from aggregator.monitoring.habits import Habit, Habits, asker_name, mark
from aggregator.monitoring.metrics import (
    BEAT_SECONDS,
    BYTES,
    CONNECTIONS,
    EDITIONS,
    MOST_BEATS,
    OTHER,
    PROCESSES,
    REFUSALS,
    REQUEST_SECONDS,
    REQUESTS,
    SAVED,
    Beat,
    Figures,
    Key,
)
from aggregator.server.addresses import PROBES, requested_path, split
from aggregator.server.limits import Limit
from feeds.formats import FORMATS
from feeds.history import split_archive

MOST_FEEDS = 1_000

RESULTS = ("rendered", "reused", "stale")

# A document was found at the path of a request that is answered with one of these.
_FOUND = frozenset({200, 226, 303, 304, 406, 412})
_NOT_MODIFIED = 304
_READ = frozenset({200, 226, 304})

# What is not sent is saved, by the status that says why: compressed, what is new alone, unchanged.
SAVINGS = {200: "coding", 226: "delta", 304: "unchanged"}

# Kinds of answers that are counted as they came.
_MOST_UNSETTLED = 1_000

_BOUNDS = REQUEST_SECONDS.bounds
_FORMATS = {one.suffix: name for name, one in FORMATS.items()}
_GROUPS = ("/feeds/", "/topics/", "/providers/", "/categories/")


@lru_cache(maxsize=1024)
def place(target: str) -> tuple[str, str]:
    """Give the feed that a request target may be about, such as /topics/ai, and the format; "other" for what is neither."""
    path = requested_path(target)
    if path is None or path in PROBES:
        return OTHER, OTHER
    stem, suffix = split(path)
    if suffix:
        return split_archive(stem)[0], _FORMATS[suffix]
    last = path.rpartition("/")[2]
    if "." in last and not path.startswith("/providers/"):
        return OTHER, "opml" if last.endswith(".opml") else OTHER
    is_feed = path.startswith(_GROUPS) and path.count("/") == 2  # noqa: PLR2004  /GROUP/NAME
    return path if is_feed else OTHER, "html"


class Asked(NamedTuple):
    """What a request tells of the habits of who asked: whether it said what it holds, and whence it came."""

    is_conditional: bool
    address: str | None


class _Asking(NamedTuple):
    """An answered request as it came."""

    target: str
    agent: str | None
    status: int
    size: int
    asked: Asked
    now: float


class Tally:
    """What one process has answered.

    has_habits  whether to remember how programs ask, and when

    An answer is counted by target and User-Agent as they came, which is one look into a dictionary. What feed and what reader that
    is, is found out for many at once: when figures are asked for, or when there are too many of them.
    """

    def __init__(self, *, has_habits: bool = False) -> None:
        self._known: frozenset[str] = frozenset()
        self._found: set[str] = set()
        self._answers: defaultdict[tuple[str, str | None, int], int] = defaultdict(int)
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._bytes: defaultdict[str, int] = defaultdict(int)
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self._results = dict.fromkeys(RESULTS, 0)
        self._refusals = dict.fromkeys(Limit, 0)
        self._audience = Audience()
        self._saved: defaultdict[str, int] = defaultdict(int)
        self._habits = Habits() if has_habits else None
        self._askings: list[_Asking] = []
        self._pulse: defaultdict[Beat, int] = defaultdict(int)

    def know(self, feeds: Iterable[str], now: float) -> None:
        """Name these feeds from now on, however many others there are; forget the counts of those that were to be named until now."""
        # What was asked for before has its name of that time: else what has ended would be found, and stay.
        self._settle(now)
        known = frozenset(feeds)
        ended = self._known - known - self._found
        self._known = known
        for key in [key for key in self._requests if key[0] in ended]:
            del self._requests[key]

    def count(
        self,
        target: str,
        agent: str | None,
        status: int,
        *,
        size: int,
        coding: str,
        seconds: float,
        now: float,
        unsent: int = 0,
        asked: Asked | None = None,
    ) -> None:
        """Count an answer that was given at the monotonic time `now`, and the bytes of its body in a content coding.

        unsent  bytes that need not be sent, for the reason that SAVINGS gives for the status
        asked   None where habits are not to be remembered
        """
        self._answers[target, agent, status] += 1
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds
        if size:
            self._bytes[coding] += size
        if unsent > 0 and status in SAVINGS:
            self._saved[SAVINGS[status]] += unsent
        if asked is not None and self._habits is not None:
            self._askings.append(_Asking(target, agent, status, size, asked, now))
        if len(self._answers) >= _MOST_UNSETTLED or len(self._askings) >= _MOST_UNSETTLED:
            self._settle(now)

    def note_edition(self, result: str) -> None:
        """Count what came of looking at a document: one of RESULTS."""
        self._results[result] += 1

    def note_refusal(self, limit: Limit) -> None:
        """Count a request that was refused, or a connection that was ended, for a limit."""
        self._refusals[limit] += 1

    def figures(self, connections: int, now: float) -> Figures:
        """Give all that was counted, of a process that has so many connections."""
        self._settle(now)
        counts: dict[Key, float] = {
            REQUESTS.key(feed, form, str(status)): count
            for (feed, form, status), count in self._requests.items()
        }
        counts |= {BYTES.key(coding): count for coding, count in self._bytes.items()}
        counts |= {SAVED.key(reason): count for reason, count in self._saved.items()}
        counts |= {REQUEST_SECONDS.bucket(index): count for index, count in enumerate(self._buckets)}
        counts |= {EDITIONS.key(result): count for result, count in self._results.items()}
        counts |= {REFUSALS.key(limit): count for limit, count in self._refusals.items()}
        counts[REQUEST_SECONDS.sum] = self._seconds
        levels: dict[Key, float] = {CONNECTIONS.key(): connections, PROCESSES.key(): 1}
        return Figures(
            counts=counts,
            levels=levels,
            audience=self._audience.largest(now),
            habits={} if self._habits is None else self._habits.all(now),
            pulse=dict(self._pulse),
        )

    def _settle(self, now: float) -> None:
        """Count by feed, format and reader what was counted as it came."""
        for (target, agent, status), count in self._answers.items():
            feed, form = place(target)
            named = self._named(feed, status)
            self._requests[named, form, status] += count
            if agent is not None and status in _READ and named != OTHER:
                self._hear(named, form, agent, now)
        self._answers.clear()
        if self._habits is not None:
            self._settle_habits(self._habits, now)

    def _settle_habits(self, habits: Habits, now: float) -> None:
        for asking in self._askings:
            self._pulse[int(asking.now // BEAT_SECONDS), _kind(asking.status)] += 1
            feed, form = place(asking.target)
            # Pages are for browsers, and archives are walked once from end to end, by programs that do as they should.
            if asking.status in _READ and form != "html" and self._has_name(feed) and not _is_archive(asking):
                habits.note((asker_name(asking.agent), feed, form), _habit(asking), asking.now)
        self._askings.clear()
        oldest = int(now // BEAT_SECONDS) - MOST_BEATS
        for beat in [beat for beat in self._pulse if beat[0] <= oldest]:
            del self._pulse[beat]

    def _hear(self, feed: str, form: str, agent: str, now: float) -> None:
        said = spoken_for(agent)
        if said is not None:
            reader, number = said
            self._audience.note((feed, form, reader), number, now)

    def _named(self, feed: str, status: int) -> str:
        if not self._has_name(feed):
            if feed == OTHER or status not in _FOUND or len(self._found) >= MOST_FEEDS:
                return OTHER
            self._found.add(feed)
        return feed

    def _has_name(self, feed: str) -> bool:
        return feed in self._known or feed in self._found


def _is_archive(asking: _Asking) -> bool:
    return split_archive(split(requested_path(asking.target) or "")[0])[1] is not None


def _habit(asking: _Asking) -> Habit:
    is_conditional = asking.asked.is_conditional
    return Habit(
        requests=1,
        conditional=int(is_conditional),
        unchanged=int(asking.status == _NOT_MODIFIED),
        blind_bytes=0 if is_conditional else asking.size,
        marks=mark(asking.asked.address),
        first=asking.now,
        last=asking.now,
    )


def _kind(status: int) -> str:
    """Give the kind of an answer: sent, unchanged, refused or failed."""
    if status == _NOT_MODIFIED:
        return "unchanged"
    if status < 400:  # noqa: PLR2004  RFC 9110 section 15: the classes of status codes
        return "sent"
    return "refused" if status < 500 else "failed"  # noqa: PLR2004  likewise
