"""Intake: files to what reading them gave, in a thread when they are few, in worker processes when they are many."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2b
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import enumerate as enumerate_threads
from time import time_ns

from aggregator.entry.preparing import prepare
from aggregator.entry.topics import with_named_topics
from aggregator.errors import Problem, SourceError
from aggregator.frontmatter.reading import Outcome, Reading, read_article, says_hidden
from aggregator.processes import follow_parent, processors
from aggregator.source.file_reader import (
    BusyFileError,
    FileReader,
    TooLargeFileError,
    UnreadableFileError,
    VanishedFileError,
)
from aggregator.source.stamp import UNKNOWN
from aggregator.source.taken import Taken, pack, unpack

# Bytes, path, reading and the name that problems carry, to an outcome. A function of a module, for a process to find it there.
ReadArticle = Callable[[bytes, str, Reading, str], Outcome]

# Told a file, None where it is not known which, and how to find out whether it has been read.
GivenUp = Callable[[str | None, Callable[[], bool]], None]

# Measured on two hyperthreads: a process is ready after 0.35 s, most of it imports, and a file takes 0.25 ms to read. Two processes draw
# level at some 4,000 files, on two processors of their own at 3,000.
_FEW = 4_000
# Each takes 80 MB or so, and a container's share of a large machine does not show in its number of processors.
_MOST_PROCESSES = 8
_CHUNK = 100
# In this process nothing is saved by sending many at once, and headway is told chunk by chunk: articles that take seconds each, one after
# the other, are to be no standstill.
_CHUNK_OF_THREAD = 4
# So many chunks are under way at once, so that memory stays flat when the catalogue is slower than the readers.
_CHUNKS_PER_PROCESS = 3
_CHECK_SECONDS = 0.2
_THREAD = "intake"
_MOST_HANGING = 8
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Preparing:
    """How articles are made ready for the catalogue.

    topic_names     the name that each folded name of a topic stands for, where the configuration names it
    now             the time that decides what of an article is public
    keeps_articles  whether outcomes keep the article as its file has it
    has_words       whether the words for the full-text index are wanted
    """

    topic_names: Mapping[str, str]
    now: datetime
    keeps_articles: bool = False
    has_words: bool = True


@dataclass(slots=True)
class _UnderWay:
    """The file that is being read in a thread, and whether to read no other after it."""

    path: str | None = None
    is_over: bool = False
    _last: str | None = None

    def is_another(self) -> bool:
        """Tell whether it is another one than at the last look."""
        last, self._last = self._last, self.path
        return last != self._last


@dataclass(frozen=True, slots=True)
class _Intake:
    """How the files of one folder are read. Goes to other processes."""

    root: Path
    reading: Reading
    limit: int
    read: ReadArticle
    preparing: Preparing | None

    def take_all(self, paths: Sequence[str], under_way: _UnderWay) -> list[Taken]:
        prefix = str(self.root / "x").removesuffix("x")
        found = []
        with FileReader(self.root) as reader:
            for path in paths:
                if under_way.is_over:
                    break
                under_way.path = path
                taken = self._take(path, prefix + path, reader)
                if taken is not None:
                    found.append(taken)
        return found

    def take_packed(self, paths: Sequence[str]) -> bytes:
        """Do the same in another process than the one that wants it."""
        return pack(self.take_all(paths, _UnderWay()))

    def _take(self, path: str, file: str, reader: FileReader) -> Taken | None:
        try:
            # Not the time that a refresh is for: what counts is how long ago the file was written.
            data, stamp = reader.read(path, self.limit, time_ns())
        except (VanishedFileError, BusyFileError):
            # Gone: the next scan says so. Being written: the next scan finds it changed.
            return None
        except UnreadableFileError as error:
            is_hidden = isinstance(error, TooLargeFileError) and says_hidden(error.beginning, self.reading)
            problems = (Problem(file=file, reason=str(error)),)
            return Taken(path, UNKNOWN, b"", Outcome(problems=problems, is_hidden=is_hidden))
        digest = blake2b(data, digest_size=16).digest()
        outcome = self.read(data, path, self.reading, file)
        if self.preparing is None or outcome.article is None:
            return Taken(path, stamp, digest, outcome)
        named = with_named_topics(outcome.article, self.preparing.topic_names)
        prepared = prepare(named, has_words=self.preparing.has_words, now=self.preparing.now)
        # To send it twice to another process would take longer than to write it.
        kept = outcome if self.preparing.keeps_articles else Outcome(problems=outcome.problems)
        return Taken(path, stamp, digest, kept, prepared)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is done while files are waited for, as `take_in` has it."""

    check: Callable[[], None]
    headway: Callable[[], None]
    given_up: GivenUp


# Chunks of paths, each with what is to come of it: packed where that is another process's work.
_Pending = deque[tuple[Sequence[str], Future[list[Taken] | bytes]]]


def _unchecked() -> None:
    """Find nothing amiss."""


def _untold(_path: str | None, _is_over: Callable[[], bool]) -> None:
    """Tell nobody."""


def take_in(
    root: Path,
    paths: Sequence[str],
    reading: Reading,
    limit: int,
    *,
    preparing: Preparing | None = None,
    processes: int | None = None,
    read: ReadArticle = read_article,
    check: Callable[[], None] = _unchecked,
    headway: Callable[[], None] = _unchecked,
    given_up: GivenUp = _untold,
) -> Generator[Taken, None, None]:
    """Read files of at most `limit` bytes, in the order of `paths`. A file that is gone or is being written is left out.

    preparing  how articles are made ready for the catalogue, None: they are not
    processes  None: as many as suit the number of files and of processors; 1: a thread of this one
    check      called again and again while a file is waited for; what it raises ends the wait
    headway    called where another file is being read than at the last look, though none has been given out
    given_up   told the file that was waited for when `check` raised, None where it is any of many, as processes read them; and how to
               find out whether it has been read after all

    Raises SourceError where a process dies, or too many threads read files to no end. Closing the iterator ends the processes.
    """
    intake = _Intake(root, reading, limit, read, preparing)
    return _in_pool(processes or _suitable(len(paths)), intake, paths, _Waiting(check, headway, given_up))


def _suitable(count: int) -> int:
    return 1 if count < _FEW else min(processors(), _MOST_PROCESSES)


def _in_pool(
    number: int,
    intake: _Intake,
    paths: Sequence[str],
    waiting: _Waiting,
) -> Generator[Taken, None, None]:
    _expect_few_that_hang(intake.root)
    pool, under_way = _new_pool(number), _UnderWay()
    take = partial(intake.take_all, under_way=under_way) if number == 1 else intake.take_packed
    pending: _Pending = deque()

    def look() -> None:
        try:
            waiting.check()
        except Exception:
            under_way.is_over = True
            waiting.given_up(under_way.path, pending[0][1].done)
            raise
        if under_way.is_another():
            waiting.headway()

    try:
        for chunk in _chunks(paths, _CHUNK_OF_THREAD if number == 1 else _CHUNK):
            pending.append((chunk, pool.submit(take, chunk)))
            if len(pending) > number * _CHUNKS_PER_PROCESS:
                yield from _finished(pending, look)
        while pending:
            yield from _finished(pending, look)
    except BrokenProcessPool as error:
        raise _death(intake.root, [path for chunk, _ in pending for path in chunk]) from error
    finally:
        # All that is pending is read for nobody. A process that hangs would stay, with its memory, and so would the others.
        processes = _processes_of(pool) if pending else ()
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def _expect_few_that_hang(root: Path) -> None:
    """Raise SourceError where threads of earlier calls still read: each keeps a processor, or a file that is open."""
    hanging = sum(thread.name.startswith(_THREAD) for thread in enumerate_threads())
    if hanging >= _MOST_HANGING:
        raise SourceError(
            f"{root}: {hanging} threads read files that they do not get to the end of, expected fewer than {_MOST_HANGING}; nothing was changed"
        )


def _new_pool(number: int) -> Executor:
    # Never in the thread of who asks: a file system that hangs must not hold it, nor the transaction that it has open (fault 63).
    if number == 1:
        return ThreadPoolExecutor(1, thread_name_prefix=_THREAD)
    # Not forked: this process has threads, and a lock that one of them holds would stay locked in the child for ever.
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Prepare a process that reads: it ends with its parent, and lets everybody else go first.

    So many files are no edit that somebody waits for, and whoever serves has to answer meanwhile.
    """
    follow_parent()
    os.nice(_NICENESS)


def _processes_of(pool: Executor) -> tuple[BaseProcess, ...]:
    # Python 3.14 has a method for what they are wanted for.
    return tuple(pool._processes.values()) if isinstance(pool, ProcessPoolExecutor) else ()  # noqa: SLF001


def _finished(pending: _Pending, check: Callable[[], None]) -> list[Taken]:
    """Wait for the oldest chunk; it stays pending until it is there."""
    while not wait([pending[0][1]], _CHECK_SECONDS).done:
        check()
    taken = pending[0][1].result()
    pending.popleft()
    return unpack(taken) if isinstance(taken, bytes) else taken


def _death(root: Path, unread: Sequence[str]) -> SourceError:
    return SourceError(
        f"{root}: a process that reads articles died, perhaps for want of memory, at one of the {len(unread)} files from "
        f"{unread[0]} to {unread[-1]}; nothing was changed"
    )


def _chunks(paths: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), size):
        yield paths[start : start + size]
