"""How much of the server one client, or all of them, may take: the keys below server.limits, and the networks that they name."""

from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import BeforeValidator, Field

from aggregator.config.measures import SomeTime, WholeNumber
from aggregator.config.model import Model
from aggregator.config.texts import some_text, text_schema
from aggregator.config.written import did_you_mean, quoted

Network = IPv4Network | IPv6Network
# IPv4 within IPv6 is ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
_MAPPED_BITS = 96

_EXPECTED = "expected an address or a network such as 127.0.0.1 or 10.0.0.0/8"


def _network(value: object) -> str:
    word = some_text(value)
    try:
        network = ip_network(word)
    except ValueError as error:
        raise ValueError(f"{quoted(word)} is no network, {_EXPECTED}{_without_host_bits(word)}") from error
    return _ipv4_within(network) or word


def _ipv4_within(network: Network) -> str | None:
    """Give the network of IPv4 that one of IPv6 maps, None where it maps none: peers are IPv4, however the system tells of them."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return None
    return str(IPv4Network((mapped, network.prefixlen - _MAPPED_BITS)))


def _without_host_bits(word: str) -> str:
    try:
        return did_you_mean(str(ip_network(word, strict=False)))
    except ValueError:
        return ""


NetworkName = Annotated[str, BeforeValidator(_network), text_schema()]
_MOST = 1_000_000


# By default nothing is limited: many readers share one address, and some programs ask nothing of a host any more after one 429.
class ClientLimits(Model):
    """What clients may take of one server process. Without a key there is no such limit."""

    connections: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=_MOST,
        description="Connections at a time, of all clients together. A tenth more, and at least one, are answered 503 "
        "with Retry-After; those beyond are closed without a word.",
        examples=[10000],
    )
    per_client: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=_MOST,
        description="Connections of one client at a time. Requests on a tenth more, and on at least one, are answered 429 "
        "with Retry-After; connections beyond are closed without a word.",
        examples=[100],
    )
    requests: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=_MOST,
        description="Requests of one client in a `window`; that many may come at once. Others are answered 429 with Retry-After.",
        examples=[600],
    )
    window: SomeTime = Field(
        default=timedelta(minutes=1), description="The time that `requests` is for.", examples=["1m"]
    )
    trusted: tuple[NetworkName, ...] = Field(
        default=("127.0.0.0/8", "::1"),
        description="Proxies, as addresses or networks. A client that comes through one is told by X-Forwarded-For, else by Forwarded; "
        "where a proxy sends neither, no client is limited.",
        examples=[["127.0.0.1", "10.0.0.0/8"]],
    )

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """Give the networks of `trusted`."""
        return tuple(map(ip_network, self.trusted))
