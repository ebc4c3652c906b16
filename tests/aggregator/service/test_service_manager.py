"""What a service manager is told, over a real datagram socket such as systemd listens on."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from aggregator.service.service_manager import Announcer, ServiceManager
from tests.aggregator.server.asking import until


@dataclass
class Listener:
    """The end that systemd has."""

    end: socket.socket
    address: str

    def heard(self) -> list[str]:
        """Give every datagram that came."""
        found = []
        while True:
            try:
                found.append(self.end.recv(4096).decode())
            except BlockingIOError:
                return found


def _listener(address: str) -> Listener:
    end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    end.setblocking(False)  # noqa: FBT003  the socket's signature
    end.bind("\0" + address[1:] if address.startswith("@") else address)
    return Listener(end, address)


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Listener]:
    listener = _listener(str(tmp_path / "notify"))
    yield listener
    listener.end.close()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ServiceManager("", None)),
        ({"NOTIFY_SOCKET": "/run/x"}, ServiceManager("/run/x", None)),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "30000000"}, ServiceManager("/run/x", 30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, ServiceManager("", 30)),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, ServiceManager("", None)),
        ({"WATCHDOG_USEC": "soon"}, ServiceManager("", None)),
        ({"WATCHDOG_USEC": "0"}, ServiceManager("", None)),
    ],
)
def test_what_it_asks_for_stands_in_the_environment(
    environment: Mapping[str, str], expected: ServiceManager
) -> None:
    assert ServiceManager.of(environment, 7) == expected


def test_values_are_one_datagram(systemd: Listener) -> None:
    ServiceManager(systemd.address).tell(READY=1, STATUS="serving")
    assert systemd.heard() == ["READY=1\nSTATUS=serving"]


def test_an_abstract_address_is_understood() -> None:
    listener = _listener(f"@aggregator-test-{os.getpid()}")
    ServiceManager(listener.address).tell(READY=1)
    assert listener.heard() == ["READY=1"]
    listener.end.close()


def test_who_can_not_be_reached_is_told_of_and_nothing_else_comes_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceManager(str(tmp_path / "nowhere")).tell(READY=1)
    assert caplog.messages[0].startswith(f"the service manager can't be told at {tmp_path}/nowhere: ")


def announcer(manager: ServiceManager, listening: asyncio.Event) -> Announcer:
    async def listens() -> None:
        await listening.wait()

    return Announcer(manager, listens)


async def heard(systemd: Listener, wanted: Callable[[list[str]], object]) -> list[str]:
    """Give all that was heard until it is what is wanted."""
    lines: list[str] = []

    def is_wanted() -> object:
        lines.extend(systemd.heard())
        return wanted(lines)

    await until(is_wanted)
    return lines


async def test_it_is_ready_once_it_listens_and_has_something_to_serve(systemd: Listener) -> None:
    listening = asyncio.Event()
    telling = announcer(ServiceManager(systemd.address), listening)
    telling.start()
    begun = await heard(systemd, lambda lines: lines)
    assert begun == ["EXTEND_TIMEOUT_USEC=60000000\nSTATUS=loading the articles"]
    telling.note_state("serving 3 articles")
    await asyncio.sleep(0)
    assert systemd.heard() == []
    listening.set()
    assert await heard(systemd, lambda lines: lines) == ["READY=1\nSTATUS=serving 3 articles"]
    telling.note_state("serving 4 articles")
    assert systemd.heard() == ["STATUS=serving 4 articles"]
    await telling.stop()
    telling.note_state("serving 5 articles")
    assert systemd.heard() == ["STOPPING=1\nSTATUS=stopping"]


async def test_signs_of_life_come_twice_as_often_as_they_are_wanted(systemd: Listener) -> None:
    listening = asyncio.Event()
    listening.set()
    telling = announcer(ServiceManager(systemd.address, watchdog=0.1), listening)
    telling.start()
    telling.note_state("serving")
    times: list[float] = []

    def are_enough(lines: list[str]) -> bool:
        now = asyncio.get_running_loop().time()
        times.extend(now for _ in range(lines.count("WATCHDOG=1") - len(times)))
        return len(times) >= 10

    await heard(systemd, are_enough)
    # The one that a busy machine holds up says nothing.
    assert median(after - before for before, after in pairwise(times)) < 0.1
    await telling.stop()


async def test_a_reload_is_told_from_begin_to_end(systemd: Listener) -> None:
    listening = asyncio.Event()
    listening.set()
    telling = announcer(ServiceManager(systemd.address), listening)
    telling.reloading()
    telling.reloaded()
    assert systemd.heard() == []  # not ready: a READY=1 now would be a lie
    telling.start()
    telling.note_state("serving")
    await heard(systemd, lambda lines: any("READY=1" in line for line in lines))
    telling.reloading()
    telling.reloaded()
    began, ended = await heard(systemd, lambda lines: len(lines) == 2)
    assert began.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert ended == "READY=1\nSTATUS=serving"
    await telling.stop()


def fill(systemd: Listener) -> None:
    """Leave no room for anything more to be told."""
    while ServiceManager(systemd.address).try_to_tell(STATUS="busy") is None:
        pass


async def test_readiness_is_told_until_there_is_room_for_it(systemd: Listener) -> None:
    listening = asyncio.Event()
    listening.set()
    telling = announcer(ServiceManager(systemd.address), listening)
    fill(systemd)
    telling.start()
    telling.note_state("serving")
    await until(lambda: telling._is_ready)
    await heard(systemd, lambda lines: "READY=1\nSTATUS=serving" in lines)
    fill(systemd)
    telling.reloading()
    telling.reloaded()
    await until(lambda: telling._telling is not None)
    await heard(systemd, lambda lines: "READY=1\nSTATUS=serving" in lines)
    await telling.stop()


async def test_readiness_that_there_was_no_room_for_is_not_told_in_the_middle_of_the_next_reload(
    systemd: Listener,
) -> None:
    listening = asyncio.Event()
    listening.set()
    telling = announcer(ServiceManager(systemd.address), listening)
    telling.start()
    telling.note_state("serving")
    await heard(systemd, lambda lines: "READY=1\nSTATUS=serving" in lines)
    fill(systemd)
    telling.reloaded()
    waiting = telling._telling
    assert waiting is not None
    await asyncio.sleep(0)
    telling.reloading()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await telling.stop()


async def test_without_a_manager_nothing_runs() -> None:
    telling = announcer(ServiceManager(), asyncio.Event())
    telling.start()
    telling.note_state("serving")
    assert telling._tasks == []
    await telling.stop()
