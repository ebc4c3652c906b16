"""Which lints there are: the names by which findings are known, how bad they are, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.errors import Problem, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. `meaning` is a sentence about it, for people who see it for the first time."""

    severity: Severity
    meaning: str


RULES: Mapping[str, Rule] = {
    "empty-feed": Rule(Severity.WARNING, "A feed of the configuration selects no article at all."),
    "unknown-name": Rule(
        Severity.WARNING, "A feed asks for a topic, provider, category, type or language that no article has."
    ),
    "unused-alias": Rule(Severity.WARNING, "No article uses this other name of a topic."),
    "dead-moved": Rule(
        Severity.WARNING, "Readers of an old id are sent on to a feed that selects no article at all."
    ),
    "no-front-matter": Rule(
        Severity.WARNING,
        "A file is taken for no article, though a title stands where front matter would be; perhaps the line of dashes is not its first.",
    ),
    "empty-file": Rule(
        Severity.WARNING,
        "There is nothing in a file. An article that it held stays until the file is deleted.",
    ),
    "far-future": Rule(Severity.WARNING, "A date lies more than a year ahead; perhaps a digit is wrong."),
    "topic-case": Rule(Severity.HINT, "A topic is written in upper and lower case in more than one way."),
    "topic-spelling": Rule(Severity.HINT, "Two topics are one letter apart; perhaps one was meant."),
    "provider-names": Rule(Severity.HINT, "One provider's domain goes by more than one name."),
    "bare-article": Rule(
        Severity.HINT, "An article has no picture, no excerpt or no topic, so readers have less to show."
    ),
}


def finding(
    rule: str,
    reason: str,
    *,
    file: str,
    line: int | None = None,
    column: int | None = None,
    key: str | None = None,
) -> Problem:
    """Give what a lint found, at a place."""
    return Problem(
        file=file,
        line=line,
        column=column,
        key=key,
        reason=reason,
        severity=RULES[rule].severity,
        rule=rule,
    )
