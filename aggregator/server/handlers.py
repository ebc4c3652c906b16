"""From request to answer: the one handler of the application."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from aiohttp import hdrs, web

from aggregator.documents.edition import Edition
from aggregator.server import responses
from aggregator.server.acceptance import wants_page
from aggregator.server.addresses import (
    HEALTH,
    READINESS,
    page_of,
    requested_path,
    requested_query,
    split,
    without_www,
)
from aggregator.server.bodies import drop_body
from aggregator.server.conditional import Outcome
from aggregator.server.deltas import accepts_feed, held_versions
from aggregator.server.failures import Failures
from aggregator.server.negotiation import A_IM, field, is_navigation, negotiate, unsent_bytes
from aggregator.server.searching import search
from aggregator.server.served import Served

SERVED: web.AppKey[Callable[[], Served]] = web.AppKey("served")
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
BODY_SECONDS = web.AppKey("body_seconds", float)
FAILURES = web.AppKey("failures", Failures)
# Bytes that the answer does without, for who counts them.
UNSENT = web.RequestKey("unsent", int)

_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})

# The part of a feed's page that says what a feed is, shown to those who are sent there.
_EXPLANATION = "#what-is-a-feed"

# Seconds after which to ask again: a first refresh takes seconds; a failure may take somebody to mend it.
_RETRY_WHEN_STARTING = 5
_RETRY_AFTER_FAILURE = 30


async def answer(request: web.Request) -> web.Response:
    """Answer any request. Whatever goes wrong is a 503 that does not say why; the log does."""
    if request.body_exists:
        refusal = await drop_body(request.content, request.app[BODY_SECONDS])
        if refusal is not None:
            return refusal
    served = request.app[SERVED]()
    response = await _respond(request, served)
    response = responses.kept_in_time(response, served.seconds_left(request.app[CLOCK]()))
    if response.status in responses.HAVE_PAGES and wants_page(request.headers.get(hdrs.ACCEPT)):
        return await _with_page(response, served)
    return response


async def _with_page(response: web.Response, served: Served) -> web.Response:
    """Give an answer that is a line of text as a page, where there is one for it."""
    text = response.text
    if served.problem_page is None or text is None:
        return response
    page = await asyncio.to_thread(served.problem_page, response.status, text)
    return response if page is None else responses.problem_page(response, page, served.page_policy)


async def _respond(request: web.Request, served: Served) -> web.Response:
    if request.method not in _METHODS:
        return answer_other_method(request)
    path = requested_path(request.raw_path)
    if path is None:
        return responses.not_found()
    try:
        return await _answer(request, path, served)
    except Exception as error:  # noqa: BLE001 - the client gets an answer, the log the reason
        request.app[FAILURES].note(path, error, request.app[CLOCK]())
        return responses.unavailable("This can't be answered now.", _RETRY_AFTER_FAILURE)


def answer_other_method(request: web.Request) -> web.Response:
    """Answer a request that is for no document, whatever its target."""
    if request.method != hdrs.METH_OPTIONS:
        return responses.method_not_allowed()
    # The field tells a browser's preflight from a plain question (CORS protocol, in the Fetch standard).
    is_preflight = hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    return responses.preflight() if is_preflight else responses.options()


async def _answer(request: web.Request, path: str, served: Served) -> web.Response:
    if not served.readiness.is_ready:
        return _unready(path, served.readiness.reason)
    if served.searches is not None and served.searches.answers(path):
        found = await search(served.searches, path, request.raw_path)
        # Nobody keeps which versions of them there were.
        plain = replace(served, deltas=None)
        return found if isinstance(found, web.Response) else await _send(found, request, path, plain)
    if "?" in request.raw_path:
        path = served.meant(path, requested_query(request.raw_path))
    edition = served.press.current(path)
    if edition is not None:
        return await _send(edition, request, path, served)
    known = _known(path, served)
    if known is not None:
        return known
    edition = await served.press.edition(path)
    return (
        await _answer_elsewhere(path, served)
        if edition is None
        else await _send(edition, request, path, served)
    )


async def _answer_elsewhere(path: str, served: Served) -> web.Response:
    """Answer where there is no document: where the name of a provider leads to its feed, with that address."""
    meant = without_www(path)
    if meant is None or await served.press.edition(meant) is None:
        return responses.not_found()
    return responses.moved(served.site_url + meant)


def _unready(path: str, reason: str) -> web.Response:
    """Answer without a good generation: to say "not found", or to send an empty feed, would have readers forget it."""
    if path == HEALTH:
        return responses.state("alive")
    return responses.unavailable(reason, _RETRY_WHEN_STARTING)


def _known(path: str, served: Served) -> web.Response | None:
    """Answer at an address that needs no document, None where it may be one's."""
    if path == HEALTH:
        return responses.state("alive")
    if path == READINESS:
        return responses.state("ready")
    new_path = served.addresses.new_path(path)
    if new_path is not None:
        return responses.moved(served.site_url + new_path)
    return responses.gone() if served.addresses.is_gone(path) else None


async def _send(edition: Edition, request: web.Request, path: str, served: Served) -> web.Response:
    other = _in_place_of(edition, request, path, served)
    if other is not None:
        return other
    now, lifetime = request.app[CLOCK](), served.lifetime(path)
    form = negotiate(edition, request.headers, now)
    if form is None:
        return responses.not_acceptable()
    if form.outcome is Outcome.NOT_MODIFIED:
        request[UNSENT] = unsent_bytes(edition, form)
        return responses.not_modified(edition, form.etag, lifetime, served.page_policy)
    if form.outcome is Outcome.FAILED:
        return responses.precondition_failed()
    if A_IM in request.headers:
        delta = await _delta(request, path, served, form.coding, edition)
        if delta is not None:
            return delta
    await _encode(edition, form.coding)
    request[UNSENT] = unsent_bytes(edition, form)
    return responses.document(edition, form.coding, lifetime, now, served.page_policy)


def _in_place_of(edition: Edition, request: web.Request, path: str, served: Served) -> web.Response | None:
    """Answer where the edition itself is not to be sent: it is no more, or a browser is to see its page."""
    if edition.is_gone:
        return responses.withdrawn()
    if served.has_pages and split(path)[1] and is_navigation(request):
        return responses.see_page(served.site_url + page_of(edition.path) + _EXPLANATION)
    return None


async def _encode(edition: Edition, coding: str) -> None:
    if not edition.has(coding):
        await asyncio.to_thread(edition.encoded, coding)


async def _delta(
    request: web.Request, path: str, served: Served, coding: str, whole: Edition
) -> web.Response | None:
    """Answer with what is new to a client that asks for that; None where it is to get the whole document.

    To GET alone, of whose success a 226 tells (RFC 3229 section 10.4.1).
    """
    held = held_versions(field(request.headers, hdrs.IF_NONE_MATCH))
    if (
        not held
        or served.deltas is None
        or request.method != hdrs.METH_GET
        or not accepts_feed(field(request.headers, A_IM))
    ):
        return None
    edition = await served.deltas(path, tuple(held))
    if edition is None or edition.delta is None:
        return None
    await _encode(edition, coding)
    if whole.has(coding):
        request[UNSENT] = len(whole.encoded(coding)) - len(edition.encoded(coding))
    return responses.delta(edition, coding, held[edition.delta.base], request.app[CLOCK]())
