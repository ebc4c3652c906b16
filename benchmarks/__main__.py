"""Measure every row of the table side by side with its peer.

    python -m benchmarks [--only ROW ...] [--files N] [--json FILE]

Without options at full size: about half an hour on two processors, and 10 GB of disk. Nothing else should run meanwhile.
"""

import argparse
import compileall
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.machine import LOAD_BEFORE, facts
from benchmarks.report import document, table
from benchmarks.rows import ROWS, measured

_ROOT = Path(__file__).parents[1]


def main() -> None:
    arguments = _arguments()
    rows = [row for row in ROWS if not arguments.only or row.name in arguments.only]
    machine = facts()
    # As pip does when it installs: what is measured is a program that is installed, whatever stands in the way of keeping byte code here.
    for package in ("feeds", "aggregator"):
        compileall.compile_dir(_ROOT / package, quiet=1)
    readings: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = _bench(arguments, Path(arguments.folder or folder).resolve())
        bench.folder.mkdir(parents=True, exist_ok=True)
        for found in measured(rows, bench, lambda line: print(line, file=sys.stderr)):
            readings.update(found)
            if arguments.json:
                # After each trial: a run takes long, and what it has measured is not to be lost with it.
                _keep(arguments.json, document(bench, machine, ROWS, found))
    print(table([row for row in ROWS if row.name in readings], readings))


def _keep(file: Path, measured: Mapping[str, Any]) -> None:
    """Write what was measured, beside the other rows that the file has of the same sizes on the same machine."""
    run = json.loads(json.dumps(measured))
    if file.exists():
        earlier = json.loads(file.read_text(encoding="utf-8"))
        if _conditions(earlier) == _conditions(run):
            run["rows"] = earlier["rows"] | run["rows"]
    file.write_text(f"{json.dumps(run, indent=1, ensure_ascii=False)}\n", encoding="utf-8")


def _conditions(run: Mapping[str, Any]) -> tuple[Any, Any]:
    machine = {name: value for name, value in run["machine"].items() if name != LOAD_BEFORE}
    return machine, run["sizes"]


def _arguments() -> argparse.Namespace:
    whole = Bench(folder=Path())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [row.name for row in ROWS]
    parser.add_argument(
        "--only", action="append", choices=names, metavar="ROW", help=f"a row; repeatable: {', '.join(names)}"
    )
    parser.add_argument("--files", type=int, default=whole.files, help="articles; the other sizes follow it")
    parser.add_argument(
        "--million", type=int, help="articles of the largest catalogue, by default ten times FILES"
    )
    parser.add_argument("--repeats", type=int, default=whole.repeats, help="runs of what takes long")
    parser.add_argument("--rounds", type=int, default=whole.rounds, help="changes that are timed one by one")
    parser.add_argument("--seconds", type=float, default=whole.seconds, help="of load, each time")
    parser.add_argument("--folder", help="keeps corpora for the next run; by default a temporary one")
    parser.add_argument(
        "--json",
        type=Path,
        help="a file to write all samples to; rows that it has already stay, where sizes and machine are the same",
    )
    return parser.parse_args()


def _bench(arguments: argparse.Namespace, folder: Path) -> Bench:
    files: int = arguments.files
    return Bench(
        folder=folder,
        files=files,
        changed=max(1, files // 10),
        sizes=tuple(max(1, files // part) for part in (100, 10, 1)),
        million=arguments.million or 10 * files,
        repeats=arguments.repeats,
        rounds=arguments.rounds,
        seconds=arguments.seconds,
    )


if __name__ == "__main__":
    main()
