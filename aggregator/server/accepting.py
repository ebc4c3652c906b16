"""Accepting: connections are taken as many as wait, since uvloop takes one each time it has looked at all the others.

With 400 clients that ask without a pause, half of those that came were answered first after 14 seconds, and the last after 32; like
this, and with asyncio's own loop, it is half a second and one (measured).
"""

import asyncio
import socket
from collections.abc import Sequence

from aiohttp import web

from aggregator.monitoring import events

# Between two looks at those that are there already.
_AT_ONCE = 128

# What the kernel keeps of an answer before it may be sent. By itself it takes 3 MB from us for a client that reads nothing (measured):
# a thousand of them keep the server busy with filling its memory, and once that is short every connection of the machine is slow. A
# client that reads is given what follows as fast as it takes it.
_UNSENT_BYTES = 128 * 1024

# What has to wait for want of files is taken when some may have been closed.
_PAUSE_SECONDS = 0.2


async def listening_sockets(
    host: str, port: int, *, reuse_port: bool = False, backlog: int
) -> list[socket.socket]:
    """Listen at every address that `host` stands for; raise OSError where one of them can't be had."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    made: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made.append(socket.socket(family, kind, protocol))
            made[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                made[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                # IPv4 has a socket of its own where it is wanted.
                made[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Connections have what the socket has that they come by.
            made[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
            made[-1].bind(address)
            made[-1].listen(backlog)
    except OSError:
        for one in made:
            one.close()
        raise
    return made


class AcceptingSite(web.BaseSite):
    """Takes connections from listening sockets, which are its own from then on."""

    __slots__ = ("_beginning", "_is_short", "_resuming", "_sockets")

    def __init__(self, runner: web.AppRunner, sockets: Sequence[socket.socket]) -> None:
        super().__init__(runner)
        self._sockets = tuple(sockets)
        self._beginning: set[asyncio.Task[None]] = set()
        # Told once, until one was taken again.
        self._is_short = False
        self._resuming: dict[socket.socket, asyncio.TimerHandle] = {}

    @property
    def name(self) -> str:
        """Name the address of the first socket, for aiohttp."""
        return str(self._sockets[0].getsockname())

    @property
    def port(self) -> int:
        """The port of the first socket."""
        return int(self._sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Begin."""
        await super().start()
        for listening in self._sockets:
            listening.setblocking(False)  # noqa: FBT003  the name of the standard library
            self._resume(listening)

    async def stop(self) -> None:
        """Take no more."""
        loop = asyncio.get_running_loop()
        for resuming in self._resuming.values():
            resuming.cancel()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        await super().stop()

    def _resume(self, listening: socket.socket) -> None:
        self._resuming.pop(listening, None)
        asyncio.get_running_loop().add_reader(listening, self._take, listening)

    def _take(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # Out of files, or of memory. It would be told of those that wait without end, and have no time for the others.
                self._pause(listening, error)
                return
            self._is_short = False
            self._begin(connection)

    def _pause(self, listening: socket.socket, error: OSError) -> None:
        if not self._is_short:
            events.CONNECTIONS_WAIT.log(error=error)
        self._is_short = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)
        self._resuming[listening] = loop.call_later(_PAUSE_SECONDS, self._resume, listening)

    def _begin(self, connection: socket.socket) -> None:
        task = asyncio.create_task(self._connect(connection))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    async def _connect(self, connection: socket.socket) -> None:
        server = self._runner.server
        if server is None:
            connection.close()
            return
        try:
            connection.setblocking(False)  # noqa: FBT003  the name of the standard library
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(server, connection)
        except OSError:
            # It has gone already.
            connection.close()
