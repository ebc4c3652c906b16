"""docs/faults.md: every fault and attack of the list is there, every number has its tests, and they are where it says."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCUMENT = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = {
    int(row[1]): row[3] for row in re.finditer(r"^\| (\d+) \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE)
}
NUMBERS = [*range(1, 28), *range(29, 43), *range(56, 60), 63, 64]


def _tests_of_numbers() -> Mapping[int, set[str]]:
    """Give the files, as below tests/, that have tests of each number."""
    found: dict[int, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for number in re.findall(r"^(?:async )?def test_fault_(\d\d)_\w+\(", text, re.MULTILINE):
            found.setdefault(int(number), set()).add(str(path.relative_to(TESTS)))
    return found


FOUND = _tests_of_numbers()


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_has_tests_and_the_document_says_where(number: int) -> None:
    assert FOUND.get(number), f"no test is called test_fault_{number:02}_…"
    named = set(re.findall(r"`([\w/]+\.py)`", ROWS[number]))
    assert named
    assert named <= FOUND[number]


def test_no_number_is_made_up() -> None:
    assert FOUND.keys() | ROWS.keys() == set(NUMBERS)
