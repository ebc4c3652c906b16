"""Intake: files to outcomes, in this process and in others."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from itertools import islice
from multiprocessing import active_children
from multiprocessing.connection import wait
from pathlib import Path
from textwrap import dedent
from time import time_ns
from types import ModuleType

import pytest

from aggregator.errors import Problem, SourceError
from aggregator.frontmatter.reading import Outcome, Reading, read_article
from aggregator.source import intake
from aggregator.source.intake import take_in
from aggregator.source.stamp import UNKNOWN
from aggregator.source.taken import Taken
from tests.aggregator.running_site import wait_for
from tests.aggregator.source.intake_readers import READING
from tests.aggregator.workshop import article_text

LIMIT = 10_000


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The stand-ins, by a name that other processes can import: an installed package may be called tests as well."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("intake_readers")


def write_many(root: Path, count: int) -> list[str]:
    paths = [f"{number:04}.md" for number in range(count)]
    for path in paths:
        (root / path).write_text(article_text(path, f"headline: {path}"))
    return paths


def processes_of(taken: Iterator[Taken]) -> set[int]:
    return {int(one.outcome.problems[0].reason) for one in taken}


def wait_for_all_processes_to_end() -> None:
    sentinels = {child.sentinel for child in active_children()}
    while sentinels:
        ended = wait(list(sentinels), timeout=10)
        assert ended, "processes are left"
        sentinels.difference_update(sentinel for sentinel in ended if isinstance(sentinel, int))


def test_files_become_articles_with_their_stamps_in_the_order_asked_for(tmp_path: Path) -> None:
    write_many(tmp_path, 3)
    for path in tmp_path.iterdir():
        os.utime(path, ns=(0, 7))
    taken = list(take_in(tmp_path, ["0002.md", "0000.md"], READING, LIMIT))
    assert [one.path for one in taken] == ["0002.md", "0000.md"]
    assert [one.stamp.modified_ns for one in taken] == [7, 7]
    assert [one.outcome.article.title for one in taken if one.outcome.article] == ["0002.md", "0000.md"]


def test_no_files_give_nothing(tmp_path: Path) -> None:
    assert list(take_in(tmp_path, [], READING, LIMIT)) == []


def test_problems_carry_the_name_of_the_file_below_the_folder_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news/a.md").write_text("---\ntitle: [\n---\n")
    monkeypatch.chdir(tmp_path)
    (taken,) = take_in(Path("news"), ["a.md"], READING, LIMIT)
    assert {problem.file for problem in taken.outcome.problems} == {"news/a.md"}


def test_a_file_just_written_is_read_again_the_next_time(tmp_path: Path) -> None:
    (path,) = write_many(tmp_path, 1)
    # By a clock ahead of ours, lest a slow machine make it old before it is read.
    os.utime(tmp_path / path, ns=(0, time_ns() + 30_000_000_000))
    (taken,) = take_in(tmp_path, [path], READING, LIMIT)
    assert taken.stamp == UNKNOWN


def test_fault_16_a_file_that_is_too_large_is_a_problem_and_read_again_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x" * (LIMIT + 1))
    reason = "has at least 10001 bytes, expected at most 10000"
    problem = Problem(file=str(tmp_path / "a.md"), reason=reason)
    assert list(take_in(tmp_path, ["a.md"], READING, LIMIT)) == [
        Taken("a.md", UNKNOWN, b"", Outcome(problems=(problem,)))
    ]


def test_fault_21_a_file_that_is_gone_is_left_out(tmp_path: Path) -> None:
    write_many(tmp_path, 1)
    taken = take_in(tmp_path, ["gone.md", "0000.md"], READING, LIMIT)
    assert [one.path for one in taken] == ["0000.md"]


def test_fault_22_a_file_that_is_being_written_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_many(tmp_path, 1)
    real, times = os.read, iter(range(100))

    def read_while_it_is_written(descriptor: int, length: int) -> bytes:
        os.utime(tmp_path / "0000.md", ns=(0, next(times)))
        return real(descriptor, length)

    monkeypatch.setattr(os, "read", read_while_it_is_written)
    assert list(take_in(tmp_path, ["0000.md"], READING, LIMIT)) == []


def test_a_small_change_starts_no_process(tmp_path: Path, readers: ModuleType) -> None:
    paths = write_many(tmp_path, 300)
    assert processes_of(take_in(tmp_path, paths, READING, LIMIT, read=readers.read_process)) == {os.getpid()}


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (3_999, 1), (4_000, 4), (100_000, 4)])
def test_the_number_of_processes_suits_the_number_of_files(
    monkeypatch: pytest.MonkeyPatch, count: int, expected: int
) -> None:
    monkeypatch.setattr(intake, "processors", lambda: 4)
    assert intake._suitable(count) == expected


def test_a_large_machine_gets_no_more_processes_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "processors", lambda: 128)
    assert intake._suitable(100_000) == 8


def test_processes_give_what_one_gives_in_the_same_order(tmp_path: Path) -> None:
    paths = write_many(tmp_path, 250)
    for path in paths:
        os.utime(tmp_path / path, ns=(0, 7))
    (tmp_path / "0007.md").write_text("---\ntitle: [\n---\n")
    (tmp_path / "0120.md").unlink()
    shuffled = paths[100:] + paths[:100]
    inline = list(take_in(tmp_path, shuffled, READING, LIMIT, processes=1))
    os.utime(tmp_path / "0007.md", ns=(0, 7))
    in_processes = list(take_in(tmp_path, shuffled, READING, LIMIT, processes=2))
    assert [one.path for one in in_processes] == [path for path in shuffled if path != "0120.md"]
    assert [(one.path, one.outcome) for one in in_processes] == [(one.path, one.outcome) for one in inline]
    wait_for_all_processes_to_end()


def test_many_files_are_read_by_processes_that_no_signal_of_a_terminal_ends(
    tmp_path: Path, readers: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_FEW", 150)
    monkeypatch.setattr(intake, "processors", lambda: 2)
    paths = write_many(tmp_path, 200)
    taken = list(take_in(tmp_path, paths, READING, LIMIT, read=readers.read_interrupted))
    assert len(taken) == 200
    assert os.getpid() not in processes_of(iter(taken))
    wait_for_all_processes_to_end()


def test_what_is_under_way_is_bounded_and_ends_when_nobody_wants_it_any_more(
    tmp_path: Path, readers: ModuleType
) -> None:
    paths = write_many(tmp_path, 2_000)
    taken = take_in(tmp_path, paths, READING, LIMIT, processes=2, read=readers.read_leaving_a_mark)
    assert next(iter(taken)).path == "0000.md"
    taken.close()
    wait_for_all_processes_to_end()
    # Seven chunks may be under way when the first of them is given out.
    assert 100 <= len(list(tmp_path.glob("*.read"))) <= 700


def test_who_waits_for_processes_that_hang_can_be_told_to_wait_no_longer_and_ends_them(
    tmp_path: Path, readers: ModuleType
) -> None:
    def check() -> None:
        raise InterruptedError("enough")

    paths = write_many(tmp_path, 300)
    taken = take_in(tmp_path, paths, READING, LIMIT, processes=2, read=readers.read_hanging, check=check)
    with pytest.raises(InterruptedError, match="enough"):
        list(taken)
    wait_for_all_processes_to_end()


def test_who_stops_waiting_is_told_the_file_where_that_is_known(tmp_path: Path, readers: ModuleType) -> None:
    def check() -> None:
        raise InterruptedError("enough")

    paths, told = write_many(tmp_path, 300), list[str | None]()

    def given_up(path: str | None, is_over: Callable[[], bool]) -> None:
        assert not is_over()
        told.append(path)

    taken = take_in(
        tmp_path,
        paths,
        READING,
        LIMIT,
        processes=2,
        read=readers.read_hanging,
        check=check,
        given_up=given_up,
    )
    with pytest.raises(InterruptedError):
        list(taken)
    wait_for_all_processes_to_end()
    assert told == [None]
    goes_on = threading.Event()

    def read(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
        assert path != "0005.md" or goes_on.wait(30)
        return read_article(data, path, reading, file)

    taken = take_in(tmp_path, paths, READING, LIMIT, processes=1, read=read, check=check, given_up=given_up)
    assert [one.path for one in islice(taken, 4)] == paths[:4]
    with pytest.raises(InterruptedError):
        list(taken)
    goes_on.set()
    assert told == [None, "0005.md"]


def test_each_file_that_is_read_is_headway_though_none_is_given_out_yet(tmp_path: Path) -> None:
    seen: list[str] = []
    goes_on = threading.Semaphore(0)

    def read(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
        seen.append(path)
        assert goes_on.acquire(timeout=30)
        return read_article(data, path, reading, file)

    paths, moves = write_many(tmp_path, 4), list[int]()

    def headway() -> None:
        moves.append(len(seen))
        goes_on.release()

    assert len(list(take_in(tmp_path, paths, READING, LIMIT, read=read, headway=headway))) == 4
    assert moves == [1, 2, 3, 4]


def test_fault_63_no_more_threads_are_left_to_files_that_are_never_read_than_a_few(tmp_path: Path) -> None:
    def check() -> None:
        raise InterruptedError("enough")

    def read(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
        assert goes_on.wait(30)
        return read_article(data, path, reading, file)

    def is_free() -> bool:
        return not any(one.name.startswith("intake") for one in threading.enumerate())

    wait_for(is_free)
    paths, goes_on = write_many(tmp_path, 1), threading.Event()
    try:
        for _ in range(8):
            with pytest.raises(InterruptedError):
                list(take_in(tmp_path, paths, READING, LIMIT, read=read, check=check))
        with pytest.raises(SourceError, match="8 threads read files that they do not get to the end of"):
            list(take_in(tmp_path, paths, READING, LIMIT, read=read, check=check))
    finally:
        goes_on.set()
    wait_for(is_free)
    assert len(list(take_in(tmp_path, paths, READING, LIMIT))) == 1


def test_a_process_that_dies_is_an_error_that_says_where(tmp_path: Path, readers: ModuleType) -> None:
    paths = write_many(tmp_path, 250)
    with pytest.raises(SourceError) as error:
        list(take_in(tmp_path, paths, READING, LIMIT, processes=2, read=readers.read_dying))
    text = str(error.value)
    assert text.startswith(
        f"{tmp_path}: a process that reads articles died, perhaps for want of memory, at one of"
    )
    assert text.endswith("to 0249.md; nothing was changed")
    assert isinstance(error.value.__cause__, BrokenProcessPool)
    wait_for_all_processes_to_end()


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_in_reading_comes_through(tmp_path: Path, readers: ModuleType, processes: int) -> None:
    paths = write_many(tmp_path, 1)
    with pytest.raises(LookupError, match=r"0000\.md"):
        list(take_in(tmp_path, paths, READING, LIMIT, processes=processes, read=readers.read_failing))
    wait_for_all_processes_to_end()


def test_fault_64_no_process_is_left_when_the_one_that_wanted_them_is_killed(tmp_path: Path) -> None:
    write_many(tmp_path, 1)
    program = tmp_path / "program.py"
    program.write_text(
        dedent(f"""\
        import os, signal
        from pathlib import Path
        from intake_readers import READING, read_process
        from aggregator.source.intake import take_in

        if __name__ == "__main__":
            taken = take_in(Path({str(tmp_path)!r}), ["0000.md"] * 2000, READING, 10_000, processes=2, read=read_process)
            print(next(taken).path, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        """)
    )
    # Every process has the end of the pipe that is read here: the reading ends when the last of them has ended.
    done = subprocess.run(
        [sys.executable, program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b"0000.md\n", -signal.SIGKILL)
