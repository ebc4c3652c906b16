"""Clients: who asks, told from the address of the peer, or from what a trusted proxy says of whom it asks for. Pure.

Only for limits. No document, link or right depends on it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from ipaddress import IPv6Address, ip_address

from aiohttp import hdrs

from aggregator.config import Network
from aggregator.server.negotiation import Fields

# One client: an IPv4 address, or the 64 bits of an IPv6 address that are its network's, for a host may take any of the others.
Client = bytes
_NETWORK_BYTES = 8

_REMEMBERED = 4096

# Up to a mark outside quotation marks, in a text that is read backwards: there the mark that ends a quotation comes first, and one within
# has a backslash behind it that is none's own (a quoted-pair, RFC 9110 section 5.6.4). No quantifier gives back what it has: linear time.
_QUOTATION_BACKWARDS = r'"(?:[^"]++|"(?=\\(?:\\\\)*+(?!\\)))*+"'
_UP_TO = {mark: re.compile(rf'(?:[^"{mark}]++|{_QUOTATION_BACKWARDS})*+') for mark in ",;"}
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


# What stands for every trusted proxy: nobody who could be limited.
_PROXY: Client = b""


class Clients:
    """Tells clients from one another, given the networks of the proxies that are trusted."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        # A connection asks many times, and so does a proxy for a client: to read an address takes fifty times as long as to remember
        # one (measured).
        self._look = lru_cache(maxsize=_REMEMBERED)(partial(_look, tuple(trusted)))

    def at(self, peer: str | None) -> Client | None:
        """Give the client whose connection comes from the address `peer`; None where that is a trusted proxy, or can't be told."""
        return (self._look(peer) or None) if peer is not None else None

    def asking(self, peer: str | None, fields: Fields) -> Client | None:
        """Give the client of a request with these header fields on a connection from `peer`; None where that can't be told."""
        if peer is None or self._look(peer) != _PROXY:
            return self.at(peer)
        return self._behind(fields)

    def _behind(self, fields: Fields) -> Client | None:
        """Give whom a trusted proxy asks for: the last address that is no trusted proxy's.

        Each proxy writes at the end whom it asks for, and what stands before may be made up. X-Forwarded-For counts before Forwarded
        (RFC 7239), since proxies that write the one let the other through as it came.
        """
        written = fields.getall(hdrs.X_FORWARDED_FOR, None)
        if written is None:
            elements = _parts(", ".join(fields.getall(hdrs.FORWARDED, None) or ()), ",")
            nodes: Iterable[str] = map(_forwarded_for, elements)
        else:
            nodes = _listed(written)
        for node in nodes:
            client = self._look(_without_port(node))
            if client != _PROXY:
                return client
        return None


def _look(trusted: tuple[Network, ...], text: str) -> Client | None:
    """Give the client at an address, _PROXY where that is a trusted one, None where it is no address."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    address = mapped or found
    return _PROXY if any(address in network for network in trusted) else address.packed[:_NETWORK_BYTES]


def _listed(lines: Sequence[str]) -> Iterator[str]:
    """Give the items of a list in a header field, the last one first. Empty ones say nothing (RFC 9110 sections 5.3 and 5.6.1)."""
    return (item.strip() for item in reversed(", ".join(lines).split(",")) if item.strip())


def _parts(text: str, mark: str) -> Iterator[str]:
    """Give what stands between the marks outside quotations, "," or ";", the last one first, and without empty ones.

    Read from its end, since what a trusted proxy wrote there is well formed, while what stands before may be made up: a quotation that
    is never closed would take the proxy's own words in. What stands before a quotation without a beginning is nothing.
    """
    backwards, position = text[::-1], 0
    while found := _UP_TO[mark].match(backwards, position):
        position = found.end() + 1
        if backwards[found.end() : position] not in {mark, ""}:
            return
        part = found[0][::-1].strip()
        if part:
            yield part
        if position > len(backwards):
            return


def _forwarded_for(element: str) -> str:
    """Give the node of an element of Forwarded, without quotation marks (RFC 7239 section 4); empty where it has none."""
    node = ""
    for pair in _parts(element, ";"):
        name, _, value = pair.partition("=")
        if name.lower() == "for":
            node = _QUOTED_PAIR.sub(r"\1", value[1:-1]) if value.startswith('"') else value
    return node


def _without_port(node: str) -> str:
    """Give the address of a node: IPv6 in brackets, and a port behind either, as RFC 7239 section 6 and some proxies have it."""
    if node.startswith("["):
        return node[1:].partition("]")[0]
    return node.partition(":")[0] if node.count(":") == 1 else node
