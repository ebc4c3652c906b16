"""Journal: what the process that keeps the catalogue tells an operator beside figures. Values only."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.errors import Problem

MOST_REFRESHES = 60
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshNote:
    """One refresh: when it ended, how it went, how many seconds it took, and why it failed, empty where it did not."""

    ended: datetime
    outcome: str
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What happened, at the time that it is told.

    told        when
    started     when this process did
    changed     when something that readers see did, None where nothing is known of that
    next_due    when the next scheduled article goes live
    refreshes   the last ones, oldest first
    problems    what is wrong in the sources, as much of it as is worth telling
    alarms      sources that were left as they were, and why
    """

    told: datetime
    started: datetime
    changed: datetime | None = None
    next_due: datetime | None = None
    refreshes: tuple[RefreshNote, ...] = ()
    problems: tuple[Problem, ...] = ()
    alarms: tuple[str, ...] = ()
