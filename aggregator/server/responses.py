"""Responses: every answer the server gives, with all its header fields. Decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from aiohttp import hdrs, web

from aggregator.edition import IDENTITY, Edition
from aggregator.server.conditional import http_date

ALLOWED_METHODS = "GET, HEAD, OPTIONS"

_DAY = 24 * 60 * 60

# Something that is not there may be there after the next refresh; a move is for years, but ours to correct.
_NOT_FOUND_SECONDS = 60
_FOR_GOOD_SECONDS = _DAY

# RFC 5861. A cache may answer once more while it asks anew, but no longer than the answer was fresh: what is due soon has
# a short max-age, and must not be held back. While the server is down, yesterday's feed is better than none.
_WHILE_REVALIDATING_SECONDS = 60
_IF_ERROR_SECONDS = _DAY

_NO_STORE = "no-store"

# The program's name without its version: aiohttp would tell its own and Python's.
SERVER = "feed-aggregator"

# On every answer. Feeds are public, and pages of other sites may read them; none of these vary.
_COMMON: Mapping[str, str] = MappingProxyType(
    {
        hdrs.SERVER: SERVER,
        hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
        hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: "ETag, Retry-After",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
)


def document(edition: Edition, coding: str, max_age: int, now: datetime) -> web.Response:
    """Answer with an edition. It must have the coding already, since making it takes time."""
    headers = _validators(edition.etag(coding), max_age) | {
        # Never later than Date (RFC 9110 section 8.8.2.1), even when the clock has been put back.
        hdrs.LAST_MODIFIED: http_date(min(edition.last_modified, now)),
        hdrs.CONTENT_TYPE: edition.media_type,
    }
    if coding != IDENTITY:
        headers[hdrs.CONTENT_ENCODING] = coding
    return web.Response(body=edition.encoded(coding), headers=headers)


def not_modified(etag: str, max_age: int) -> web.Response:
    """Say that what the client holds is current, with the fields of RFC 9110 section 15.4.5; Date comes from aiohttp."""
    return web.Response(status=304, headers=_validators(etag, max_age))


def _validators(etag: str, max_age: int) -> dict[str, str]:
    return {
        **_COMMON,
        hdrs.ETAG: etag,
        hdrs.CACHE_CONTROL: _freshness(max_age),
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }


def _freshness(max_age: int) -> str:
    # No "public": it allows nothing more but to keep answers to requests with a password (RFC 9111 section 5.2.2.9).
    again = min(max_age, _WHILE_REVALIDATING_SECONDS)
    return f"max-age={max_age}, stale-while-revalidate={again}, stale-if-error={_IF_ERROR_SECONDS}"


def moved(location: str) -> web.Response:
    """Send a client to the new address for good: feed readers change their subscription."""
    return _text(301, f"Moved for good to {location}", _max_age(_FOR_GOOD_SECONDS), {hdrs.LOCATION: location})


def see_page(location: str) -> web.Response:
    """Send a browser to the page for people. Kept by no cache, so that feed readers never get it."""
    return _text(303, f"The page about this feed is {location}", _NO_STORE, {hdrs.LOCATION: location})


def not_found() -> web.Response:
    """Say that there is nothing here."""
    return _text(404, "There is nothing at this address.", _max_age(_NOT_FOUND_SECONDS))


def gone() -> web.Response:
    """Say that there is nothing here any more: feed readers end their subscription."""
    return _text(410, "This feed has ended; please unsubscribe.", _max_age(_FOR_GOOD_SECONDS))


def method_not_allowed() -> web.Response:
    """Say which methods there are (RFC 9110 section 15.5.6)."""
    return _text(405, f"Expected one of {ALLOWED_METHODS}.", _NO_STORE, {hdrs.ALLOW: ALLOWED_METHODS})


def not_acceptable(codings: tuple[str, ...]) -> web.Response:
    """Say which codings there are to one that refuses them all, the plain bytes included (RFC 9110 section 12.5.3)."""
    text = f"Accept-Encoding refuses every coding that this can be had in: {', '.join(codings)}."
    return _text(406, text, _NO_STORE, {hdrs.VARY: hdrs.ACCEPT_ENCODING})


def precondition_failed() -> web.Response:
    """Say that If-Match or If-Unmodified-Since does not hold."""
    return _text(412, "This document is not the one that the request asks for.", _NO_STORE)


def unavailable(reason: str, retry_after: int) -> web.Response:
    """Say that there is no answer now, and in how many seconds to ask again."""
    return _text(503, reason, _NO_STORE, {hdrs.RETRY_AFTER: str(retry_after)})


def state(text: str) -> web.Response:
    """Answer a probe."""
    return _text(200, text, _NO_STORE)


def refused_body(status: int, reason: str) -> web.Response:
    """Refuse the body of a request, and end the connection, since the rest of that body may still come."""
    response = _text(status, reason, _NO_STORE)
    response.force_close()
    return response


def options() -> web.Response:
    """Say what may be asked, also to a browser that asks first (a CORS preflight)."""
    headers = {
        **_COMMON,
        hdrs.ALLOW: ALLOWED_METHODS,
        hdrs.CACHE_CONTROL: _NO_STORE,
        hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD",
        hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "*",
        hdrs.ACCESS_CONTROL_MAX_AGE: str(_DAY),
    }
    return web.Response(status=204, headers=headers)


def _max_age(seconds: int) -> str:
    return f"max-age={seconds}"


def _text(
    status: int, text: str, cache_control: str, headers: Mapping[str, str] = MappingProxyType({})
) -> web.Response:
    fields = {
        **_COMMON,
        hdrs.CACHE_CONTROL: cache_control,
        hdrs.CONTENT_TYPE: "text/plain; charset=utf-8",
        **headers,
    }
    return web.Response(status=status, body=f"{text}\n".encode(), headers=fields)
