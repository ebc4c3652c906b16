"""Stalls: clients that ask and then stop reading. aiohttp would keep them, and what they were to get, for ever (measured)."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

# On, for no time: see socket(7), SO_LINGER.
_RESET = struct.pack("ii", 1, 0)


class Connection(Protocol):
    """What aiohttp keeps of a connection; the transport is None once aiohttp has begun to close it."""

    @property
    def transport(self) -> asyncio.Transport | None: ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A transport with bytes that its client has not taken: how many, and since when no fewer."""

    transport: asyncio.Transport
    size: int
    since: float


class Stalls:
    """Ends connections whose clients take nothing of what waits for them for `patience` seconds.

    Looks at all connections now and then, which costs a request nothing; a deadline for each would.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waiting: dict[Connection, _Waiting] = {}

    def sweep(self, connections: Iterable[Connection], now: float) -> int:
        """Look at the connections, at the monotonic time `now`; give how many were ended."""
        # Those seen waiting before stay in sight after aiohttp let go of them: closing waits for the client too.
        held = {connection: waiting.transport for connection, waiting in self._waiting.items()}
        held |= {one: one.transport for one in connections if one.transport is not None}
        self._waiting = {
            connection: self._look(connection, transport, now)
            for connection, transport in held.items()
            if transport.get_write_buffer_size()
        }
        stalled = [one for one in self._waiting.values() if now - one.since >= self._patience]
        for waiting in stalled:
            _end(waiting.transport)
        return len(stalled)

    def _look(self, connection: Connection, transport: asyncio.Transport, now: float) -> _Waiting:
        before, size = self._waiting.get(connection), transport.get_write_buffer_size()
        if before is None or size < before.size:
            return _Waiting(transport, size, now)
        return _Waiting(transport, size, before.since)


def _end(transport: asyncio.Transport) -> None:
    """End a connection so that the kernel lets go of it too: else it keeps what was not taken for as long as the client is there."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
