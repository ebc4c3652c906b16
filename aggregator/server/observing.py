"""Observing: what is noted of each request beside answering it, and the answer to who asks for that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter

from aiohttp import hdrs, web

from aggregator.config import MetricsReaders, RequestLog, StatusReaders
from aggregator.documents.edition import IDENTITY
from aggregator.monitoring.metrics import Figures
from aggregator.server import responses
from aggregator.server.addresses import requested_path
from aggregator.server.disclosure import holds_token, is_from_here, may_read
from aggregator.server.exposition import MEDIA_TYPE, exposition
from aggregator.server.handlers import UNSENT
from aggregator.server.headers import page_policy
from aggregator.server.negotiation import Fields
from aggregator.server.request_log import RequestLogger
from aggregator.server.tally import Asked, Tally

METRICS_PATH = "/metrics"
STATUS_PATH = "/status"
_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_RETRY_SECONDS = 5
_STATUS_POLICY = page_policy(())

Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Status:
    """The page for operators.

    readers  who gets it
    digest   SHA-256 of the token that they must have, where they must have one
    page     makes it of the figures of all processes
    """

    readers: StatusReaders
    digest: bytes
    page: Callable[[Figures], bytes]


@dataclass(frozen=True, slots=True)
class Observing:
    """What is noted.

    tally    counts every answer
    gather   gives the figures of all processes; raises OSError where they can't be had
    readers  who gets those
    log      which requests the log tells of
    status   the page for operators, None where there is none
    """

    tally: Tally
    gather: Callable[[], Awaitable[Figures]]
    readers: MetricsReaders
    log: RequestLog
    status: Status | None = None


class Observer:
    """Takes note of answers: counts them, and tells the log. Both roads of an answer note here."""

    def __init__(self, observing: Observing) -> None:
        self._tally = observing.tally
        self._counts = observing.readers is not MetricsReaders.OFF or observing.status is not None
        self._has_habits = observing.status is not None
        self._has_log = observing.log is not RequestLog.OFF
        self._logger = RequestLogger(observing.log)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to be noted."""
        return self._counts or self._has_log

    def note(
        self,
        *,
        method: str,
        target: str,
        agent: str | None,
        asked: Asked,
        remote: str | None,
        status: int,
        size: int,
        coding: str,
        unsent: int,
        started: float,
    ) -> None:
        """Take note of an answer with `size` bytes of body to a request that came at the monotonic time `started`."""
        now = perf_counter()
        coding = coding if size else ""
        if self._counts:
            self._tally.count(
                target,
                agent,
                status,
                size=size,
                coding=coding,
                seconds=now - started,
                now=now,
                unsent=unsent,
                asked=asked if self._has_habits else None,
            )
        if self._has_log and self._logger.wants(status, now - started):
            self._logger.tell(
                client=remote,
                method=method,
                target=target,
                status=status,
                seconds=now - started,
                size=size,
                coding=coding,
                agent=agent,
            )


def observed(answer: Answer, observing: Observing, observer: Observer) -> Answer:
    """Give a handler that does as `answer` does, with what is to be noted; `answer` itself where that is nothing."""
    if not observer.is_needed:
        return answer
    has_metrics, status = observing.readers is not MetricsReaders.OFF, observing.status

    async def observe(request: web.Request) -> web.Response:
        target = request.raw_path
        if has_metrics and target.startswith(METRICS_PATH) and _asks_for_metrics(request, observing.readers):
            return await _metrics(observing)
        refusal = None
        if status is not None and target.startswith(STATUS_PATH) and _asks_for(request, STATUS_PATH):
            if _may_see(request, status):
                return await _page(status, observing)
            # Who tries tokens is to be seen in the figures and in the log.
            refusal = responses.token_wanted() if status.readers is StatusReaders.TOKEN else None
        started = perf_counter()
        response = refusal or await answer(request)
        body = response.body
        fields = request.headers
        observer.note(
            method=request.method,
            target=target,
            agent=fields.get(hdrs.USER_AGENT),
            asked=Asked(is_conditional(fields), client_address(fields, request.remote)),
            remote=request.remote,
            status=response.status,
            # What is not sent is not counted: the body of an answer to HEAD.
            size=len(body) if isinstance(body, bytes) and request.method != hdrs.METH_HEAD else 0,
            coding=response.headers.get(hdrs.CONTENT_ENCODING, IDENTITY),
            unsent=request.get(UNSENT, 0),
            started=started,
        )
        return response

    return observe


def _asks_for_metrics(request: web.Request, readers: MetricsReaders) -> bool:
    """Tell whether to answer with the metrics; to all others it is as if there were none."""
    return _asks_for(request, METRICS_PATH) and may_read(readers, request.remote, request.headers)


def _asks_for(request: web.Request, path: str) -> bool:
    return requested_path(request.raw_path) == path and request.method in _METHODS and not request.body_exists


def is_conditional(fields: Fields) -> bool:
    """Tell whether a request says what its sender holds."""
    return hdrs.IF_NONE_MATCH in fields or hdrs.IF_MODIFIED_SINCE in fields


def client_address(fields: Fields, remote: str | None) -> str | None:
    """Give the address of who asks, `remote` being that of the connection.

    That is what the nearest proxy wrote. It may be made up where there is none, and then spoils one figure.
    """
    forwarded = fields.get(hdrs.X_FORWARDED_FOR) or ""
    return forwarded.rpartition(",")[2].strip() or remote


def _may_see(request: web.Request, status: Status) -> bool:
    if status.readers is StatusReaders.LOOPBACK:
        return is_from_here(request.remote, request.headers)
    return holds_token(request.headers.get(hdrs.AUTHORIZATION), status.digest)


async def _page(status: Status, observing: Observing) -> web.Response:
    try:
        figures = await observing.gather()
    except OSError:
        return responses.unavailable("The figures can't be had now.", _RETRY_SECONDS)
    return responses.status_page(await asyncio.to_thread(status.page, figures), _STATUS_POLICY)


async def _metrics(observing: Observing) -> web.Response:
    try:
        figures = await observing.gather()
    except OSError:
        return responses.unavailable("The figures can't be had now.", _RETRY_SECONDS)
    return responses.metrics(await asyncio.to_thread(exposition, figures), MEDIA_TYPE)
