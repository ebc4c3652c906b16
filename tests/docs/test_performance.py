"""docs/performance.md and benchmarks/README.md: every row of the benchmarks, and no other, with what it must reach."""

import re
from pathlib import Path

import pytest

from aggregator.monitoring.metrics import METRICS
from benchmarks.figures import BEGIN, END, with_table
from benchmarks.rows import ROWS, Better, Row

ROOT = Path(__file__).parents[2]
PERFORMANCE = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """Give the cells of every line of a table that begins with a name in code."""
    lines = re.findall(r"^\| (`[a-z0-9-]+` \|.*) \|$", text, re.MULTILINE)
    split = ([cell.strip() for cell in line.split("|")] for line in lines)
    return {cells[0].strip("`"): cells[1:] for cells in split}


def test_the_document_has_every_row_in_order() -> None:
    assert list(rows(PERFORMANCE)) == [row.name for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_document_says_what_a_row_must_reach(row: Row) -> None:
    sign = "≥" if row.better is Better.MORE else "≤"
    told = rows(PERFORMANCE)[row.name]
    assert (told[0], told[-2:]) == (row.what, [f"{sign} {row.must:g}", f"{sign} {row.aim:g}"])


def test_every_row_has_its_command() -> None:
    told = rows(COMMANDS)
    assert list(told) == [row.name for row in ROWS]
    assert all(cells[0] == f"`python -m benchmarks --only {name}`" for name, cells in told.items())


def test_another_run_writes_the_table_anew_and_nothing_else() -> None:
    run = {
        "machine": {"python": "3"},
        "rows": {"million": {"value": 0.5, "unit": "ms", "ours_median": 0.5, "peer_median": None}},
    }
    written = with_table(PERFORMANCE, run)
    assert "| **0.5** | ≤ 5 | ≤ 1 |" in written
    assert written.count("| not measured |") == len(ROWS) - 1
    assert "](performance/growth.svg)" not in written
    assert written.partition(BEGIN)[0] == PERFORMANCE.partition(BEGIN)[0]
    assert written.partition(END)[2] == PERFORMANCE.partition(END)[2]


def test_a_document_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="expected both around the table"):
        with_table(PERFORMANCE.replace(END, ""), {"machine": {}, "rows": {}})


def test_every_metric_that_the_document_names_is_there() -> None:
    named = set(re.findall(r"aggregator_[a-z_]+", PERFORMANCE))
    assert named
    assert named <= {metric.name for metric in METRICS}
