"""Who may read the metrics: programs on this machine, and nobody who only looks like one."""

import pytest

from aggregator.config import MetricsReaders
from aggregator.server.disclosure import is_loopback, may_read

LOCAL = {"Host": "127.0.0.1:8080"}


def loopback(peer: str | None, **fields: str) -> bool:
    return may_read(MetricsReaders.LOOPBACK, peer, LOCAL | fields)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::1%lo"])
def test_a_program_on_this_machine_may(peer: str) -> None:
    assert loopback(peer)


@pytest.mark.parametrize(
    "peer", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "", "unix:", None]
)
def test_others_may_not(peer: str | None) -> None:
    assert not loopback(peer)


@pytest.mark.parametrize(
    "sign",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
        "Forwarded",
        "Via",
        "True-Client-IP",
        "CF-Connecting-IP",
    ],
)
def test_who_comes_by_a_proxy_on_this_machine_may_not(sign: str) -> None:
    assert not loopback("127.0.0.1", **{sign: "127.0.0.1"})


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:9", "[::1]:8080", "127.0.0.1", "[::ffff:127.0.0.1]"]
)
def test_a_host_that_means_this_machine_passes(host: str) -> None:
    assert loopback("127.0.0.1", Host=host)


@pytest.mark.parametrize(
    "host",
    [
        "news.example.org",
        "localhost.evil.example",
        "",
        "127.0.0.1.evil.example",
        "[::1",
        "192.0.2.1",
        "a:b:c",
    ],
)
def test_another_host_does_not(host: str) -> None:
    assert not loopback("127.0.0.1", Host=host)


def test_without_a_host_nobody_may() -> None:
    assert not may_read(MetricsReaders.LOOPBACK, "127.0.0.1", {})


def test_everyone_may_where_the_operator_says_so() -> None:
    assert may_read(MetricsReaders.EVERYONE, "192.0.2.1", {"X-Forwarded-For": "192.0.2.1"})


def test_nobody_may_where_they_are_off() -> None:
    assert not may_read(MetricsReaders.OFF, "127.0.0.1", LOCAL)


def test_what_is_no_address_is_not_this_machine() -> None:
    assert not is_loopback("localhost")
