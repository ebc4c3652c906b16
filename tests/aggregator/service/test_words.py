"""What the keeper tells a worker, over real sockets: whole, however long, and at no time waiting for who does not listen."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.service.words import Advance, Words, hear, tell
from tests.aggregator.waiting import until
from tests.aggregator.workshop import NOON, Workshop

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@asynccontextmanager
async def running(*awaited: Coroutine[Any, Any, None]) -> AsyncIterator["list[asyncio.Task[None]]"]:
    tasks = [asyncio.create_task(one) for one in awaited]
    yield tasks
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await task


async def test_a_configuration_of_many_feeds_arrives_whole(workshop: Workshop, ends: Ends) -> None:
    workshop.configure("feeds:\n" + "".join(f"  - {{id: f{n}, title: {'Feed ' * 40}}}\n" for n in range(600)))
    settings = workshop.settings()
    told, heard = Words(), Words()
    async with running(tell(told, ends[0]), hear(heard, ends[1])):
        for number in range(5):
            due = NOON + timedelta(days=number)
            told.put(settings)
            told.put(Advance(due))
            assert await asyncio.wait_for(_both(heard), 10) == (settings, Advance(due))


async def _both(words: Words) -> tuple[object, object]:
    settings, advance = await words.take()
    while settings is None or advance is None:
        more, later = await words.take()
        settings, advance = more or settings, later or advance
    return settings, advance


async def test_who_does_not_listen_holds_up_nobody_and_catches_up_with_the_last_of_each_kind(
    workshop: Workshop, ends: Ends
) -> None:
    settings = workshop.settings()
    last = replace(settings, path=settings.path.with_name("last.yaml"))
    told, heard = Words(), Words()
    async with running(tell(told, ends[0])) as (telling,):
        for number in range(20_000):
            told.put(Advance(NOON + timedelta(seconds=number)))
            told.put(settings)
            if number % 100 == 0:
                await asyncio.sleep(0)
        told.put(last)
        assert not telling.done()
        taken: list[tuple[object, object]] = []
        async with running(hear(heard, ends[1])):
            while not taken or taken[-1][0] != last:
                taken.append(await asyncio.wait_for(heard.take(), 10))
        assert taken[-1][1] in {None, Advance(NOON + timedelta(seconds=19_999))}
        # What had been sent before nobody listened any more is all that comes beside it.
        assert len(taken) < 1_000


async def test_the_end_is_heard_in_the_middle_of_a_word(ends: Ends) -> None:
    async with running(hear(Words(), ends[1])) as (hearing,):
        ends[0].sendall((1000).to_bytes(4) + b"half")
        ends[0].close()
        await until(hearing.done)


async def test_that_nobody_is_there_is_told(workshop: Workshop, ends: Ends) -> None:
    ends[1].close()
    told = Words()
    told.put(workshop.settings())
    with pytest.raises(OSError, match="Broken pipe"):
        await asyncio.wait_for(tell(told, ends[0]), 10)
