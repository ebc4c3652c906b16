"""Stalls: who takes nothing for too long is let go; who takes something, however slowly, is not."""

import asyncio

from aggregator.server.stalls import Stalls


class FakeTransport(asyncio.Transport):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.is_aborted = False

    def get_write_buffer_size(self) -> int:
        return self.size

    def abort(self) -> None:
        self.is_aborted = True


class FakeConnection:
    def __init__(self, size: int) -> None:
        self.sent = FakeTransport(size)
        self.transport: asyncio.Transport | None = self.sent


def swept(connection: FakeConnection, sizes: list[int], every: float = 5) -> bool:
    stalls = Stalls(patience=10)
    for turn, size in enumerate(sizes):
        connection.sent.size = size
        stalls.sweep([connection], turn * every)
    return connection.sent.is_aborted


def test_fault_32_a_client_that_takes_nothing_is_ended() -> None:
    assert swept(FakeConnection(0), [900, 900, 900])


def test_fault_32_a_client_has_its_time() -> None:
    assert not swept(FakeConnection(0), [900, 900])


def test_fault_32_a_slow_client_is_kept() -> None:
    assert not swept(FakeConnection(0), [900, 800, 700, 600, 500])


def test_fault_32_a_client_that_took_all_begins_anew() -> None:
    assert not swept(FakeConnection(0), [900, 900, 0, 900, 900])


def test_fault_32_more_to_send_is_no_progress() -> None:
    assert swept(FakeConnection(0), [900, 950, 1000])


def test_fault_32_a_connection_that_aiohttp_is_closing_is_ended_too() -> None:
    connection, stalls = FakeConnection(900), Stalls(patience=10)
    stalls.sweep([connection], 0)
    connection.transport = None
    assert stalls.sweep([], 10) == 1
    assert connection.sent.is_aborted


def test_fault_42_nothing_is_kept_of_connections_that_wait_for_nothing() -> None:
    stalls = Stalls(patience=10)
    stalls.sweep([FakeConnection(0) for _ in range(9)], 0)
    assert not stalls._waiting
