"""What a process and all that it started use, as the kernel counts it (Linux)."""

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLES_A_SECOND = 10
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command took: seconds of wall time, and the most memory of all its processes at once."""

    seconds: float
    peak_mib: float


def family(pid: int) -> list[int]:
    """Give the process and all its descendants that live."""
    children: dict[int, list[int]] = {}
    for child, fields in _processes():
        children.setdefault(int(fields[1]), []).append(child)
    found, pending = [], [pid]
    while pending:
        found.append(pending.pop())
        pending += children.get(found[-1], ())
    return found


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process and all its descendants have used, those that have ended included."""
    members = set(family(pid))
    return sum(sum(map(int, fields[11:15])) for one, fields in _processes() if one in members) / _TICKS


def memory_mib(pid: int) -> float:
    """Give the memory of a process and all its descendants: of pages that several share, each has its part (PSS)."""
    return sum(map(_pss_kib, family(pid))) / 1024


def _pss_kib(pid: int) -> int:
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0
    return int(found[1]) if found else 0


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Give every process with its fields of /proc/PID/stat from the state on (proc_pid_stat(5), from field 3)."""
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  ten times a second, beside what is measured
        try:
            text = Path(f"/proc/{name}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield int(name), text.rpartition(")")[2].split()


class PeakMemory:
    """Looks at the memory of a process and its descendants ten times a second while the block lasts."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.mib = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.mib = max(self.mib, memory_mib(self._pid))
            if self._is_over.wait(1 / _SAMPLES_A_SECOND):
                return


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end; raise CalledProcessError, with what it said, where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    with PeakMemory(process.pid) as peak:
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, command)), output)
    return Run(seconds, peak.mib)
