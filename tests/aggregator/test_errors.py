"""The texts that people read when something is wrong."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.errors import ConfigurationError, Problem, Severity

PROBLEM = Problem(
    file="a.md", line=4, column=7, key="heat", value="'much'", reason="is 'much', expected a whole number"
)


def test_a_problem_says_where_what_and_why() -> None:
    assert str(PROBLEM) == "a.md:4:7: heat: is 'much', expected a whole number"


def test_a_warning_says_that_it_is_one() -> None:
    problem = Problem(file="a.md", reason="is odd", severity=Severity.WARNING)
    assert str(problem) == "a.md: warning: is odd"


def test_a_configuration_error_says_every_problem() -> None:
    error = ConfigurationError([PROBLEM, PROBLEM])
    assert str(error) == f"{PROBLEM}\n{PROBLEM}"
    assert error.problems == (PROBLEM, PROBLEM)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("hidden_until", [None, datetime(2026, 3, 1, 12, tzinfo=UTC)])
def test_what_may_be_seen_may_be_told(hidden_until: datetime | None) -> None:
    problem = replace(PROBLEM, hidden_until=hidden_until)
    assert str(problem.told(NOON)) == str(PROBLEM)


def test_fault_27_nothing_is_told_of_what_stands_in_an_article_before_its_time() -> None:
    told = replace(PROBLEM, hidden_until=datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)).told(NOON)
    assert (told.file, told.line, told.column, told.key, told.value) == ("a.md", 4, 7, "heat", None)
    assert "much" not in told.reason
    assert "not public" in told.reason
