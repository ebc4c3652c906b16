"""Metrics: what operators can measure, and Figures: what one process has counted, which add up over processes. Pure.

How they are written is decided in server/exposition.py; what each means to an operator stands in docs/operating.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aggregator.monitoring.habits import Asker, Habit, together
from aggregator.monitoring.journal import Journal

# A metric's name, and the values of its labels.
Key = tuple[str, tuple[str, ...]]

# Of answers by time: the number of the half hour, by the monotonic clock, and the kind of answer.
Beat = tuple[int, str]
BEAT_SECONDS = 30 * 60
MOST_BEATS = 48

# What stands for every value of a label that is not worth a series of its own.
OTHER = "other"


class Kind(StrEnum):
    """What can be done with a metric: a counter only grows, a gauge does as it likes, a histogram counts by size."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. The bounds are those of a histogram's buckets, in order."""

    name: str
    kind: Kind
    text: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    def key(self, *values: str) -> Key:
        """Name the series with these values of the labels; raise ValueError where they are too few or too many."""
        if len(values) != len(self.labels):
            raise ValueError(f"{self.name} got labels {values}, expected {self.labels}")
        return self.name, values

    def bucket(self, index: int) -> Key:
        """Name what falls into a histogram's bucket and into none before it; the last one has no upper bound."""
        return f"{self.name}_bucket", (str(index),)

    @property
    def sum(self) -> Key:
        """Name the sum of all that a histogram has counted."""
        return f"{self.name}_sum", ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted.

    counts    of counters, and of histograms by bucket
    levels    of gauges
    audience  the largest number of subscribers that a reader spoke for, by feed, format and reader
    habits    how programs asked
    pulse     answers by time
    journal   what the process that keeps the catalogue tells, None from any other
    """

    counts: Mapping[Key, float] = field(default_factory=dict)
    levels: Mapping[Key, float] = field(default_factory=dict)
    audience: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    habits: Mapping[Asker, Habit] = field(default_factory=dict)
    pulse: Mapping[Beat, int] = field(default_factory=dict)
    journal: Journal | None = None


def total(figures: Iterable[Figures]) -> Figures:
    """Add up. One reader may ask several processes, and speaks for the same people at each: of those numbers the largest counts."""
    counts: dict[Key, float] = {}
    levels: dict[Key, float] = {}
    audience: dict[tuple[str, str, str], int] = {}
    pulse: dict[Beat, int] = {}
    every = list(figures)
    for one in every:
        for key, count in one.counts.items():
            counts[key] = counts.get(key, 0) + count
        for key, level in one.levels.items():
            levels[key] = levels.get(key, 0) + level
        for reader, number in one.audience.items():
            audience[reader] = max(audience.get(reader, 0), number)
        for beat, count in one.pulse.items():
            pulse[beat] = pulse.get(beat, 0) + count
    return Figures(
        counts=counts,
        levels=levels,
        audience=audience,
        habits=together([one.habits for one in every]),
        pulse=pulse,
        journal=next((one.journal for one in every if one.journal is not None), None),
    )


REQUESTS = Metric(
    "aggregator_requests_total",
    Kind.COUNTER,
    "Requests that were answered.",
    labels=("feed", "format", "status"),
)
REQUEST_SECONDS = Metric(
    "aggregator_request_duration_seconds",
    Kind.HISTOGRAM,
    "Time from a request's header fields to its answer, without sending that.",
    bounds=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BYTES = Metric(
    "aggregator_response_bytes_total",
    Kind.COUNTER,
    "Bytes of the bodies of answers, as they were sent.",
    labels=("coding",),
)
SAVED = Metric(
    "aggregator_saved_bytes_total",
    Kind.COUNTER,
    "Bytes of bodies that need not be sent: because the client held the document, got what was new alone, or took it compressed.",
    labels=("by",),
)
REFUSALS = Metric(
    "aggregator_refusals_total",
    Kind.COUNTER,
    "Requests that were refused, and connections that were ended, since a client took more than server.limits lets it.",
    labels=("limit",),
)
CONNECTIONS = Metric("aggregator_connections", Kind.GAUGE, "Connections that are open.")
PROCESSES = Metric("aggregator_processes", Kind.GAUGE, "Processes that serve.")
WORKER_ENDS = Metric(
    "aggregator_worker_ends_total", Kind.COUNTER, "Workers that ended by themselves and were replaced."
)
WORKER_START_FAILURES = Metric(
    "aggregator_worker_start_failures_total",
    Kind.COUNTER,
    "Tries to replace a worker that failed; each is followed by another.",
)
SUBSCRIBERS = Metric(
    "aggregator_feed_subscribers",
    Kind.GAUGE,
    "People that readers say they ask for, the largest number of each reader in the last day or two, added up.",
    labels=("feed",),
)
EDITIONS = Metric(
    "aggregator_editions_total",
    Kind.COUNTER,
    "Documents that were looked at after a change: rendered, reused as they were, or stale because the catalogue failed.",
    labels=("result",),
)
REFRESHES = Metric(
    "aggregator_refreshes_total", Kind.COUNTER, "Refreshes, by how they went.", labels=("outcome",)
)
REFRESH_SECONDS = Metric(
    "aggregator_refresh_duration_seconds",
    Kind.HISTOGRAM,
    "Time that refreshes took that came to an end.",
    bounds=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
)
REFRESH_AGE = Metric(
    "aggregator_refresh_age_seconds", Kind.GAUGE, "Time since the last refresh that went well."
)
GENERATION = Metric("aggregator_generation", Kind.GAUGE, "Number of the generation that is served.")
GENERATION_AGE = Metric(
    "aggregator_generation_age_seconds", Kind.GAUGE, "Time since something that readers see changed."
)
FILES = Metric(
    "aggregator_articles",
    Kind.GAUGE,
    "Files in the sources, by the state of their article.",
    labels=("state",),
)
ARTICLES = Metric("aggregator_public_articles", Kind.GAUGE, "Articles that feeds can show.")
PROBLEMS = Metric(
    "aggregator_problems", Kind.GAUGE, "Problems that the sources have now.", labels=("severity",)
)
ALARMS = Metric(
    "aggregator_source_alarms", Kind.GAUGE, "Sources that could not be believed and were left as they were."
)

METRICS = (
    REQUESTS,
    REQUEST_SECONDS,
    BYTES,
    SAVED,
    REFUSALS,
    CONNECTIONS,
    PROCESSES,
    WORKER_ENDS,
    WORKER_START_FAILURES,
    SUBSCRIBERS,
    EDITIONS,
    REFRESHES,
    REFRESH_SECONDS,
    REFRESH_AGE,
    GENERATION,
    GENERATION_AGE,
    FILES,
    ARTICLES,
    PROBLEMS,
    ALARMS,
)
