"""Who asks: by the address of the connection, or by what trusted proxies say, and by nothing that anybody else can make up."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from aggregator.server.clients import Clients

CLIENTS = Clients([ip_network(name) for name in ("127.0.0.0/8", "::1", "10.0.0.0/8")])


def fields(*lines: str) -> CIMultiDictProxy[str]:
    pairs = [line.split(": ", 1) for line in lines]
    return CIMultiDictProxy(CIMultiDict([(name, value) for name, value in pairs]))


def behind(*lines: str) -> bytes | None:
    return CLIENTS.asking("127.0.0.1", fields(*lines))


def client(address: str) -> bytes:
    return ip_address(address).packed[:8]


def test_a_client_is_the_address_of_its_connection() -> None:
    assert CLIENTS.at("192.0.2.1") == client("192.0.2.1")


def test_all_addresses_of_one_ipv6_network_are_one_client() -> None:
    one, same, other = (
        CLIENTS.at(peer) for peer in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", "2001:db8:0:2::1")
    )
    assert one == same != other


def test_ipv4_within_ipv6_is_ipv4() -> None:
    assert CLIENTS.at("::ffff:192.0.2.1") == CLIENTS.at("192.0.2.1")
    assert CLIENTS.at("::ffff:127.0.0.1") is None


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::1%lo", "10.9.8.7", None, "", "a.sock"])
def test_a_trusted_proxy_and_who_has_no_address_is_no_client(peer: str | None) -> None:
    assert CLIENTS.at(peer) is None


@pytest.mark.parametrize(
    "written",
    [
        "192.0.2.1",
        "203.0.113.9, 192.0.2.1",
        "127.0.0.1, 192.0.2.1",
        "192.0.2.1, 10.1.1.1",
        "192.0.2.1:4711, 10.1.1.1:80",
        "nonsense, 192.0.2.1,10.1.1.1 , 127.0.0.1",
        "203.0.113.9, 192.0.2.1,",
        "192.0.2.1, , 10.1.1.1 ,\t,",
    ],
)
def test_behind_proxies_it_is_the_last_address_that_is_none_of_theirs(written: str) -> None:
    assert behind(f"X-Forwarded-For: {written}") == client("192.0.2.1")


@pytest.mark.parametrize(
    "written",
    [
        "for=192.0.2.1",
        'For="192.0.2.1:4711";proto=https',
        "for=203.0.113.9, proto=http;for=192.0.2.1;by=10.0.0.1",
        "for=192.0.2.1, for=10.1.1.1",
        "for=192.0.2.1, ,",
        "host=a; for=192.0.2.1",
        'for=192.0.2.1;host="a,for=203.0.113.9"',
        'for=192.0.2.1;host="a;for=203.0.113.9"',
        'host="a;for=203.0.113.9";for=192.0.2.1',
        r'for=192.0.2.1;host="\",for=203.0.113.9;x=\""',
        r'for=192.0.2.1;host="\\";by="for=203.0.113.9\\\\"',
        r'for="192\.0.2.\1"',
    ],
)
def test_it_may_stand_in_forwarded(written: str) -> None:
    assert behind(f"Forwarded: {written}") == client("192.0.2.1")


def test_an_ipv6_client_behind_a_proxy() -> None:
    expected = client("2001:db8::1")
    assert behind('Forwarded: for="[2001:db8::1]:4711"') == expected
    assert behind("X-Forwarded-For: 2001:db8::1") == behind("X-Forwarded-For: [2001:db8::1]:80") == expected


def test_several_lines_are_one_list() -> None:
    assert behind("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 192.0.2.1") == client("192.0.2.1")


def test_x_forwarded_for_counts_alone_since_its_proxies_pass_the_other_on() -> None:
    assert behind("Forwarded: for=203.0.113.9", "X-Forwarded-For: 192.0.2.1") == client("192.0.2.1")


@pytest.mark.parametrize(
    "line",
    [
        "Accept: a/b",
        "X-Forwarded-For: 127.0.0.1, 10.0.0.1",
        "X-Forwarded-For: 192.0.2.1, unknown",
        "X-Forwarded-For: ,",
        "X-Forwarded-For: 192.0.2.1, unknown,",
        "Forwarded: for=192.0.2.1, proto=https",
        "Forwarded: for=192.0.2.1, for=unknown",
        'Forwarded: for="192.0.2.1',
        'Forwarded: for=192.0.2.1"',
        'Forwarded: for=203.0.113.9, for="',
        "Forwarded: for=_hidden",
        "Forwarded: proto=https",
    ],
)
def test_where_proxies_do_not_say_nobody_is_limited(line: str) -> None:
    assert behind(line) is None


def test_who_is_no_trusted_proxy_is_not_believed() -> None:
    said = fields("X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9")
    assert CLIENTS.asking("192.0.2.1", said) == client("192.0.2.1")
    assert CLIENTS.asking(None, said) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255)))
def test_whatever_a_client_makes_up_stands_before_what_its_proxy_writes(made_up: str) -> None:
    assert behind(f"X-Forwarded-For: {made_up}, 192.0.2.1") == client("192.0.2.1")
    assert behind(f"Forwarded: {made_up}, for=192.0.2.1") == client("192.0.2.1")


TOKENS = st.text("abcXYZ019.-_", min_size=1, max_size=8)
PIECES = st.sampled_from([",", ";", '"', "\\", "for=203.0.113.9", " ", "é"])
MADE_UP = st.lists(PIECES, max_size=8).map("".join)
QUOTED = MADE_UP.map(lambda text: '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"')


@given(
    MADE_UP,
    st.lists(st.tuples(TOKENS, TOKENS | QUOTED), max_size=3),
    st.lists(st.tuples(TOKENS, TOKENS | QUOTED), max_size=3),
)
def test_nobody_is_counted_as_another_by_what_the_proxy_quotes(
    made_up: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    pairs = [*before, ("for", '"192.0.2.1:80"'), *after]
    written = ";".join(f"{name}={value}" for name, value in pairs)
    assert behind(f"Forwarded: {made_up}", f"Forwarded: {written}") == client("192.0.2.1")


@pytest.mark.parametrize("made_up", ['"', r"\"", r"\\", '",', '=";', ",", ";", "a"])
def test_reading_forwarded_takes_linear_time(made_up: str) -> None:
    """Quadratic time would be minutes."""
    assert behind(f'Forwarded: {made_up * 500_000}"') is None
