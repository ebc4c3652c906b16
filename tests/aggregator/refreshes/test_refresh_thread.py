"""Refreshes beside the event loop: what becomes of one that is slow, one that hangs, and one that is under way at the end."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from aggregator.errors import CrowdedError, HangingError, RefreshError
from aggregator.refreshes import refresh_thread as module
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.refresh import Report
from aggregator.refreshes.refresh_thread import RefreshThread
from tests.aggregator.waiting import until

NOTHING = Report(
    generation=None, seen=0, read=0, articles=0, states={}, problems=(), alarms=(), next_due=None
)
HOUR = timedelta(hours=1)
SHORT = timedelta(milliseconds=200)


@dataclass
class Gate:
    """A refresh that hangs until the gate is open, without a step."""

    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def refresh(self, lease: Lease) -> Report:
        self.entered.set()
        assert self.opened.wait(30)
        lease.renew()
        return NOTHING


@asynccontextmanager
async def thread_with(
    gate: Gate, when_free: Callable[[], None] = lambda: None
) -> AsyncIterator[RefreshThread]:
    thread = RefreshThread(when_free)
    yield thread
    gate.opened.set()
    await until(lambda: not thread._hanging)
    await thread.stop(20)


def steps_until_told(lease: Lease) -> Report:
    while True:
        lease.renew()


def slow(lease: Lease) -> Report:
    """Take longer than the patience as a whole, and never so long for a step."""
    pause = threading.Event()
    for _ in range(60):
        pause.wait(0.02)
        lease.renew()
    return NOTHING


async def test_a_refresh_that_takes_long_is_none_that_hangs() -> None:
    async with thread_with(Gate()) as thread:
        assert await thread.run(slow, timedelta(seconds=1)) == NOTHING


async def test_what_a_refresh_raises_comes_through() -> None:
    def fail(_lease: Lease) -> Report:
        raise ZeroDivisionError("a bug")

    async with thread_with(Gate()) as thread:
        with pytest.raises(ZeroDivisionError, match="a bug"):
            await thread.run(fail, HOUR)


async def test_fault_63_a_refresh_without_headway_is_told_to_end_and_the_next_one_runs() -> None:
    gate = Gate()
    async with thread_with(gate) as thread:
        running = asyncio.create_task(thread.run(gate.refresh, SHORT))
        await until(lambda: thread._lease._reason is not None)
        gate.opened.set()
        with pytest.raises(HangingError, match=r"given up: it has made no headway for 0:00:00\.2"):
            await running
        assert await thread.run(lambda _lease: NOTHING, HOUR) == NOTHING


async def test_fault_63_a_refresh_that_does_not_end_is_left_to_itself_and_the_next_one_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.1)
    gate, freed = Gate(), asyncio.Event()
    caplog.set_level(logging.INFO)
    async with thread_with(gate, freed.set) as thread:
        with pytest.raises(
            HangingError, match=r"no headway for 0:00:00\.2.* and does not end; it is left to itself"
        ):
            await thread.run(gate.refresh, SHORT)
        assert await thread.run(lambda _lease: NOTHING, HOUR) == NOTHING
        assert not freed.is_set()
        gate.opened.set()
        async with asyncio.timeout(20):
            await freed.wait()
    assert "the refresh was given up: it has made no headway" in caplog.text


async def test_refreshes_that_hang_are_left_to_themselves_up_to_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.05)
    gate = Gate()
    async with thread_with(gate) as thread:
        for _ in range(4):
            with pytest.raises(HangingError):
                await thread.run(gate.refresh, SHORT / 4)
        with pytest.raises(
            CrowdedError,
            match="4 refreshes hang, expected fewer; this one is left out until one of them ends",
        ):
            await thread.run(gate.refresh, SHORT / 4)
        gate.opened.set()
        await until(lambda: not thread._hanging)
        assert await thread.run(lambda _lease: NOTHING, HOUR) == NOTHING


async def test_at_the_end_the_refresh_under_way_is_told_to_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    thread, entered = RefreshThread(lambda: None), threading.Event()

    def refresh(lease: Lease) -> Report:
        entered.set()
        return steps_until_told(lease)

    running = asyncio.create_task(thread.run(refresh, HOUR))
    await until(entered.is_set)  # before that it would not be begun at all
    await thread.stop(20)
    with pytest.raises(RefreshError, match="given up: the server stops; nothing was changed"):
        await running
    assert "given up: the server stops" in caplog.text


async def test_the_end_does_not_wait_for_a_refresh_that_hangs() -> None:
    gate, thread = Gate(), RefreshThread(lambda: None)
    running = asyncio.create_task(thread.run(gate.refresh, HOUR))
    await until(gate.entered.is_set)
    await thread.stop(0.05)
    assert not running.done()
    gate.opened.set()
    with pytest.raises(RefreshError, match="the server stops"):
        await running


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness of its own")
async def test_a_refresh_and_what_it_starts_let_others_go_first() -> None:
    found: list[str] = []

    def refresh(_lease: Lease) -> Report:
        child = subprocess.run(["nice"], check=True, capture_output=True, text=True)
        found.append(child.stdout.strip())
        return NOTHING

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = RefreshThread(lambda: None)
    await thread.run(refresh, HOUR)
    await thread.stop(1)
    assert found == [str(max(before, module._NICENESS))]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
