"""Which requests the log tells of, and what of them."""

import logging

import pytest

from aggregator.config import RequestLog
from aggregator.server.request_log import SAMPLE, RequestLogger


def test_all_are_wanted_where_all_are_asked_for() -> None:
    logger = RequestLogger(RequestLog.ALL)
    assert all(logger.wants(200, 0.001) for _ in range(9))


def test_of_a_sample_every_hundredth_is_wanted() -> None:
    logger = RequestLogger(RequestLog.SAMPLED)
    assert [logger.wants(200, 0.001) for _ in range(2 * SAMPLE)].count(True) == 2


@pytest.mark.parametrize(("status", "seconds"), [(503, 0.001), (200, 1.0)])
def test_of_a_sample_what_failed_or_was_slow_is_wanted(status: int, seconds: float) -> None:
    assert RequestLogger(RequestLog.SAMPLED).wants(status, seconds)


def test_none_is_wanted_where_it_is_off() -> None:
    logger = RequestLogger(RequestLog.OFF)
    assert not any(logger.wants(503, 9) for _ in range(2 * SAMPLE))


@pytest.mark.parametrize(
    ("target", "path"), [("/feeds/all.atom?token=canary", "/feeds/all.atom"), ("/%00canary", "(no address)")]
)
def test_fault_29_of_a_target_only_the_path_is_told(
    target: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        RequestLogger(RequestLog.ALL).tell(
            client=None,
            method="GET",
            target=target,
            status=304,
            seconds=0.00125,
            size=0,
            coding="",
            agent="Reader/1.0",
        )
    assert caplog.messages == [f"unknown GET {path} 304, 0 bytes identity, 1.2 ms"]
    assert vars(caplog.records[0])["fields"]["agent"] == "Reader/1.0"
