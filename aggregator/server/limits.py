"""Limits: what clients take of this process, and whether one takes too much. Decides; who answers is told for how long to wait.

Nobody is limited but by the configuration (server.limits).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from aggregator.config import ClientLimits
from aggregator.server.allowances import Allowances
from aggregator.server.clients import Client, Clients
from aggregator.server.negotiation import Fields

# Who is over a limit of connections is to come again when others may have gone: those that idle go within half a minute.
_RETRY_SECONDS = 30

# To say why, a connection must be had. So one in ten more are told, and those beyond them are ended without a word.
_TOLD_SHARE = 10


Refused = Callable[["Limit"], None]


class Limit(StrEnum):
    """A limit, by its key below server.limits."""

    CONNECTIONS = "connections"
    PER_CLIENT = "per_client"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Excess:
    """What is over which limit, and after how many seconds to come again."""

    limit: Limit
    retry_after: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A connection that is counted.

    client   None where that is a trusted proxy, or can't be told
    excess   what the connection itself is over; every request on it is
    is_told  whether the client is to be told so, or the connection ended at once
    """

    client: Client | None
    excess: Excess | None = None
    is_told: bool = True


class Limits:
    """Counts connections and requests. Belongs to the event loop.

    refused  is told of every request that is to be refused, and of every connection that is to be ended at once
    """

    def __init__(self, settings: ClientLimits, refused: Refused = lambda _: None) -> None:
        self._refused = refused
        self._connections = settings.connections
        self._per_client = settings.per_client
        self._clients = Clients(settings.networks)
        seconds = settings.window.total_seconds()
        self._allowances = None if settings.requests is None else Allowances(settings.requests, seconds)
        self._open = 0
        self._open_by_client: defaultdict[Client, int] = defaultdict(int)

    def sit(self, peer: str | None) -> Seat:
        """Count a connection from the address `peer`; the seat is to be given back when it ends."""
        client = self._clients.at(peer)
        self._open += 1
        if client is not None:
            self._open_by_client[client] += 1
        seat = self._seat(client)
        if seat.excess is not None and not seat.is_told:
            self._refused(seat.excess.limit)
        return seat

    def _seat(self, client: Client | None) -> Seat:
        for limit, most, taken in (
            (Limit.CONNECTIONS, self._connections, self._open),
            (Limit.PER_CLIENT, self._per_client, 0 if client is None else self._open_by_client[client]),
        ):
            if most is not None and taken > most:
                is_told = taken <= most + max(1, most // _TOLD_SHARE)
                return Seat(client, Excess(limit, _RETRY_SECONDS), is_told)
        return Seat(client)

    def leave(self, seat: Seat) -> None:
        """Give back the seat of a connection that has ended."""
        self._open -= 1
        if seat.client is None:
            return
        self._open_by_client[seat.client] -= 1
        if not self._open_by_client[seat.client]:
            del self._open_by_client[seat.client]

    def excess(self, seat: Seat, peer: str | None, fields: Fields, now: float) -> Excess | None:
        """Count a request with these header fields, at the monotonic time `now`; None where it is to be answered."""
        excess = seat.excess or self._excess_of_requests(peer, fields, now)
        if excess is not None:
            self._refused(excess.limit)
        return excess

    def _excess_of_requests(self, peer: str | None, fields: Fields, now: float) -> Excess | None:
        client = None if self._allowances is None else self._clients.asking(peer, fields)
        if self._allowances is None or client is None:
            return None
        wait = self._allowances.take(client, now)
        return Excess(Limit.REQUESTS, ceil(wait)) if wait else None


def limits_of(settings: ClientLimits, refused: Refused) -> Limits | None:
    """Give what counts for these settings; None where they limit nothing, and nothing is to be counted."""
    wanted = (settings.connections, settings.per_client, settings.requests)
    return None if wanted == (None, None, None) else Limits(settings, refused)
