"""docs/hostile-input.md: what fuzzing found has its seeds and its tests, and they are there and run."""

import re
from pathlib import Path

import pytest

from tests.named_tests import idle, missing, named_tests

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "hostile-input.md").read_text(encoding="utf-8")
FOUND = re.findall(r"^\| ([A-Z].+?) \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE)


def test_all_that_was_found_is_told() -> None:
    assert len(FOUND) >= 5


@pytest.mark.parametrize(("found", "seeds", "tests"), FOUND, ids=[row[0] for row in FOUND])
def test_every_finding_has_a_seed_and_a_test(found: str, seeds: str, tests: str) -> None:
    assert found.endswith(".")
    assert named_tests(tests)
    for seed in re.findall("`(.+?)`", seeds):
        assert (ROOT / "tests" / "fuzz" / "seeds" / seed).is_file(), seed


@pytest.mark.parametrize(("path", "name"), named_tests(DOCUMENT))
def test_every_test_that_is_named_exists_and_runs(path: str, name: str) -> None:
    assert missing(path, name) == ""
    assert idle(path, name) == ""
