"""A bare scan: os.scandir, and a stat of every file. As a program, so that its processor time is its own:

python -m benchmarks.peers.scan FOLDER    prints seconds of wall time, and of processor time
"""

import os
import subprocess
import sys
import time
from pathlib import Path


def scan(folder: Path) -> tuple[float, float]:
    """Scan in a process of its own; give seconds of wall time and of processor time, without the start of the interpreter."""
    command = [sys.executable, "-m", __name__, str(folder)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wall, processor = map(float, output.split())
    return wall, processor


def _scan(folder: str) -> int:
    count, pending = 0, [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count


def main() -> None:
    started, used = time.perf_counter(), time.process_time()
    _scan(sys.argv[1])
    print(time.perf_counter() - started, time.process_time() - used)


if __name__ == "__main__":
    main()
