"""The rows: what is measured, what it must reach, and what it aims at. One table, which the report and the documents follow."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.bench import Bench
from benchmarks.reading import Reading
from benchmarks.trials import (
    cold,
    growth,
    million,
    refreshing,
    rendering,
    resting,
    saving,
    serving,
    warm,
    workers,
)

Trial = Callable[[Bench], Mapping[str, Reading]]


class Better(StrEnum):
    """Which way is better."""

    MORE = "at least"
    LESS = "at most"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    name   what --only takes
    what   the subject; how: what is divided by what, or the unit
    trial  measures it, perhaps with other rows
    """

    name: str
    what: str
    how: str
    better: Better
    must: float
    aim: float
    trial: Trial

    def reaches(self, value: float, goal: float) -> bool:
        return value >= goal if self.better is Better.MORE else value <= goal


ROWS = (
    Row(
        "cold-build",
        "Cold build: every topic's and provider's RSS feed on disk (`publish`, empty catalogue)",
        "wall time, Hugo ÷ ours",
        Better.MORE,
        4,
        8,
        cold.loads,
    ),
    Row(
        "cold-memory",
        "Peak memory of that",
        "Hugo's peak ÷ ours, all our processes",
        Better.MORE,
        6,
        12,
        cold.loads,
    ),
    Row(
        "cold-start",
        "Cold start: files to `/readyz` 200",
        "wall time, Hugo ÷ ours",
        Better.MORE,
        4,
        10,
        cold.loads,
    ),
    Row(
        "warm-restart",
        "Warm restart, nothing changed, to `/readyz` 200",
        "wall time, ours ÷ bare scan",
        Better.LESS,
        6,
        3,
        warm.restart,
    ),
    Row(
        "saved-to-served",
        "One file changed: saved to served",
        "median ms from its close to the first answer that holds it",
        Better.LESS,
        150,
        40,
        saving.to_served,
    ),
    Row(
        "idle-refresh",
        "Refresh with nothing changed, no watching",
        "processor time, ours ÷ bare scan",
        Better.LESS,
        3,
        1.5,
        warm.idle_refresh,
    ),
    Row(
        "serve-200",
        "Serving 200 gzip, one processor, 32 connections",
        "requests/s, ours ÷ nginx",
        Better.MORE,
        0.40,
        0.55,
        serving.beside_nginx,
    ),
    Row(
        "serve-304", "Serving 304", "requests/s, ours ÷ nginx", Better.MORE, 0.30, 0.45, serving.beside_nginx
    ),
    Row(
        "serve-stack",
        "Serving 200 gzip through the whole stack",
        "requests/s, ours ÷ bare aiohttp handler on uvloop",
        Better.MORE,
        0.95,
        1.2,
        serving.beside_bare_aiohttp,
    ),
    Row(
        "refresh-p99",
        "p99 of answers while a refresh of changed files runs",
        "÷ p99 at rest",
        Better.LESS,
        3,
        1.5,
        refreshing.under_load,
    ),
    Row(
        "render-rss",
        "First request after a change, RSS",
        "ms, ours ÷ feedgen used naively",
        Better.LESS,
        1.0,
        0.5,
        rendering.first_requests,
    ),
    Row(
        "render-atom",
        "First request after a change, Atom",
        "ms, ours ÷ feedgen used naively",
        Better.LESS,
        1.0,
        0.5,
        rendering.first_requests,
    ),
    Row(
        "render-json",
        "First request after a change, JSON",
        "ms, ours ÷ feedgen used naively",
        Better.LESS,
        1.0,
        0.5,
        rendering.first_requests,
    ),
    Row(
        "resting-memory",
        "Memory at rest, every topic's and provider's feed served once in 3 formats",
        "MiB, all processes",
        Better.LESS,
        300,
        150,
        resting.memory,
    ),
    Row(
        "growth",
        "Growth: what one more file costs in a cold build",
        "µs from 10,000 to 100,000 files ÷ from 1,000 to 10,000",
        Better.LESS,
        1.3,
        1.1,
        growth.build,
    ),
    Row(
        "million",
        "A million articles: topic feed query with fingerprint",
        "p99 ms",
        Better.LESS,
        5,
        1,
        million.topic_queries,
    ),
    Row(
        "workers",
        "`--workers 2` on two processors, at searches nobody asked for before",
        "requests/s ÷ one worker, both loaded",
        Better.MORE,
        1.6,
        1.9,
        workers.two_beside_one,
    ),
)


def measured(
    rows: Sequence[Row], bench: Bench, tell: Callable[[str], None]
) -> Iterator[Mapping[str, Reading]]:
    """Measure rows, and those that their trials measure by the way, a trial at a time; `tell` hears what each has taken."""
    for trial in dict.fromkeys(row.trial for row in rows):
        started = time.perf_counter()
        found = trial(bench)
        tell(f"{', '.join(found)}: {time.perf_counter() - started:.0f} s")
        yield found
