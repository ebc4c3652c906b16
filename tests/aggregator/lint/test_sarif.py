"""Findings as SARIF: by what its schema and its text demand of the parts that are used."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aggregator.errors import Problem, Severity
from aggregator.lint import RULES, sarif

BASE = Path("/work/site")

# What docs.oasis-open.org/sarif/sarif/v2.1.0 says of these properties (sections 3.13, 3.14, 3.18 to 3.20, 3.27 to 3.30, 3.49, 3.58).
_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_COUNTED = {"type": "integer", "minimum": 1}


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def several(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


ESSENTIALS = {
    "$defs": {
        "rule": closed(
            "id",
            id={"type": "string"},
            shortDescription=_TEXT,
            defaultConfiguration=closed(level=_LEVEL),
        ),
        "location": closed(
            physicalLocation=closed(
                "artifactLocation",
                artifactLocation=closed("uri", uri={"type": "string", "pattern": r"^[!-~]+$"}),
                region=closed("startLine", startLine=_COUNTED, startColumn=_COUNTED),
            )
        ),
    },
    **closed(
        "version",
        "runs",
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"const": "2.1.0"},
        runs=several(
            closed(
                "tool",
                tool=closed(
                    "driver",
                    driver=closed(
                        "name",
                        name={"type": "string"},
                        version={"type": "string"},
                        rules={**several({"$ref": "#/$defs/rule"}), "uniqueItems": True},
                    ),
                ),
                invocations=several(
                    closed(
                        "executionSuccessful",
                        executionSuccessful={"type": "boolean"},
                        toolExecutionNotifications=several(closed("message", message=_TEXT, level=_LEVEL)),
                    )
                ),
                columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                results=several(
                    closed(
                        "message",
                        ruleId={"type": "string"},
                        ruleIndex={"type": "integer", "minimum": 0},
                        level=_LEVEL,
                        message=_TEXT,
                        locations=several({"$ref": "#/$defs/location"}),
                    )
                ),
            )
        ),
    ),
}


def log_of(*problems: Problem, alarms: tuple[str, ...] = ()) -> dict[str, Any]:
    log = sarif(problems, alarms, "1.2.3", BASE)
    jsonschema.validate(log, ESSENTIALS)
    return log


def result_of(**values: Any) -> dict[str, Any]:
    problem = Problem(**{"file": "/work/site/a.md", "reason": "is odd"} | values)
    (result,) = log_of(problem)["runs"][0]["results"]
    assert isinstance(result, dict)
    return result


def uri_of(file: str) -> str:
    return str(result_of(file=file)["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_a_finding_says_what_where_and_by_which_rule() -> None:
    result = result_of(line=4, column=7, key="heat", rule="far-future", severity=Severity.WARNING)
    assert result["ruleId"] == "far-future"
    assert result["level"] == "warning"
    assert result["message"] == {"text": "heat: is odd"}
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 7}


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.HINT, "note")]
)
def test_each_severity_has_its_level(severity: Severity, level: str) -> None:
    assert result_of(severity=severity)["level"] == level


def test_every_rule_is_described_and_the_index_leads_to_it() -> None:
    log = log_of(*(Problem(file="a.md", reason="is odd", rule=rule) for rule in (None, *RULES)))
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["faulty-file", *RULES]


def test_a_fault_without_a_place_has_no_region() -> None:
    assert "region" not in result_of()["locations"][0]["physicalLocation"]


def test_a_fault_with_a_line_alone_is_the_whole_line() -> None:
    assert result_of(line=4)["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("/work/site/news/a.md", "news/a.md"),
        ("/elsewhere/a.md", "file:///elsewhere/a.md"),
        ("config/site.yaml", "config/site.yaml"),
        ("/work/site/100% naïve #1?.md", "100%25%20na%C3%AFve%20%231%3F.md"),
    ],
)
def test_files_are_named_relative_to_the_repository_where_they_lie_in_it(file: str, uri: str) -> None:
    assert uri_of(file) == uri


def test_what_kept_it_from_looking_is_a_notification() -> None:
    invocation = log_of(alarms=("source news: nowhere can't be read",))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("source news")


def test_nothing_found_is_an_empty_list_of_results() -> None:
    run = log_of()["runs"][0]
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
