"""Connections: aiohttp's, but for the answers that it would give by itself. Those quote the request, and name versions."""

from typing import Any

from aiohttp import hdrs, web

from aggregator.server import responses
from aggregator.server.handlers import answer_other_method
from aggregator.server.hosts import is_host

_BAD_REQUEST = 400
_NO_ADDRESS = 404


class Runner(web.AppRunner):
    """An AppRunner whose every answer is one of ours."""

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(
            _answering(server.request_handler), request_factory=server.request_factory, **self._kwargs
        )


class _Server(web.Server):
    """Makes connections of ours."""

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Say that a request is none, or that an answer failed; aiohttp tells the log, and ends what was begun."""
        super().handle_error(request, status, exc, message)
        return responses.refused(status)


def _answering(handle: Any) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        if not is_host(request.headers.get(hdrs.HOST, "")):
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
