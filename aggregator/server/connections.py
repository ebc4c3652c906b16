"""Connections: aiohttp's, but for the shortcut, and for the answers that it would give by itself. Those quote the request, and name versions."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

from aiohttp import EMPTY_PAYLOAD, HttpVersion11, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParser, RawRequestMessage
from aiohttp.web_protocol import ERROR

from aggregator.server import framing, responses
from aggregator.server.addresses import PROBES
from aggregator.server.app import LIMITS, SHORTCUT
from aggregator.server.handlers import answer_other_method
from aggregator.server.hosts import is_host
from aggregator.server.limits import Excess, Limits, Seat
from aggregator.server.negotiation import Fields
from aggregator.server.shortcut import Answer, Shortcut

_BAD_REQUEST = 400
_NO_ADDRESS = 404
_END_OF_HEAD = b"\r\n\r\n"

# Of a request of a version that is not spoken here: the status that refuses it.
_REFUSAL = web.RequestKey("refusal", int)


class Runner(web.AppRunner):
    """An AppRunner whose every answer is one of ours."""

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(
            self.app[SHORTCUT],
            self.app.get(LIMITS),
            _answering(server.request_handler),
            request_factory=_making(server.request_factory),
            **self._kwargs,
        )


class _Server(web.Server):
    """Makes connections of ours."""

    def __init__(self, shortcut: Shortcut, limits: Limits | None, handler: Any, **options: Any) -> None:
        super().__init__(handler, **options)
        self.shortcut = shortcut
        self.limits = limits

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Ruling(NamedTuple):
    """What was decided of a request: refused for an excess, or, with None, let in."""

    excess: Excess | None


class _Connection(web.RequestHandler):
    __slots__ = ("_address", "_limits", "_ruling", "_seat")

    def __init__(self, server: _Server, *, loop: asyncio.AbstractEventLoop, **options: Any) -> None:
        super().__init__(server, loop=loop, **options)
        self._limits = server.limits
        self._seat: Seat | None = None
        # On the request that is on its way to aiohttp: none is counted twice.
        self._ruling: _Ruling | None = None
        self._parser = _Parser(
            self,
            server.shortcut,
            loop,
            self._read_bufsize,
            max_line_size=self.max_line_size,
            max_field_size=self.max_field_size,
            max_headers=self.max_headers,
            payload_exception=web.RequestPayloadError,
            auto_decompress=False,
            max_msg_queue_size=self._max_msg_queue_size,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; aiohttp calls for it once."""
        super().connection_made(transport)
        self._address = _address(self.peername)
        if self._limits is None:
            return
        self._seat = self._limits.sit(self._address)
        if not self._seat.is_told and self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give back what it took."""
        super().connection_lost(exc)
        if self._limits is not None and self._seat is not None:
            self._limits.leave(self._seat)
            self._seat = None

    def eof_received(self) -> bool:  # type: ignore[override]  # aiohttp has it give nothing, and so never keeps what is half closed
        """Stay until what was asked is answered, where a client has said that it asks for no more (RFC 9112, section 9.6); then end.

        Where nothing is to be answered, or the last request is not there whole, there is nothing to stay for.
        """
        parser = self._parser
        if not isinstance(parser, _Parser) or not parser.has_whole or self._is_waiting():
            return False
        self.close()
        return True

    @property
    def is_limited(self) -> bool:
        """Whether each request is to be ruled on, for which it must be read."""
        return self._limits is not None

    def lets_in(self, message: RawRequestMessage) -> bool:
        """Tell whether a request may be answered at once. One that is refused, or has to wait, goes the long way, and is told there."""
        if self._limits is None:
            return True
        if self.transport is None or not self._is_idle(self.transport):
            return False
        self._ruling = _Ruling(self._rule(message.path, message.headers))
        return self._ruling.excess is None

    def excess(self, target: str, fields: Fields) -> Excess | None:
        """Give why a request is to be refused, None where it is not; counts it where `lets_in` has not."""
        ruling, self._ruling = self._ruling, None
        return self._rule(target, fields) if ruling is None else ruling.excess

    def _rule(self, target: str, fields: Fields) -> Excess | None:
        if self._limits is None or self._seat is None or target in PROBES:
            return None
        return self._limits.excess(self._seat, self._address, fields, monotonic())

    def answer_at_once(self, find: Callable[..., Answer | None], *request: Any) -> bool:
        """Answer a request by the shortcut, and tell whether that was done; if not, aiohttp is to have it, as if nothing had been tried.

        find  gives the answer to a request of who asks from an address, None where it is to go the long way
        """
        transport = self.transport
        if transport is None or not self._is_idle(transport):
            return False
        try:
            answer = find(*request, self._address)
        except Exception:  # noqa: BLE001  the handler meets it again, answers with 503, and tells the log
            return False
        if answer is None:
            return False
        self._ruling = None
        transport.write(answer.data)
        self._note_answered()
        if answer.is_last:
            self.force_close()
        return True

    def _is_idle(self, transport: asyncio.Transport) -> bool:
        """Tell whether nothing that came before is still to be answered, or to be taken by the client."""
        return self._is_waiting() and not self._paused and not transport.is_closing()

    def _is_waiting(self) -> bool:
        """Tell whether aiohttp waits for a request; before it has been given one, it may not have come to that yet."""
        waiter = self._waiter
        return waiter is not None and not waiter.done()

    def _note_answered(self) -> None:
        """Do as aiohttp does after an answer: count it, and let the connection idle as long from now."""
        self._request_count += 1
        if self._manager is not None:
            self._manager.requests_count += 1
        close_time = self._loop.time() + self._keepalive_timeout
        self._next_keepalive_close_time = close_time
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(close_time, self._process_keepalive)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Say that a request is none, or that an answer failed; aiohttp tells the log, and ends what was begun."""
        super().handle_error(request, status, exc, message)
        return responses.refused(exc.code if isinstance(exc, HttpProcessingError) else status)


class _Parser(HttpRequestParser):
    """aiohttp's parser, which keeps from aiohttp the requests that the shortcut has answered.

    Only one that came alone: those of a client that sends several at once are answered in turn.

    Where clients are limited, each request is ruled on first, here or, where several came together, in its turn.
    """

    def __init__(
        self,
        connection: _Connection,
        shortcut: Shortcut,
        loop: asyncio.AbstractEventLoop,
        limit: int,
        **options: Any,
    ) -> None:
        super().__init__(connection, loop, limit, **options)
        self._connection = connection
        self._shortcut = shortcut
        # What comes next begins a request, so that the same bytes mean the same.
        self.is_between = True
        # aiohttp has been given a request, or something that is none.
        self._has_given = False
        self._is_refused = False

    @property
    def has_whole(self) -> bool:
        """Whether all that came is something to answer."""
        return self._is_refused or (self._has_given and self.is_between)

    def feed_data(self, data: bytes, *rest: Any) -> tuple[list[Any], bool, bytes]:
        was_between = self.is_between
        connection = self._connection
        # Where each request is to be ruled on, none is answered unread, and there is nothing to be remembered for.
        may_repeat = was_between and not connection.is_limited
        if may_repeat and connection.answer_at_once(self._shortcut.answer_again, data):
            return [], False, b""
        self.is_between = False
        messages, upgraded, tail = self._parse(data, *rest, is_begin=was_between)
        self.is_between = (
            bool(messages)
            and messages[-1][1] is EMPTY_PAYLOAD
            and data.endswith(_END_OF_HEAD)
            and not upgraded
        )
        if len(messages) == 1 and connection.lets_in(messages[0][0]):
            whole = data if may_repeat and self.is_between else None
            if connection.answer_at_once(self._shortcut.answer, *messages[0], whole):
                self.message_consumed()
                messages = []
        self._has_given = self._has_given or bool(messages)
        return messages, upgraded, tail

    def _parse(self, data: bytes, *rest: Any, is_begin: bool) -> tuple[list[Any], bool, bytes]:
        try:
            messages, upgraded, tail = super().feed_data(data, *rest)
        except HttpProcessingError as error:
            self._is_refused = True
            if is_begin and framing.is_later_version(data):
                raise framing.UnknownVersion(error.message) from error
            raise
        for index, (message, payload) in enumerate(messages):
            if framing.is_last(message):
                messages[index] = (message._replace(should_close=True), payload)
        return messages, upgraded, tail


def _address(peer: Any) -> str | None:
    """Give the address of a peer as aiohttp's requests give it."""
    if peer is None:
        return None
    return str(peer[0] if isinstance(peer, tuple | list) else peer)


def _making(make: Any) -> Any:
    """Make requests that aiohttp answers in HTTP/1.1, or 1.0 where that was asked in: by itself it repeats whatever version it was asked in."""

    def made(message: RawRequestMessage, *rest: Any) -> web.Request:
        refusal = framing.refusal(message.version)
        if refusal is not None or message is ERROR:
            message = message._replace(version=HttpVersion11)
        request: web.Request = make(framing.without_authority(message), *rest)
        if refusal is not None:
            request[_REFUSAL] = refusal
        return request

    return made


def _answering(handle: Any) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        # The client may have taken little yet of what the shortcut sent: no second answer is made before that.
        await request.writer.drain()
        connection = request.protocol
        excess = (
            connection.excess(request.raw_path, request.headers)
            if isinstance(connection, _Connection)
            else None
        )
        if excess is not None:
            return responses.over_limit(excess)
        refusal = request.get(_REFUSAL)
        if refusal is not None:
            return responses.refused(refusal)
        if not is_host(request.headers.get(hdrs.HOST, "")) or (
            not request.body_exists and framing.hides_body(request.headers)
        ):
            return responses.refused(_BAD_REQUEST)
        try:
            response: web.StreamResponse = await handle(request)
        except web.HTTPException as error:
            # The router finds no route for the targets that begin with no slash: that of OPTIONS * and of CONNECT.
            return (
                answer_other_method(request)
                if error.status == _NO_ADDRESS
                else responses.refused(error.status)
            )
        return response

    return answer
