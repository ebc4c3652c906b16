"""The keeper when refreshes go wrong: whatever it is, it is told, and the last good state and the schedule stay."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.errors import CatalogueError
from aggregator.ledger import Ledger
from aggregator.refresh import Report
from aggregator.service import Keeper
from aggregator.service_manager import ServiceManager
from tests.aggregator.server.asking import until
from tests.aggregator.workshop import NOON, Workshop


@dataclass
class FakeOutlet:
    """Counts the generations that it is told of."""

    advances: int = 0

    def advance(self, next_due: datetime | None) -> None:
        assert next_due is None
        self.advances += 1

    async def listening(self) -> None:
        raise AssertionError

    async def reconfigure(self, settings: Settings) -> None:
        raise AssertionError(settings)

    async def stop(self) -> None:
        raise AssertionError


@dataclass
class FakeRefresh:
    """Does what the next of its acts says: raises it, or waits for it."""

    acts: list[Exception | threading.Event | None]
    calls: int = 0

    def run(self, now: datetime) -> Report:
        assert now.tzinfo is UTC
        self.calls += 1
        act = self.acts.pop(0)
        if isinstance(act, Exception):
            raise act
        if act is not None:
            act.wait(10)
        nothing: dict[str, int] = {}
        return Report(
            generation=1, seen=0, read=0, articles=0, states=nothing, problems=(), alarms=(), next_due=None
        )


@asynccontextmanager
async def keeping(
    workshop: Workshop, *acts: Exception | threading.Event | None
) -> AsyncIterator[tuple[Keeper, FakeRefresh, FakeOutlet]]:
    workshop.configure("reload: {every: 1h, watch: false, timeout: 1s}\n")
    settings = workshop.settings()
    catalogue = Catalogue.open(settings.store)
    outlet, refresh = FakeOutlet(), FakeRefresh(list(acts))
    ledger = Ledger(lambda: NOON)
    keeper = Keeper(workshop.settings, settings, catalogue, outlet, ledger=ledger, manager=ServiceManager())
    keeper._refresh = refresh  # type: ignore[assignment]
    yield keeper, refresh, outlet
    keeper._thread.shutdown()
    catalogue.close()


@pytest.mark.parametrize(
    "failure", [CatalogueError("catalogue x.db: can't be written: disk full"), ZeroDivisionError("a bug")]
)
async def test_a_refresh_that_fails_is_told_and_the_next_one_runs(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    async with keeping(workshop, failure, None) as (keeper, _, outlet):
        with caplog.at_level(logging.ERROR):
            await keeper._act()
        assert outlet.advances == 0
        assert "refresh failed, the last good state stays" in caplog.text
        assert str(failure) in caplog.text
        await keeper._act()
        assert outlet.advances == 1


@pytest.mark.parametrize("steps", range(6))
async def test_a_stop_at_the_moment_at_which_a_refresh_ends_is_a_stop(workshop: Workshop, steps: int) -> None:
    go_on = threading.Event()
    async with keeping(workshop, go_on) as (keeper, _, _):
        acting = asyncio.create_task(keeper._act())
        await until(lambda: keeper._under_way is not None)
        go_on.set()
        keeper._thread.submit(lambda: None).result()  # when that is done, so is the refresh
        for _ in range(steps):
            await asyncio.sleep(0)
        if acting.cancel():
            await asyncio.wait([acting])
            assert acting.cancelled()


async def test_fault_63_a_refresh_that_hangs_is_given_up_told_and_joined_by_no_other(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()
    async with keeping(workshop, go_on, None) as (keeper, refresh, outlet):
        with caplog.at_level(logging.ERROR):
            await keeper._act()
            await keeper._act()
        assert "refresh has not ended within 1 s" in caplog.text
        assert "the last refresh is still running" in caplog.text
        assert (refresh.calls, outlet.advances) == (1, 0)
        go_on.set()
        assert keeper._under_way is not None
        await keeper._under_way
        await keeper._act()
        assert (refresh.calls, outlet.advances) == (2, 1)
