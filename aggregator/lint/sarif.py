"""Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), which editors and code review show in place. Pure."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aggregator.errors import Problem, Severity
from aggregator.lint.rules import RULES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# SARIF section 3.27.10.
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
# What reading the files found has no lint's name.
_UNNAMED = "faulty-file"
_UNNAMED_MEANING = "A value can't be used as it stands, in an article or in the configuration."


def sarif(problems: Sequence[Problem], alarms: Iterable[str], version: str, base: Path) -> dict[str, Any]:
    """Give a SARIF log of one run.

    alarms   what kept the run from looking at everything
    version  of this program
    base     the folder that files are named relative to, where they lie below it: code review wants that of the repository
    """
    rules = [_UNNAMED, *RULES]
    notifications = [{"level": "error", "message": {"text": alarm}} for alarm in alarms]
    run = {
        "tool": {
            "driver": {
                "name": "feed-aggregator",
                "version": version,
                "rules": [_rule(name) for name in rules],
            }
        },
        "invocations": [
            {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules, base) for problem in problems],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, Any]:
    severity, meaning = Severity.ERROR, _UNNAMED_MEANING
    if name in RULES:
        severity, meaning = RULES[name].severity, RULES[name].meaning
    return {
        "id": name,
        "shortDescription": {"text": meaning},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _result(problem: Problem, rules: Sequence[str], base: Path) -> dict[str, Any]:
    rule = problem.rule or _UNNAMED
    subject = f"{problem.key}: " if problem.key else ""
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": _LEVELS[problem.severity],
        "message": {"text": subject + problem.reason},
        "locations": [{"physicalLocation": _location(problem, base)}],
    }


def _location(problem: Problem, base: Path) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _address(Path(problem.file), base)}}
    if problem.line is not None:
        # Without a column a region is the whole line (section 3.30.2).
        column = {} if problem.column is None else {"startColumn": problem.column}
        location["region"] = {"startLine": problem.line, **column}
    return location


def _address(file: Path, base: Path) -> str:
    """Give the URI reference of a file: relative below `base`, else absolute (RFC 3986 section 4.2)."""
    if file.is_absolute() and not file.is_relative_to(base):
        return file.as_uri()
    path = file.relative_to(base) if file.is_absolute() else file
    return quote(os.fsencode(path), safe="/!$&'()*+,;=@~-._")
