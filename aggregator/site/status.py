"""The status page: what an operator wants to know at a glance, made of the figures of all processes. Knows nothing of HTTP."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import Settings
from aggregator.errors import Problem
from aggregator.monitoring.habits import Habit, wastes
from aggregator.monitoring.journal import MOST_REFRESHES, Journal
from aggregator.monitoring.metrics import (
    ARTICLES,
    BEAT_SECONDS,
    BYTES,
    CONNECTIONS,
    FILES,
    GENERATION,
    MOST_BEATS,
    PROBLEMS,
    PROCESSES,
    REFRESHES,
    REQUESTS,
    SAVED,
    WORKER_ENDS,
    Figures,
    Metric,
)
from aggregator.printable import on_one_line
from aggregator.site.charts import Chart, chart
from aggregator.site.rendering import Templates
from aggregator.site.words import bytes_in_words, seconds_in_words

MOST_ROWS = 50
_SHOWN_REFRESHES = 8

_KINDS = ("unchanged", "sent", "refused", "failed")
_UNCHANGED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """The requests for one feed: of each status, in all, and the share of those that could be answered with 304."""

    feed: str
    statuses: Mapping[int, int]
    requests: int
    unchanged: float


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """Whom a feed reaches as readers announce it: people in all, and by reader the largest number of each format added up."""

    feed: str
    people: int
    readers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class WasteRow:
    """A program that wastes, with what."""

    reader: str
    feed: str
    form: str
    habit: Habit
    wastes: tuple[str, ...]


class StatusPage:
    """The page under one configuration."""

    def __init__(self, settings: Settings, templates: Templates) -> None:
        self._templates = templates
        self._timezone = settings.timezone
        self._folder = f"{settings.path.parent}/"
        self._max_age = settings.server.max_age.total_seconds()

    def render(self, figures: Figures, now: float) -> bytes:
        """Give the page; `now` is the monotonic time at which it is asked for."""
        journal = figures.journal
        return self._templates.render(
            "status.html",
            journal=journal,
            as_of=self._time(journal.told) if journal else "",
            time=self._time,
            since=lambda moment: _since(moment, journal),
            seconds=seconds_in_words,
            size=bytes_in_words,
            clean=on_one_line,
            short=lambda text: text.replace(self._folder, ""),
            level=lambda metric, *labels: figures.levels.get(metric.key(*labels)),
            metrics={
                "generation": GENERATION,
                "articles": ARTICLES,
                "connections": CONNECTIONS,
                "processes": PROCESSES,
            },
            files=_by_label(figures.levels, FILES),
            problem_counts=_by_label(figures.levels, PROBLEMS),
            problems=_by_file(journal.problems) if journal else (),
            outcomes=_by_label(figures.counts, REFRESHES),
            refreshes=tuple(reversed(journal.refreshes))[:_SHOWN_REFRESHES] if journal else (),
            durations=_durations(journal),
            pulse=_pulse(figures, now),
            statuses=_statuses(figures),
            feeds=_feeds(figures)[:MOST_ROWS],
            unchanged=_share(_statuses(figures)),
            sent=sum(_by_label(figures.counts, BYTES).values()),
            saved=_by_label(figures.counts, SAVED),
            worker_ends=figures.counts.get(WORKER_ENDS.key(), 0),
            audience=_audience(figures)[:MOST_ROWS],
            wasters=_wasters(figures, self._max_age)[:MOST_ROWS],
            max_age=self._max_age,
        )

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._timezone):%Y-%m-%d %H:%M:%S %Z}"


def _since(moment: datetime, journal: Journal | None) -> float:
    """Give the seconds that have passed since then; less than nothing where it is to come."""
    return (journal.told - moment).total_seconds() if journal else 0.0


def _by_label(figures: Mapping[tuple[str, tuple[str, ...]], float], metric: Metric) -> dict[str, float]:
    return {labels[0]: figure for (name, labels), figure in sorted(figures.items()) if name == metric.name}


def _by_file(problems: Iterable[Problem]) -> tuple[tuple[str, tuple[Problem, ...]], ...]:
    files: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        files[problem.file].append(problem)
    return tuple((file, tuple(found)) for file, found in sorted(files.items()))


def _durations(journal: Journal | None) -> Chart:
    notes = journal.refreshes if journal else ()
    still_to_come = [()] * (MOST_REFRESHES - len(notes))
    return chart([*still_to_come, *([(note.outcome, note.seconds)] for note in notes)])


def _pulse(figures: Figures, now: float) -> Chart:
    last = int(now // BEAT_SECONDS)
    beats = range(last - MOST_BEATS + 1, last + 1)
    return chart([[(kind, figures.pulse.get((beat, kind), 0)) for kind in _KINDS] for beat in beats])


def _statuses(figures: Figures) -> dict[int, int]:
    """Give the number of answers by status, over everything."""
    found: defaultdict[int, int] = defaultdict(int)
    for (name, labels), count in figures.counts.items():
        if name == REQUESTS.name:
            found[int(labels[2])] += int(count)
    return dict(sorted(found.items()))


def _feeds(figures: Figures) -> list[FeedRow]:
    """Give the feeds, the busiest first."""
    found: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (name, labels), count in figures.counts.items():
        if name == REQUESTS.name:
            found[labels[0]][int(labels[2])] += int(count)
    rows = [
        FeedRow(
            feed=feed,
            statuses=dict(sorted(statuses.items())),
            requests=sum(statuses.values()),
            unchanged=_share(statuses),
        )
        for feed, statuses in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.requests, row.feed))


def _share(statuses: Mapping[int, int]) -> float:
    """Give the share of 304 among the answers to who asked for a document that there is."""
    unchanged = statuses.get(_UNCHANGED, 0)
    told = unchanged + statuses.get(200, 0) + statuses.get(226, 0)
    return unchanged / told if told else 0.0


def _audience(figures: Figures) -> list[AudienceRow]:
    """Give the feeds that readers announce subscribers of, the one with the most first."""
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (feed, _form, reader), number in figures.audience.items():
        found[feed][on_one_line(reader)] += number
    rows = [
        AudienceRow(
            feed,
            sum(readers.values()),
            tuple(sorted(readers.items(), key=lambda one: (-one[1], one[0]))),
        )
        for feed, readers in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.people, row.feed))


def _wasters(figures: Figures, max_age: float) -> list[WasteRow]:
    """Give the programs that waste, the one that got the most bytes in vain first."""
    rows = [
        WasteRow(on_one_line(reader), feed, form, habit, found)
        for (reader, feed, form), habit in figures.habits.items()
        if (found := wastes(habit, max_age))
    ]
    return sorted(rows, key=lambda row: (-row.habit.blind_bytes, -row.habit.requests, row.reader, row.feed))
