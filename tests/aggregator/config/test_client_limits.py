"""What clients may take: nothing is limited unless the configuration says so, and proxies are named as networks."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from aggregator.config import ClientLimits, load
from aggregator.errors import ConfigurationError

LEAST = "site: {title: Tides, url: https://tide.example}\nsources: [{name: news, path: news}]\n"


def limits(folder: Path, text: str) -> ClientLimits:
    (folder / "a.yaml").write_text(f"{LEAST}server: {{limits: {{{text}}}}}\n")
    return load(folder / "a.yaml").server.limits


def test_E4_by_default_nobody_is_limited_and_proxies_on_this_machine_are_trusted(tmp_path: Path) -> None:
    found = limits(tmp_path, "")
    assert (found.connections, found.per_client, found.requests) == (None, None, None)
    assert found.networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_limits_are_numbers_and_a_time(tmp_path: Path) -> None:
    found = limits(tmp_path, "connections: 9000, per_client: 90, requests: 600, window: 5m")
    assert (found.connections, found.per_client, found.requests) == (9000, 90, 600)
    assert found.window == timedelta(minutes=5)


def test_proxies_are_addresses_and_networks(tmp_path: Path) -> None:
    found = limits(tmp_path, "trusted: [10.0.0.0/8, 192.0.2.1, '2001:db8::/32']")
    assert found.networks == tuple(map(ip_network, ("10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("::ffff:192.0.2.8", "192.0.2.8/32"),
        ("::ffff:c000:208", "192.0.2.8/32"),
        ("::FFFF:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::fffe:0:0/95", "::fffe:0:0/95"),
        ("::/0", "::/0"),
    ],
)
def test_ipv4_within_ipv6_is_ipv4_as_with_clients(tmp_path: Path, written: str, meant: str) -> None:
    assert limits(tmp_path, f"trusted: ['{written}']").networks == (ip_network(meant),)


def test_nobody_may_be_trusted(tmp_path: Path) -> None:
    assert limits(tmp_path, "trusted: []").networks == ()


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("requests: 0", "requests", "0 is too small, expected at least 1"),
        ("connections: 2000000", "connections", "2000000 is too big, expected at most 1000000"),
        ("per_client: many", "per_client", "'many' is no whole number, expected digits alone"),
        ("window: 0s", "window", "'0s' is too short, expected at least 1s"),
        (
            "trusted: [proxy.example]",
            "trusted[1]",
            "'proxy.example' is no network, expected an address or a network such as 127.0.0.1 or 10.0.0.0/8",
        ),
        (
            "trusted: [10.1.0.0/8]",
            "trusted[1]",
            "'10.1.0.0/8' is no network, expected an address or a network such as 127.0.0.1 or 10.0.0.0/8; did you mean '10.0.0.0/8'?",
        ),
    ],
)
def test_what_is_no_limit_is_told(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        limits(tmp_path, text)
    (problem,) = refused.value.problems
    assert (problem.key, problem.reason) == (f"server.limits.{key}", reason)
