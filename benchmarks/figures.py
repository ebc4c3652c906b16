"""Write the table and the plots of docs/performance.md, from the JSON of a run.

python -m benchmarks.figures JSON [docs/performance.md]
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import number
from benchmarks.rows import ROWS, Better, Row

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- make figures: begin -->", "<!-- make figures: end -->"
_HEAD = ("row", "what", "judged", "ours", "peer", "measured", "must", "aim")
_NOTHING = ""
_NOT_YET = "not measured"

# Of rows whose samples a plot shows.
_PLOTS = {
    "growth": ("What a file costs in a cold build, by the number of articles", "growth.svg"),
    "refresh-p99": ("How long answers take at rest, and while a refresh runs", "latency.svg"),
}


def table(run: Mapping[str, Any]) -> str:
    """Give the table in Markdown, and the plots that go with it; a row that the run does not have says so."""
    lines = [_HEAD, *(_line(row, run["rows"].get(row.name)) for row in ROWS)]
    shown = [f"| {' | '.join(line)} |" for line in lines]
    shown.insert(1, "|" + "---|" * len(_HEAD))
    machine = ", ".join(f"{name} {value}" for name, value in run["machine"].items())
    pictures = [
        f"\n![{text}](performance/{file})" for name, (text, file) in _PLOTS.items() if name in run["rows"]
    ]
    return "\n".join([*shown, "", f"Measured on: {machine or 'nothing yet'}.", *pictures])


def with_table(document: str, run: Mapping[str, Any]) -> str:
    """Give the document with this run's table in the place of the one that it has."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} with its {END}, expected both around the table")
    return f"{before}{BEGIN}\n\n{table(run)}\n\n{END}{after}"


def _line(row: Row, measured: Mapping[str, Any] | None) -> tuple[str, ...]:
    sign = "≥" if row.better is Better.MORE else "≤"
    goals = (f"{sign} {row.must:g}", f"{sign} {row.aim:g}")
    if measured is None or measured["value"] is None:
        return (f"`{row.name}`", row.what, row.how, _NOTHING, _NOTHING, _NOT_YET, *goals)
    ours, peer = (_sample(measured[name], measured["unit"]) for name in ("ours_median", "peer_median"))
    return (f"`{row.name}`", row.what, row.how, ours, peer, f"**{number(measured['value'])}**", *goals)


def _sample(value: float | None, unit: str) -> str:
    return _NOTHING if value is None else f"{number(value)} {unit}"


def main() -> None:
    # Here alone, so that the table can be had without the library that draws.
    from benchmarks.plot import draw_growth, draw_latency  # noqa: PLC0415

    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    document = Path(sys.argv[2]) if len(sys.argv) > 2 else DOCUMENT
    document.write_text(with_table(document.read_text(encoding="utf-8"), run), encoding="utf-8")
    folder = document.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, draw in (("growth", draw_growth), ("refresh-p99", draw_latency)):
        if name in run["rows"]:
            draw(run["rows"][name]["series"], folder / _PLOTS[name][1])


if __name__ == "__main__":
    main()
