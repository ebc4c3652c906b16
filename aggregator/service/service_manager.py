"""ServiceManager: tells the program that started this one how it goes, where that asks to be told (sd_notify(3)).

systemd is such a program. What it asks for stands in the environment: the address of a datagram socket, and how often it wants a
sign of life. Where it asks for nothing, nothing is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from socket import AF_UNIX, SOCK_DGRAM, socket
from time import monotonic_ns

from aggregator.monitoring import events

# Until it is ready, systemd would end it after a time of its own; each sign of life asks for so much more.
_MORE_SECONDS = 60
_BEAT_SECONDS = 10.0
_AGAIN_SECONDS = 0.5
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """Where, and how often.

    address   path of a datagram socket, an abstract one with @ in front; empty: nobody asks
    watchdog  seconds within which a sign of life is wanted, None: none is
    """

    address: str = ""
    watchdog: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str], process: int) -> "ServiceManager":
        """Read what is asked of the process with this number."""
        every = environment.get("WATCHDOG_USEC", "")
        is_meant = environment.get("WATCHDOG_PID", str(process)) == str(process)
        has_watchdog = is_meant and every.isascii() and every.isdecimal() and int(every) > 0
        watchdog = int(every) / _MICROSECONDS if has_watchdog else None
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog)

    def tell(self, **values: str | int) -> None:
        """Send values; who can't be reached is told of in the log, and nothing else comes of it."""
        error = self.try_to_tell(**values)
        if error is not None:
            events.MANAGER_LOST.log(address=self.address, error=error)

    def try_to_tell(self, **values: str | int) -> OSError | None:
        """Send values; give why that can't be done, a BlockingIOError where there is no room for them at this moment."""
        if not self.address:
            return None
        text = "\n".join(f"{name}={value}" for name, value in values.items())
        is_abstract = self.address.startswith("@")
        try:
            with socket(AF_UNIX, SOCK_DGRAM) as sending:
                sending.settimeout(0)
                sending.connect("\0" + self.address[1:] if is_abstract else self.address)
                sending.send(text.encode())
        except OSError as error:
            return error
        return None


class Announcer:
    """Keeps a service manager informed over the life of a server. Belongs to the event loop.

    listening  waits until connections are taken
    """

    def __init__(self, manager: ServiceManager, listening: Callable[[], Awaitable[None]]) -> None:
        self._manager = manager
        self._listening = listening
        self._has_state = asyncio.Event()
        self._is_ready = False
        self._status = "loading the articles"
        self._tasks: list[asyncio.Task[None]] = []
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to show signs of life."""
        if self._manager.address:
            self._tasks = [asyncio.create_task(self._become_ready()), asyncio.create_task(self._beat())]

    def note_state(self, status: str) -> None:
        """Take note of a state that can be served, or that there will be none for now: either way the start is over."""
        self._status = status
        self._has_state.set()
        if self._is_ready:
            self._manager.tell(STATUS=status)

    def reloading(self) -> None:
        """Tell that the configuration is being taken up."""
        if self._is_ready:
            self._stop_telling()
            self._manager.tell(RELOADING=1, MONOTONIC_USEC=monotonic_ns() // 1000)

    def reloaded(self) -> None:
        """Tell that this is over, whether or not the configuration could be used."""
        if self._is_ready:
            self._telling = asyncio.create_task(self._tell_readiness())

    async def stop(self) -> None:
        """Tell that it ends; that is the last word."""
        self._is_ready = False
        self._stop_telling()
        self._manager.tell(STOPPING=1, STATUS="stopping")
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _become_ready(self) -> None:
        await self._listening()
        await self._has_state.wait()
        self._is_ready = True
        self._telling = asyncio.create_task(self._tell_readiness())

    async def _tell_readiness(self) -> None:
        """Tell it until there is room: systemd would wait for it, and end the server when it has waited long enough."""
        # Nobody tells when there is room.
        while isinstance(error := self._manager.try_to_tell(READY=1, STATUS=self._status), BlockingIOError):  # noqa: ASYNC110
            await asyncio.sleep(_AGAIN_SECONDS)
        if error is not None:
            events.MANAGER_LOST.log(address=self._manager.address, error=error)

    def _stop_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _beat(self) -> None:
        """Show signs of life from the event loop itself: where that hangs, they end."""
        watchdog = self._manager.watchdog
        pause = _BEAT_SECONDS if watchdog is None else min(_BEAT_SECONDS, watchdog / 2)
        while not self._is_ready or watchdog is not None:
            if watchdog is not None:
                self._manager.tell(WATCHDOG=1)
            if not self._is_ready:
                self._manager.tell(EXTEND_TIMEOUT_USEC=_MORE_SECONDS * _MICROSECONDS, STATUS=self._status)
            await asyncio.sleep(pause)
