"""The switchboard over real sockets: the sum over workers that answer, keep silent, and die."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from aggregator.monitoring.metrics import CONNECTIONS, REFRESHES, REQUESTS, Figures
from aggregator.service.switchboard import Line, Switchboard, _send
from tests.aggregator.server.asking import until

OK = REQUESTS.key("/feeds/all", "atom", "200")
KEEPER = Figures(counts={REFRESHES.key("changed"): 1})


def counted(number: int) -> Figures:
    return Figures(counts={OK: number}, levels={CONNECTIONS.key(): 1}, audience={("f", "atom", "x"): number})


@dataclass
class Board:
    """A switchboard and its workers; closing a worker's end is its death."""

    switchboard: Switchboard
    lines: list[Line] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    def plug(self) -> socket.socket:
        """Give the other end of a new line."""
        end, other = socket.socketpair()
        self.serving.append(asyncio.create_task(self.switchboard.serve(end)))
        return other

    async def add(self, figures: Callable[[], Figures]) -> Line:
        line = Line(figures, patience=2)
        self.lines.append(line)
        self.tasks.append(asyncio.create_task(line.serve(self.plug())))
        await until(lambda: line._writer is not None)
        return line

    async def end(self, index: int) -> None:
        self.tasks[index].cancel()
        await self.serving[index]


@asynccontextmanager
async def board(expected: int = 2, patience: float = 2) -> AsyncIterator[Board]:
    made = Board(Switchboard(lambda: KEEPER, expected, patience))
    yield made
    for task in (*made.tasks, *made.serving):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_any_worker_gives_the_sum_over_all_and_the_keeper() -> None:
    async with board() as running:
        lines = [await running.add(lambda: counted(3)), await running.add(lambda: counted(4))]
        for line in lines:
            figures = await line.gather()
            assert figures.counts == {OK: 7, REFRESHES.key("changed"): 1}
            assert figures.levels == {CONNECTIONS.key(): 2}
            assert figures.audience == {("f", "atom", "x"): 4}


async def test_who_asks_before_the_line_is_served_is_answered_when_it_is() -> None:
    async with board(expected=1) as running:
        line = Line(lambda: counted(3), 2)
        asking = asyncio.create_task(line.gather())
        await asyncio.sleep(0)
        running.tasks.append(asyncio.create_task(line.serve(running.plug())))
        assert (await asking).counts[OK] == 3


async def test_without_workers_there_is_the_keeper() -> None:
    async with board() as running:
        assert await running.switchboard.gather() == KEEPER


async def test_many_who_ask_at_once_get_an_answer_each() -> None:
    async with board() as running:
        line = await running.add(lambda: counted(3))
        answers = await asyncio.gather(*(line.gather() for _ in range(20)))
        assert {answer.counts[OK] for answer in answers} == {3}


async def test_what_a_worker_counted_stays_when_it_dies_and_what_it_held_goes() -> None:
    async with board() as running:
        dying = await running.add(lambda: counted(3))
        line = await running.add(lambda: counted(4))
        await dying.gather()
        await running.end(0)
        figures = await line.gather()
        assert (figures.counts[OK], figures.levels[CONNECTIONS.key()]) == (7, 1)


async def test_a_worker_that_dies_while_it_is_asked_holds_up_nobody() -> None:
    async with board() as running:
        other = running.plug()
        line = await running.add(lambda: counted(4))
        asking = asyncio.create_task(line.gather())
        await asyncio.sleep(0)
        other.close()
        assert (await asking).counts[OK] == 4


async def test_a_worker_that_keeps_silent_is_taken_by_what_it_told_last() -> None:
    # Long enough for the one that answers.
    async with board(patience=0.5) as running:
        _, writer = await asyncio.open_unix_connection(sock=running.plug())
        _send(writer, counted(3))
        line = await running.add(lambda: counted(4))
        await until(lambda: any(worker.figures.counts for worker in running.switchboard._workers))
        assert (await line.gather()).counts[OK] == 7
        writer.close()


async def test_a_line_whose_switchboard_is_gone_says_so() -> None:
    end, other = socket.socketpair()
    line = Line(lambda: counted(1))
    task = asyncio.create_task(line.serve(end))
    await until(lambda: line._writer is not None)
    asking = asyncio.create_task(line.gather())
    await until(lambda: line._waiting)
    other.close()
    with pytest.raises(ConnectionResetError, match="the switchboard is gone"):
        await asking
    await task
    with pytest.raises(ConnectionError, match="there is no line"):
        await line.gather()


async def test_a_switchboard_that_does_not_answer_is_waited_for_only_so_long() -> None:
    end, other = socket.socketpair()
    line = Line(lambda: counted(1), patience=0.05)
    task = asyncio.create_task(line.serve(end))
    await until(lambda: line._writer is not None)
    with pytest.raises(TimeoutError):
        await line.gather()
    other.close()
    await task


async def test_it_listens_once_every_worker_does() -> None:
    async with board(expected=2) as running:
        listening = asyncio.create_task(running.switchboard.listening())
        await running.add(lambda: counted(1))
        await running.switchboard.gather()
        assert not listening.done()
        await running.add(lambda: counted(1))
        await asyncio.wait_for(listening, 2)
