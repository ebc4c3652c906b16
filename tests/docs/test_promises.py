"""docs/promises.md: each promise names tests, and they are there and run."""

from pathlib import Path

import pytest

from tests.named_tests import idle, missing, named_tests

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
PROMISES = [
    line for line in DOCUMENT.splitlines() if line.startswith("| ") and not line.startswith("| promise ")
]


def test_it_promises_something_of_everything() -> None:
    sections = DOCUMENT.split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [
        "Freshness",
        "Consistency",
        "Durability",
        "Privacy of the unpublished",
        "Limits",
        "Determinism",
        "Identity",
    ]
    assert all("\n|---|---|\n| " in section for section in sections)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda row: row.split("|")[1].strip())
def test_every_promise_is_a_sentence_that_names_tests(promise: str) -> None:
    _, said, held, _ = promise.split("|")
    assert said.strip().endswith(".")
    assert named_tests(held)


@pytest.mark.parametrize(("path", "name"), named_tests(DOCUMENT))
def test_every_test_that_is_named_exists_and_runs(path: str, name: str) -> None:
    assert missing(path, name) == ""
    assert idle(path, name) == ""
