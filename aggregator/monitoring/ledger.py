"""Ledger: what became of the refreshes, and the state that the last good one left, in figures."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from aggregator.catalogue import Generation
from aggregator.errors import Severity
from aggregator.monitoring.journal import MOST_PROBLEMS, MOST_REFRESHES, Journal, RefreshNote
from aggregator.monitoring.metrics import (
    ALARMS,
    ARTICLES,
    FILES,
    GENERATION,
    GENERATION_AGE,
    PROBLEMS,
    REFRESH_AGE,
    REFRESH_SECONDS,
    REFRESHES,
    Figures,
    Key,
)
from aggregator.monitoring.redaction import redacted
from aggregator.refreshes.refresh import Report


class Outcome(StrEnum):
    """How a refresh went."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"


class Ledger:
    """Counts refreshes. `clock` tells the time at which the figures are asked for, since some of them are ages."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._outcomes = dict.fromkeys(Outcome, 0)
        self._durations: dict[Key, float] = {}
        self._generation: Generation | None = None
        self._ended: datetime | None = None
        self._state: dict[Key, float] = {}
        self._started = clock()
        self._notes: deque[RefreshNote] = deque(maxlen=MOST_REFRESHES)
        self._report: Report | None = None

    def begin(self, generation: Generation) -> None:
        """Take note of what an earlier run left."""
        if generation.number:
            self._generation = generation

    def note(self, outcome: Outcome, seconds: float = 0.0, reason: str = "") -> None:
        """Count a refresh that left everything as it was because it went wrong, after so many seconds."""
        self._outcomes[outcome] += 1
        self._write(outcome, seconds, redacted(reason))

    def note_report(self, report: Report, seconds: float) -> None:
        """Count a refresh that went well, and keep what it found."""
        now = self._clock()
        outcome = Outcome.UNCHANGED if report.generation is None else Outcome.CHANGED
        self._outcomes[outcome] += 1
        self._write(outcome, seconds, "")
        self._report = report
        index = sum(seconds > bound for bound in REFRESH_SECONDS.bounds)
        for key, more in ((REFRESH_SECONDS.bucket(index), 1), (REFRESH_SECONDS.sum, seconds)):
            self._durations[key] = self._durations.get(key, 0) + more
        self._ended = now
        if report.generation is not None:
            self._generation = Generation(report.generation, now)
        self._state = _state(report)

    def figures(self) -> Figures:
        """Give all of it."""
        counts: dict[Key, float] = {REFRESHES.key(outcome): n for outcome, n in self._outcomes.items()}
        levels = dict(self._state)
        if self._ended is not None:
            levels[REFRESH_AGE.key()] = self._seconds_since(self._ended)
        if self._generation is not None:
            levels[GENERATION.key()] = self._generation.number
            levels[GENERATION_AGE.key()] = self._seconds_since(self._generation.as_of)
        return Figures(counts=counts | self._durations, levels=levels, journal=self._journal())

    def _write(self, outcome: Outcome, seconds: float, reason: str) -> None:
        self._notes.append(RefreshNote(ended=self._clock(), outcome=outcome, seconds=seconds, reason=reason))

    def _journal(self) -> Journal:
        report, generation = self._report, self._generation
        return Journal(
            told=self._clock(),
            started=self._started,
            changed=generation.as_of if generation else None,
            next_due=report.next_due if report else None,
            refreshes=tuple(self._notes),
            problems=report.problems[:MOST_PROBLEMS] if report else (),
            alarms=report.alarms if report else (),
        )

    def _seconds_since(self, moment: datetime) -> float:
        # A clock that was set back must not make an age negative.
        return max(0.0, (self._clock() - moment).total_seconds())


def _state(report: Report) -> dict[Key, float]:
    state: dict[Key, float] = {FILES.key(name): count for name, count in report.states.items()}
    for severity in Severity:
        state[PROBLEMS.key(severity)] = sum(problem.severity is severity for problem in report.problems)
    state[ALARMS.key()] = len(report.alarms)
    state[ARTICLES.key()] = report.articles
    return state
