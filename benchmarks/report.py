"""The report: a table for people, and JSON with every sample. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.reading import Reading
from benchmarks.rows import Better, Row

_HEAD = ("row", "how", "ours", "peer", "value", "must", "aim", "verdict")


def verdict(row: Row, reading: Reading) -> str:
    """Say in a word what came of a row."""
    if reading.value is None:
        return "not measured"
    if row.reaches(reading.value, row.aim):
        return "aim"
    return "must" if row.reaches(reading.value, row.must) else "MISSED"


def table(rows: Sequence[Row], readings: Mapping[str, Reading]) -> str:
    """Give the table in Markdown, then what is to be known of each row."""
    lines = [_HEAD, *(_line(row, readings[row.name]) for row in rows if row.name in readings)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    shown = [
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    ]
    shown.insert(1, " | ".join("-" * width for width in widths))
    notes = [f"{name}: {reading.note}" for name, reading in readings.items() if reading.note]
    return "\n".join([*(f"| {line} |" for line in shown), "", *notes])


def document(
    bench: Bench, facts: Mapping[str, str], rows: Sequence[Row], readings: Mapping[str, Reading]
) -> dict[str, Any]:
    """Give all of it as JSON has it."""
    sizes = {name: value for name, value in asdict(bench).items() if name != "folder"}
    return {
        "machine": dict(facts),
        "sizes": sizes,
        "rows": {
            row.name: {
                "what": row.what,
                "how": row.how,
                "better": str(row.better),
                "must": row.must,
                "aim": row.aim,
                "verdict": verdict(row, readings[row.name]),
                "ours_median": _median(readings[row.name].ours),
                "peer_median": _median(readings[row.name].peer),
                **asdict(readings[row.name]),
            }
            for row in rows
            if row.name in readings
        },
    }


def _line(row: Row, reading: Reading) -> tuple[str, ...]:
    sign = "≥" if row.better is Better.MORE else "≤"
    return (
        row.name,
        row.how,
        _with_unit(reading.ours, reading.unit),
        _with_unit(reading.peer, reading.unit),
        "" if reading.value is None else number(reading.value),
        f"{sign} {row.must:g}",
        f"{sign} {row.aim:g}",
        verdict(row, reading),
    )


def _with_unit(samples: Sequence[float], unit: str) -> str:
    return f"{number(median(samples))} {unit}" if samples else ""


def _median(samples: Sequence[float]) -> float | None:
    return median(samples) if samples else None


def number(value: float) -> str:
    """Write a number with three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
