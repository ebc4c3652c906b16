"""Listening, and stopping in time. Which event loop it runs on is the caller's choice."""

import asyncio
import logging
from contextlib import suppress
from time import monotonic

from aiohttp import http_exceptions, web

from aggregator.errors import ServeError
from aggregator.server.accepting import AcceptingSite, listening_sockets
from aggregator.server.connections import Runner
from aggregator.server.stalls import Stalls

# A keep-alive connection may idle for so long, and so long may the header fields of a request take: aiohttp has one limit
# for both, an hour by default. Longer than the pauses of a proxy that polls, short against dripped header fields.
_KEEP_ALIVE_SECONDS = 30.0

# aiohttp waits for it twice, and ten seconds are all that there is for stopping.
_SHUTDOWN_SECONDS = 4.0

# How long a client may still be sending after it was answered, so that it reads the answer before the connection ends.
_LINGER_SECONDS = 2.0

# Connections that the kernel holds while the loop is busy: after a refresh, readers come all at once.
_BACKLOG = 1024

_STALL_SECONDS = 30.0
_SWEEP_SECONDS = 5.0

# Between two looks at whether all has been sent, at the stop.
_SENT_LOOK_SECONDS = 0.01


class Running:
    """A server that listens. Belongs to the event loop."""

    def __init__(
        self, runner: web.AppRunner, port: int, sweeping: asyncio.Task[None], shutdown_seconds: float
    ) -> None:
        self._runner = runner
        self._shutdown_seconds = shutdown_seconds
        self._sweeping = sweeping
        self._port = port

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    @property
    def connections(self) -> int:
        """How many connections there are."""
        server = self._runner.server
        return 0 if server is None else len(server.connections)

    async def stop(self) -> None:
        """Take no more connections, finish what is in flight, and end within ten seconds."""
        # For as long as aiohttp waits at most: it waits twice.
        deadline = monotonic() + 2 * self._shutdown_seconds
        server = self._runner.server
        transports = [] if server is None else [one.transport for one in server.connections if one.transport]
        await self._runner.cleanup()
        # aiohttp knows nothing of what the shortcut sends, and closing waits for nobody: with the loop the rest of an answer would end.
        while monotonic() < deadline and any(one.get_write_buffer_size() for one in transports):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(_SENT_LOOK_SECONDS)
        self._sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._sweeping


async def listen(
    app: web.Application,
    host: str,
    port: int,
    *,
    reuse_port: bool = False,
    keep_alive_seconds: float = _KEEP_ALIVE_SECONDS,
    stall_seconds: float = _STALL_SECONDS,
    sweep_seconds: float = _SWEEP_SECONDS,
    linger_seconds: float = _LINGER_SECONDS,
    shutdown_seconds: float = _SHUTDOWN_SECONDS,
) -> Running:
    """Serve `app` at host and port, 0 for a free one; raise ServeError where that can't be had.

    reuse_port  let other processes listen on the same port, so that the kernel spreads connections over them
    """
    runner = Runner(
        app,
        access_log=None,  # it costs much, and would keep what readers ask for
        logger=_connection_logger(),
        keepalive_timeout=keep_alive_seconds,
        shutdown_timeout=shutdown_seconds,
        lingering_time=linger_seconds,
        handler_cancellation=True,
        auto_decompress=False,  # bodies are dropped unread
    )
    await runner.setup()
    try:
        sockets = await listening_sockets(host, port, reuse_port=reuse_port, backlog=_BACKLOG)
    except OSError as error:
        await runner.cleanup()
        raise ServeError(
            f"can't listen on {host} port {port}: {error.strerror or error}; expected a free one"
        ) from error
    site = AcceptingSite(runner, sockets)
    await site.start()
    sweeping = asyncio.create_task(_sweep(runner, Stalls(stall_seconds), sweep_seconds))
    return Running(runner, site.port, sweeping, shutdown_seconds)


async def _sweep(runner: web.AppRunner, stalls: Stalls, seconds: float) -> None:
    while (server := runner.server) is not None:
        stalls.sweep(server.connections, monotonic())
        await asyncio.sleep(seconds)


def _connection_logger() -> logging.Logger:
    logger = logging.getLogger(f"{__name__}.connections")
    logger.addFilter(_is_ours)
    return logger


def _is_ours(record: logging.LogRecord) -> bool:
    """Leave out requests that are no HTTP: they are answered with 400, and their bytes may hold what no log should."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, http_exceptions.HttpProcessingError)
