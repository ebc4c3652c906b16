"""Intake: files to what reading them gave, in this process when they are few, in worker processes when they are many."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import time_ns

from aggregator.errors import Problem, SourceError
from aggregator.frontmatter import Outcome, Reading, read_article
from aggregator.source import BusyFileError, UnreadableFileError, VanishedFileError, read_file
from aggregator.stamp import UNKNOWN, Stamp

# A process costs about 0.4 s to start, most of it imports; a file costs about 0.2 ms to read.
_FEW = 2_000
_CHUNK = 250
# So many chunks are under way at once, so that memory stays flat when the catalogue is slower than the readers.
_CHUNKS_PER_PROCESS = 4


@dataclass(frozen=True, slots=True)
class Taken:
    """What reading one file gave."""

    path: str
    stamp: Stamp
    outcome: Outcome


def take_in(
    root: Path, paths: Sequence[str], reading: Reading, limit: int, processes: int | None = None
) -> Iterator[Taken]:
    """Read files of at most `limit` bytes, in the order of `paths`. A file that is gone or is being written is left out.

    processes  None: as many as suit the number of files and of processors; 1: this one
    """
    wanted = processes or _suitable(len(paths))
    take = partial(_take_chunk, root, reading, limit)
    if wanted == 1:
        for chunk in _chunks(paths):
            yield from take(chunk)
        return
    yield from _in_processes(wanted, take, paths)


def _suitable(count: int) -> int:
    return 1 if count < _FEW else len(os.sched_getaffinity(0))


def _in_processes(
    number: int, take: Callable[[Sequence[str]], list[Taken]], paths: Sequence[str]
) -> Iterator[Taken]:
    # Not forked: this process has threads, and a lock that one of them holds would stay locked in the child for ever.
    pool = ProcessPoolExecutor(number, mp_context=get_context("spawn"))
    try:
        pending: deque[Future[list[Taken]]] = deque()
        for chunk in _chunks(paths):
            pending.append(pool.submit(take, chunk))
            if len(pending) > number * _CHUNKS_PER_PROCESS:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise SourceError(
            "a process that reads articles has died, perhaps for want of memory; nothing was changed"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _chunks(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), _CHUNK):
        yield paths[start : start + _CHUNK]


def _take_chunk(root: Path, reading: Reading, limit: int, paths: Sequence[str]) -> list[Taken]:
    return [taken for path in paths if (taken := _take(root, reading, limit, path)) is not None]


def _take(root: Path, reading: Reading, limit: int, path: str) -> Taken | None:
    file = str(root / path)
    try:
        data, stamp = read_file(root, path, limit, time_ns())
    except (VanishedFileError, BusyFileError):
        # Gone: the next scan says so. Being written: the next scan finds it changed.
        return None
    except UnreadableFileError as error:
        return Taken(path, UNKNOWN, Outcome(problems=(Problem(file=file, reason=str(error)),)))
    return Taken(path, stamp, read_article(data, path, reading, file))
