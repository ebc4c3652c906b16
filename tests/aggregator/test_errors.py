"""The texts that people read when something is wrong."""

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
