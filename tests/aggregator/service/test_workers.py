"""Workers when something can't be done: what the keeper says, and the start of one that is to replace another. It is done later."""

import asyncio
import errno
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from aggregator.config import Settings
from aggregator.errors import CatalogueError
from aggregator.monitoring.logs import LogForm
from aggregator.monitoring.metrics import WORKER_START_FAILURES, Figures
from aggregator.service import workers
from aggregator.service.words import Advance, Words
from tests.aggregator.waiting import until
from tests.aggregator.workshop import NOON, Workshop


@dataclass
class FakeServing:
    """Takes note of what it did; `failures` are raised first, one each time."""

    failures: list[Exception]
    done: list[Settings | datetime | None] = field(default_factory=list)

    async def reconfigure(self, settings: Settings) -> None:
        self._do(settings)

    async def advance_in_time(self, next_due: datetime | None) -> None:
        self._do(next_due)

    def _do(self, what: Settings | datetime | None) -> None:
        if self.failures:
            raise self.failures.pop()
        self.done.append(what)


async def test_what_fails_is_told_and_made_up_for_with_the_next_word(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    settings = workshop.settings()
    serving = FakeServing([CatalogueError("catalogue x.db: can't be read: disk full")] * 2)
    told = Words()
    listening = asyncio.create_task(workers._listen(told, serving))  # type: ignore[arg-type]
    told.put(Advance(None))
    await until(lambda: len(caplog.records) == 1)
    told.put(settings)
    await until(lambda: len(caplog.records) == 2)
    told.put(Advance(NOON))
    await until(lambda: len(serving.done) == 2)
    assert serving.done == [settings, NOON]
    assert caplog.text.count("worker can't take up what is new") == 2
    assert "can't be read: disk full" in caplog.text
    listening.cancel()


async def test_who_cannot_be_started_is_tried_again_after_pauses_that_grow_to_a_bound(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "_REPLACE_AFTER_SECONDS", 0.001)
    monkeypatch.setattr(workers, "_LONGEST_PAUSE_SECONDS", 0.005)
    workshop.configure("server: {port: 0}\n")
    kept = workers.Workers(workshop.settings(), Figures, LogForm.HUMAN, b"")

    def begin(_context: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(kept, "_new_worker", begin)
    replacing = asyncio.create_task(kept._replace())
    await until(lambda: len(caplog.records) >= 5)
    replacing.cancel()
    kept.end()
    pauses = [vars(record)["fields"]["seconds"] for record in caplog.records]
    assert pauses[:5] == [0.002, 0.004, 0.005, 0.005, 0.005]
    assert kept._figures().counts[WORKER_START_FAILURES.key()] == len(pauses)
