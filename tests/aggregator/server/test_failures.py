"""Failures: told once, with what is needed to mend them."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import CatalogueError
from aggregator.server.failures import Failures

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LOCKED = CatalogueError("the catalogue is locked")


def test_a_failure_is_logged_with_path_reason_and_traceback(caplog: pytest.LogCaptureFixture) -> None:
    Failures().note("/feeds/all.atom", LOCKED, NOW)
    assert caplog.messages == ["/feeds/all.atom can't be answered: CatalogueError: the catalogue is locked"]
    assert caplog.records[0].exc_info is not None


def test_the_same_failure_within_a_minute_is_only_counted(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    for second in (0, 20, 40, 61):
        failures.note("/feeds/all.atom", LOCKED, NOW + timedelta(seconds=second))
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3
    assert caplog.messages[-1] == "2 more requests could not be answered since the failure before"


def test_another_failure_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    failures.note("/feeds/all.atom", LOCKED, NOW)
    failures.note("/feeds/all.atom", ValueError("another"), NOW)
    assert len(caplog.messages) == 2
