"""Observing: what is noted of each request beside answering it, and the answer to who asks for that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter

from aiohttp import hdrs, web

from aggregator.config import MetricsReaders, RequestLog
from aggregator.edition import IDENTITY
from aggregator.metrics import Figures
from aggregator.server import responses
from aggregator.server.addresses import requested_path
from aggregator.server.disclosure import may_read
from aggregator.server.exposition import MEDIA_TYPE, exposition
from aggregator.server.request_log import RequestLogger
from aggregator.server.tally import Tally

METRICS_PATH = "/metrics"
_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_RETRY_SECONDS = 5

Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Observing:
    """What is noted.

    tally    counts every answer
    gather   gives the figures of all processes; raises OSError where they can't be had
    readers  who gets those
    log      which requests the log tells of
    """

    tally: Tally
    gather: Callable[[], Awaitable[Figures]]
    readers: MetricsReaders
    log: RequestLog


def observed(answer: Answer, observing: Observing) -> Answer:
    """Give a handler that does as `answer` does, with what is to be noted; `answer` itself where that is nothing."""
    has_metrics, has_log = observing.readers is not MetricsReaders.OFF, observing.log is not RequestLog.OFF
    if not has_metrics and not has_log:
        return answer
    tally, logger = observing.tally, RequestLogger(observing.log)

    async def observe(request: web.Request) -> web.Response:
        target = request.raw_path
        if has_metrics and target.startswith(METRICS_PATH) and _asks_for_metrics(request, observing.readers):
            return await _metrics(observing)
        started = perf_counter()
        response = await answer(request)
        now = perf_counter()
        body = response.body
        # What is not sent is not counted: the body of an answer to HEAD.
        size = len(body) if isinstance(body, bytes) and request.method != hdrs.METH_HEAD else 0
        coding = response.headers.get(hdrs.CONTENT_ENCODING, IDENTITY) if size else ""
        agent = request.headers.get(hdrs.USER_AGENT)
        if has_metrics:
            tally.count(
                target, agent, response.status, size=size, coding=coding, seconds=now - started, now=now
            )
        if has_log and logger.wants(response.status, now - started):
            logger.tell(
                client=request.remote,
                method=request.method,
                target=target,
                status=response.status,
                seconds=now - started,
                size=size,
                coding=coding,
                agent=agent,
            )
        return response

    return observe


def _asks_for_metrics(request: web.Request, readers: MetricsReaders) -> bool:
    """Tell whether to answer with the metrics; to all others it is as if there were none."""
    return (
        requested_path(request.raw_path) == METRICS_PATH
        and request.method in _METHODS
        and not request.body_exists
        and may_read(readers, request.remote, request.headers)
    )


async def _metrics(observing: Observing) -> web.Response:
    try:
        figures = await observing.gather()
    except OSError:
        return responses.unavailable("The figures can't be had now.", _RETRY_SECONDS)
    return responses.metrics(await asyncio.to_thread(exposition, figures), MEDIA_TYPE)
