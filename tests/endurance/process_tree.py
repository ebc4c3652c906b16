"""The processes of a server, found by parentage in /proc, and what they hold: whatever it is made of, one process or several."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What processes hold, added up. `memory` is what they made themselves plus their share of what they have in common, in bytes.

    Without what is of files (Pss_Anon of proc_pid_smaps(5)): of programs and libraries a process has a share, and another once somebody
    else on the machine that runs the same has ended.
    """

    memory: int
    files: int
    threads: int


def tree(root: int) -> list[int]:
    """Give a process and all below it that live, zombies left out."""
    children: dict[int, list[int]] = {}
    for process, (parent, state) in _parents():
        if state != "Z":
            children.setdefault(parent, []).append(process)
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, ()))
    return found


def lives(process: int) -> bool:
    """Tell whether a process is there and no zombie."""
    parent = _parent(process)
    return parent is not None and parent[1] != "Z"


def holdings(root: int) -> Holdings:
    """Add up what a process and those below it hold; one that ends meanwhile counts for nothing."""
    processes = tree(root)
    return Holdings(
        memory=sum(_read_of(process, _memory) for process in processes),
        files=sum(_read_of(process, _files) for process in processes),
        threads=sum(_read_of(process, _threads) for process in processes),
    )


def open_files(process: int) -> int:
    """Give how many files one process has open."""
    return _read_of(process, _files)


def processor_seconds(root: int) -> float:
    """Give the time of processors that a process and those below it have taken."""
    return sum(_read_of(process, _ticks) for process in tree(root)) / os.sysconf("SC_CLK_TCK")


def _parents() -> Iterator[tuple[int, tuple[int, str]]]:
    for name in os.listdir(_PROC):  # noqa: PTH208  names alone
        if name.isdigit() and (parent := _parent(int(name))) is not None:
            yield int(name), parent


def _parent(process: int) -> tuple[int, str] | None:
    try:
        text = (_PROC / str(process) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name of the program stands in parentheses, and may hold any character.
    state, parent, *_ = text.rpartition(")")[2].split()
    return int(parent), state


def _read_of(process: int, read: Callable[[Path], int]) -> int:
    try:
        return read(_PROC / str(process))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _memory(folder: Path) -> int:
    lines = (folder / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))


def _ticks(folder: Path) -> int:
    _, _, *fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return int(fields[9]) + int(fields[10])


def _files(folder: Path) -> int:
    return len(os.listdir(folder / "fd"))  # noqa: PTH208  names alone


def _threads(folder: Path) -> int:
    return len(os.listdir(folder / "task"))  # noqa: PTH208  names alone
