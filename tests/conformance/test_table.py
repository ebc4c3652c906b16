"""docs/standards.md: every rule is there, and every test that it names exists."""

import re
from pathlib import Path

import pytest

from tests.named_tests import missing, named_tests

TESTS = Path(__file__).parents[1]
DOCUMENT = (TESTS.parent / "docs" / "standards.md").read_text(encoding="utf-8")
ROWS = {row[1]: row for row in re.finditer(r"^\| ([A-Z]+\d+) \| (.+?) \| (.*?) ?\|$", DOCUMENT, re.MULTILINE)}

# How many rules there are of each letter, and those of another kind in between.
COUNTS = {
    "R": 13,
    "A": 13,
    "F": 6,
    "D": 4,
    "I": 4,
    "J": 7,
    "MR": 5,
    "DC": 3,
    "O": 5,
    "AD": 2,
    "X": 1,
    "H": 10,
    "C": 7,
    "T": 3,
    "N": 4,
    "E": 14,
}
ELSEWHERE = {"C4", "E7", "E12"}
RULES = [f"{letter}{number + 1}" for letter, count in COUNTS.items() for number in range(count)]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in ELSEWHERE])
def test_every_rule_names_a_test_that_bears_its_number_or_says_why_not(rule: str) -> None:
    said, tests = ROWS[rule][2], re.findall("::(test_[A-Za-z0-9_]+)", ROWS[rule][3])
    if said.startswith(("not applicable: ", "later: ")):
        assert tests == []
    else:
        assert tests
        assert all(f"_{rule}_" in test for test in tests)


@pytest.mark.parametrize(("path", "name"), named_tests(DOCUMENT))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert missing(path, name) == ""
