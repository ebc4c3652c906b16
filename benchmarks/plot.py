"""The plots of docs/performance.md, from the JSON of a run: how a cold build grows, and how long answers take."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

Points = list[tuple[float, float]]

# The same figures give the same file.
mpl.rcParams["svg.hashsalt"] = "performance"
_METADATA = {"Date": None}
_SIZE = (7.0, 3.6)


def draw_growth(series: Mapping[str, Points], file: Path) -> None:
    """Draw what a file costs in a cold build, at each size."""
    figure, axes = _new("articles", "µs a file")
    names = {"whole": "all of it", "more": "one more file than the size before"}
    for name, label in names.items():
        axes.plot(*zip(*series[name], strict=True), marker="o", label=label)
    axes.set_xscale("log")
    axes.set_xticks([size for size, _ in series["whole"]], [f"{size:,.0f}" for size, _ in series["whole"]])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_title("Cold build: RSS of every topic and provider")
    axes.legend()
    figure.savefig(file, metadata=_METADATA)


def draw_latency(series: Mapping[str, Points], file: Path) -> None:
    """Draw how long answers take at rest and while a refresh runs, the slowest hundredth widest."""
    figure, axes = _new("of all answers", "ms at the most")
    for name, points in series.items():
        # 50, 90, 99, 99.9 %: each step is as wide as the one before.
        shown = [(1 / (1 - part), time) for part, time in points if 0.5 <= part < 1]
        axes.plot(*zip(*shown, strict=True), label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([2, 10, 100, 1000], ["50 %", "90 %", "99 %", "99.9 %"])
    axes.xaxis.minorticks_off()
    axes.set_title("Answers under a steady load")
    axes.legend()
    figure.savefig(file, metadata=_METADATA)


def _new(across: str, up: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=_SIZE, layout="constrained", facecolor="white")
    axes = figure.subplots()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, alpha=0.3)
    return figure, axes
