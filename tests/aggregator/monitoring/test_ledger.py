"""The ledger: what became of refreshes, counted, and the ages of things."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.catalogue import Generation
from aggregator.errors import Problem, Severity
from aggregator.monitoring.journal import MOST_PROBLEMS, MOST_REFRESHES
from aggregator.monitoring.ledger import Ledger, Outcome
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
)
from aggregator.refreshes.refresh import Report
from tests.aggregator.workshop import HOUR, NOON


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


def report(generation: int | None) -> Report:
    problems = (Problem(file="a", reason="r"), Problem(file="b", reason="r", severity=Severity.WARNING))
    return Report(
        generation=generation,
        seen=9,
        read=3,
        articles=6,
        states={"public": 7, "broken": 2},
        problems=problems,
        alarms=("a disk is gone",),
        next_due=None,
    )


def test_every_outcome_is_there_from_the_start() -> None:
    figures = Ledger(Clock()).figures()
    assert figures.counts == {REFRESHES.key(outcome): 0 for outcome in Outcome}
    assert figures.levels == {}


def test_outcomes_are_counted() -> None:
    ledger = Ledger(Clock())
    for generation in (1, None, None):
        ledger.note_report(report(generation), 0.2)
    for outcome in (Outcome.FAILED, Outcome.TIMED_OUT, Outcome.SKIPPED, Outcome.SKIPPED):
        ledger.note(outcome)
    counts = ledger.figures().counts
    assert [counts[REFRESHES.key(outcome)] for outcome in Outcome] == [1, 2, 1, 1, 2]


def test_durations_fall_into_the_bucket_that_holds_them() -> None:
    ledger = Ledger(Clock())
    for seconds in (0.01, 0.011, 1e6):
        ledger.note_report(report(None), seconds)
    counts = ledger.figures().counts
    last = len(REFRESH_SECONDS.bounds)
    assert [counts[REFRESH_SECONDS.bucket(index)] for index in (0, 1, last)] == [1, 1, 1]
    assert counts[REFRESH_SECONDS.sum] == 0.01 + 0.011 + 1e6


def test_the_journal_tells_what_happened_and_when() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    clock.moment += HOUR
    ledger.note_report(report(1), 0.2)
    clock.moment += HOUR
    ledger.note(Outcome.FAILED, 3.0, "the store postgresql://desk:canary@example.org/wire is gone")
    journal = ledger.figures().journal
    assert journal is not None
    assert (journal.started, journal.changed, journal.told) == (NOON, NOON + HOUR, NOON + 2 * HOUR)
    assert [(note.ended, note.outcome, note.seconds) for note in journal.refreshes] == [
        (NOON + HOUR, "changed", 0.2),
        (NOON + 2 * HOUR, "failed", 3.0),
    ]
    assert "canary" not in journal.refreshes[1].reason
    assert (len(journal.problems), journal.alarms) == (2, ("a disk is gone",))


def test_the_journal_holds_no_more_than_can_be_read() -> None:
    ledger = Ledger(Clock())
    many = (Problem(file="a", reason="r"),) * 2 * MOST_PROBLEMS
    for _ in range(2 * MOST_REFRESHES):
        ledger.note_report(replace(report(None), problems=many), 0.2)
    journal = ledger.figures().journal
    assert journal is not None
    assert (len(journal.refreshes), len(journal.problems)) == (MOST_REFRESHES, MOST_PROBLEMS)


def test_the_last_good_state_is_told() -> None:
    ledger = Ledger(Clock())
    ledger.note_report(report(1), 0.2)
    ledger.note(Outcome.FAILED)
    levels = ledger.figures().levels
    assert (levels[FILES.key("public")], levels[FILES.key("broken")]) == (7, 2)
    assert [levels[PROBLEMS.key(severity)] for severity in (Severity.ERROR, Severity.WARNING)] == [1, 1]
    assert (levels[ARTICLES.key()], levels[ALARMS.key()], levels[GENERATION.key()]) == (6, 1, 1)


def test_a_state_that_there_is_no_more_is_told_no_more() -> None:
    ledger = Ledger(Clock())
    ledger.note_report(report(1), 0.2)
    mended = Report(
        generation=2, seen=9, read=3, articles=9, states={"public": 9}, problems=(), alarms=(), next_due=None
    )
    ledger.note_report(mended, 0.2)
    assert FILES.key("broken") not in ledger.figures().levels


def test_the_generation_ages_until_something_changes_and_refreshes_until_one_goes_well() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    ledger.note_report(report(1), 0.2)
    clock.moment += HOUR
    ledger.note_report(report(None), 0.2)
    clock.moment += timedelta(minutes=1)
    ledger.note(Outcome.FAILED)
    levels = ledger.figures().levels
    assert (levels[GENERATION_AGE.key()], levels[REFRESH_AGE.key()]) == (3660, 60)


def test_the_generation_of_an_earlier_run_has_the_age_that_it_has() -> None:
    ledger = Ledger(Clock())
    ledger.begin(Generation(12, NOON - HOUR))
    levels = ledger.figures().levels
    assert (levels[GENERATION.key()], levels[GENERATION_AGE.key()]) == (12, 3600)
    assert REFRESH_AGE.key() not in levels


def test_a_catalogue_that_was_never_filled_has_no_generation() -> None:
    ledger = Ledger(Clock())
    ledger.begin(Generation(0, NOON))
    assert ledger.figures().levels == {}


def test_fault_26_a_clock_that_steps_back_makes_no_age_negative() -> None:
    clock = Clock()
    ledger = Ledger(clock)
    ledger.note_report(report(1), 0.2)
    clock.moment -= HOUR
    assert ledger.figures().levels[REFRESH_AGE.key()] == 0
