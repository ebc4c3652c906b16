"""SECURITY.md: each defence names tests that are there and run; and what its last row says of the linter."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.named_tests import idle, missing, named_tests

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
DEFENCES = DOCUMENT.partition("| against |")[2].partition("\n\n")[0].splitlines()[2:]
# What runs, here or at a user's. Tests have exceptions as a whole, in pyproject.toml.
CODE = sorted(
    file for name in ("feeds", "aggregator", "supply_chain") for file in (ROOT / name).rglob("*.py")
)
# Codes as ruff reads them, with whatever space and separators; all rules at once, where none is named.
EXCEPTION = re.compile(
    r"#\s*(?P<file>(?:ruff|flake8)\s*:\s*)?noqa\b(?:\s*:\s*(?P<rules>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?(?P<reason>.*)",
    re.IGNORECASE,
)
SECURITY_RULE = re.compile(r"\bS\d+", re.IGNORECASE)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda row: row.split("|")[1].strip())
def test_every_defence_names_tests(defence: str) -> None:
    _, against, said, shown, _ = defence.split("|")
    assert against.strip()
    assert said.strip()
    assert named_tests(shown)


@pytest.mark.parametrize(("path", "name"), named_tests(DOCUMENT))
def test_every_test_that_is_named_exists_and_runs(path: str, name: str) -> None:
    assert missing(path, name) == ""
    assert idle(path, name) == ""


def reason_of(line: str) -> str | None:
    """Give what a line says of why a security rule does not hold in it, None where it excepts none. That of a whole file has no reason."""
    found = EXCEPTION.search(line)
    if found is None or (found["rules"] and not SECURITY_RULE.search(found["rules"])):
        return None
    return "" if found["file"] or not found["rules"] else found["reason"].strip(" ,:-#")


def exceptions() -> list[tuple[str, str]]:
    """Give where a security rule is excepted in the code, and what is said of why."""
    return [
        (f"{file.relative_to(ROOT)}:{number}", reason)
        for file in CODE
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if (reason := reason_of(line)) is not None
    ]


def test_every_exception_from_the_rules_says_why() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert linter["select"] == ["ALL"]
    assert not [rule for rule in linter["ignore"] if re.fullmatch(r"S\d*", rule)]
    assert {
        path for path in linter["per-file-ignores"] if not path.startswith(("tests/", "benchmarks/"))
    } == set()
    assert [place for place, reason in exceptions() if not reason] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("run()  # noqa: S603  our own", "our own"),
        ("run()  # noqa: PLR0913, S603  our own", "our own"),
        ("run()  # noqa: S603, PLR0913", ""),
        ("run()  # noqa: S603 PLR0913", ""),
        ("run()  # noqa:S603", ""),
        ("run()  #noqa : s603", ""),
        ("run()  # noqa", ""),
        ("# ruff: noqa: S602", ""),
        ("# ruff: noqa: S602  our own", ""),
        ("# flake8: noqa", ""),
        ("run()  # noqa: PLR0913", None),
        ("run()", None),
    ],
)
def test_a_list_of_rules_is_no_reason(line: str, reason: str | None) -> None:
    assert reason_of(line) == reason


def test_an_exception_is_found() -> None:
    assert "aggregator/service/frames.py" in {place.partition(":")[0] for place, _ in exceptions()}
