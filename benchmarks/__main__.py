"""Measure every row of the table side by side with its peer.

    python -m benchmarks [--only ROW ...] [--files N] [--json FILE]

Without options at full size: about half an hour on two processors, and 10 GB of disk. Nothing else should run meanwhile.
"""

import argparse
import compileall
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.machine import facts
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
    with tempfile.TemporaryDirectory() as folder:
        bench = _bench(arguments, Path(arguments.folder or folder).resolve())
        bench.folder.mkdir(parents=True, exist_ok=True)
        readings = measured(rows, bench, lambda line: print(line, file=sys.stderr))
    told = [row for row in ROWS if row.name in readings]
    print(table(told, readings))
    if arguments.json:
        text = json.dumps(document(bench, machine, told, readings), indent=1, ensure_ascii=False)
        arguments.json.write_text(f"{text}\n", encoding="utf-8")


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
    parser.add_argument("--json", type=Path, help="a file to write all samples to")
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
