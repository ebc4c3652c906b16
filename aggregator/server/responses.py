"""Responses: every answer that the server gives. Decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from aiohttp import hdrs, web

from aggregator.documents.edition import CODINGS, IDENTITY, Edition
from aggregator.server.conditional import http_date, is_settled
from aggregator.server.headers import COMMON, DAY, MINUTE, NO_STORE, POLICY, caching, document_caching
from aggregator.server.lifetime import Lifetime, seconds_kept
from aggregator.server.limits import Excess, Limit

# Documents whose header fields are kept ready: about a kilobyte each.
_KEPT = 1024

_PAGE = "text/html"

ALLOWED_METHODS = "GET, HEAD, OPTIONS"

# The answers that browsers get a page for in place of a line of text.
HAVE_PAGES = frozenset({400, 404, 405, 410, 503})

# What is not there may be there after the next refresh. A move or an end is for years, but an error in it is to be ended too.
_NOT_FOUND = caching(MINUTE)
_FOR_GOOD = caching(DAY)
_KEPT_ERRORS: Mapping[int, int] = MappingProxyType({404: MINUTE, 410: DAY})
_NONE = Lifetime(0, 0)

_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        400: "This is no request that is understood here, expected HTTP/1.1 (RFC 9112) with one Host, in lines of at most 8 KB.",
        417: "Expected 100-continue as what is expected, or nothing.",
        505: "Expected HTTP/1.1 or HTTP/1.0; no other version is spoken here.",
    }
)

_OVER: Mapping[Limit, str] = MappingProxyType(
    {
        Limit.CONNECTIONS: "There are too many connections now.",
        Limit.PER_CLIENT: "These are too many connections from one address; expected requests one after the other on a few.",
        Limit.REQUESTS: "These are too many requests from one address in a short time.",
    }
)


# Of what only operators get. Pages of other sites may not read it, so not all that is common is on such an answer.
_PRIVATE: Mapping[str, str] = MappingProxyType(
    {
        **{name: value for name, value in COMMON.items() if not name.startswith("Access-Control-")},
        hdrs.CACHE_CONTROL: NO_STORE,
        "X-Robots-Tag": "noindex, nofollow",
    }
)


def document(
    edition: Edition, coding: str, lifetime: Lifetime, now: datetime, page_policy: str
) -> web.Response:
    """Answer with an edition. It should have the coding already, since making it takes time.

    page_policy  what a page may load and do (Content-Security-Policy)
    """
    modified = edition.last_modified if is_settled(edition.last_modified, now) else None
    headers = _document_headers(
        edition.etag(coding),
        coding,
        edition.media_type,
        modified,
        lifetime,
        policy=_policy_of(edition, page_policy),
    )
    return web.Response(body=edition.encoded(coding), headers=headers)


def document_head(
    edition: Edition, coding: str, lifetime: Lifetime, now: datetime, page_policy: str
) -> bytes:
    """Give the head of the same answer as aiohttp would write it, up to the value of Date."""
    modified = edition.last_modified if is_settled(edition.last_modified, now) else None
    return _document_head(
        edition.etag(coding),
        coding,
        edition.media_type,
        modified,
        lifetime,
        policy=_policy_of(edition, page_policy),
        size=len(edition.encoded(coding)),
    )


def delta(edition: Edition, coding: str, base: str, now: datetime) -> web.Response:
    """Answer with what is new since the version that `base` tags (RFC 3229 section 10.4.1).

    No cache that does not know the instance manipulation may keep it: it would take it for the whole document (section 10.8.3).
    """
    modified = edition.last_modified if is_settled(edition.last_modified, now) else None
    whole = _document_headers(edition.etag(coding), coding, edition.media_type, modified, _NONE)
    headers = {
        **whole,
        "IM": "feed",
        "Delta-Base": base,
        hdrs.CACHE_CONTROL: "no-store, im",
        hdrs.VARY: "A-IM, If-None-Match, Accept-Encoding",
    }
    return web.Response(status=226, reason="IM Used", body=edition.encoded(coding), headers=headers)


def not_modified(edition: Edition, etag: str, lifetime: Lifetime, page_policy: str) -> web.Response:
    """Say that what the client holds is current, with the fields of RFC 9110 section 15.4.5; aiohttp adds Date.

    A cache takes the fields over into what it holds (RFC 9111 section 3.2): the policy must be that of the document.
    """
    return web.Response(
        status=304, headers=_validators(etag, lifetime, policy=_policy_of(edition, page_policy))
    )


def _policy_of(edition: Edition, page_policy: str) -> str:
    """Give what a document may load and do, empty where it is no page."""
    return page_policy if edition.media_type.startswith(_PAGE) else ""


def not_modified_head(edition: Edition, etag: str, lifetime: Lifetime, page_policy: str) -> bytes:
    """Give the head of the same answer as aiohttp would write it, up to the value of Date."""
    return _not_modified_head(etag, lifetime, policy=_policy_of(edition, page_policy))


@lru_cache(maxsize=_KEPT)
def _not_modified_head(etag: str, lifetime: Lifetime, *, policy: str) -> bytes:
    return _head("304 Not Modified", _validators(etag, lifetime, policy=policy))


# Of what a document costs the server, this was a third (measured), and the same few are asked for again and again.
@lru_cache(maxsize=_KEPT)
def _document_headers(
    etag: str,
    coding: str,
    media_type: str,
    modified: datetime | None,
    lifetime: Lifetime,
    *,
    policy: str = "",
) -> Mapping[str, str]:
    headers = {**_validators(etag, lifetime, policy=policy), hdrs.CONTENT_TYPE: media_type}
    if modified is not None:
        headers[hdrs.LAST_MODIFIED] = http_date(modified)
    if coding != IDENTITY:
        headers[hdrs.CONTENT_ENCODING] = coding
    return _ready(headers)


@lru_cache(maxsize=_KEPT)
def _document_head(
    etag: str,
    coding: str,
    media_type: str,
    modified: datetime | None,
    lifetime: Lifetime,
    *,
    policy: str,
    size: int,
) -> bytes:
    headers = _document_headers(etag, coding, media_type, modified, lifetime, policy=policy)
    return _head("200 OK", {**headers, hdrs.CONTENT_LENGTH: str(size)})


def _head(status: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), f"{hdrs.DATE}: "]
    return "\r\n".join(lines).encode()


@lru_cache(maxsize=_KEPT)
def _validators(etag: str, lifetime: Lifetime, *, policy: str) -> Mapping[str, str]:
    fields: dict[str, str] = {
        hdrs.ETAG: etag,
        hdrs.CACHE_CONTROL: document_caching(lifetime),
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if policy:
        fields[POLICY] = policy
    return _ready({**COMMON, **fields})


def _ready(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Give the header fields in the form that aiohttp keeps them in, of which a response takes a copy fastest."""
    return web.Response(headers=headers).headers


def moved(location: str) -> web.Response:
    """Send a client to another address for good: feed readers change their subscription."""
    return _text(301, f"Moved for good to {location}", _FOR_GOOD, {hdrs.LOCATION: location})


def see_page(location: str) -> web.Response:
    """Send a browser to the page for people. No cache keeps it, so that no feed reader gets it."""
    return _text(303, f"The page of this feed is {location}", NO_STORE, {hdrs.LOCATION: location})


def not_found() -> web.Response:
    """Say that there is nothing here."""
    return _text(404, "There is nothing at this address.", _NOT_FOUND)


def bad_request(reason: str) -> web.Response:
    """Say what is wrong with a request. No cache keeps it: with the next version it may be right."""
    return _text(400, reason, NO_STORE)


def withdrawn() -> web.Response:
    """Say that an article was here, and was taken back."""
    return _text(410, "This article was withdrawn by those who published it.", _FOR_GOOD)


def kept_in_time(response: web.Response, left: float | None) -> web.Response:
    """Give the same answer; where it says that there is nothing here, no cache keeps it past the next scheduled article, due in `left`.

    Whatever the address: an answer tells nothing more of that article than every feed does.
    """
    longest = _KEPT_ERRORS.get(response.status)
    if longest is not None:
        response.headers[hdrs.CACHE_CONTROL] = caching(seconds_kept(longest, left))
    return response


def problem_page(response: web.Response, page: bytes, page_policy: str) -> web.Response:
    """Give the same answer with a page in place of its line of text, to who asks for one."""
    headers = response.headers.copy()
    headers[hdrs.CONTENT_TYPE] = f"{_PAGE}; charset=utf-8"
    headers[POLICY] = page_policy
    headers[hdrs.VARY] = hdrs.ACCEPT
    return web.Response(status=response.status, body=page, headers=headers)


def gone() -> web.Response:
    """Say that there is nothing here any more: feed readers end their subscription."""
    return _text(410, "This feed has ended. Please unsubscribe.", _FOR_GOOD)


def method_not_allowed() -> web.Response:
    """Say which methods there are (RFC 9110 section 15.5.6)."""
    return _text(405, f"Expected one of {ALLOWED_METHODS}.", NO_STORE, {hdrs.ALLOW: ALLOWED_METHODS})


def not_acceptable() -> web.Response:
    """Say which codings there are to one that refuses them all, the plain bytes included (RFC 9110 section 12.5.3)."""
    codings = ", ".join((*CODINGS, IDENTITY))
    text = f"Accept-Encoding refuses all that this can be had in: {codings}."
    return _text(406, text, NO_STORE, {hdrs.VARY: hdrs.ACCEPT_ENCODING})


def precondition_failed() -> web.Response:
    """Say that If-Match or If-Unmodified-Since does not hold."""
    return _text(412, "The document is not the one that the request is for.", NO_STORE)


def unavailable(reason: str, retry_after: int) -> web.Response:
    """Say that there is no answer now, and after how many seconds to ask again."""
    return _text(503, reason, NO_STORE, {hdrs.RETRY_AFTER: str(retry_after)})


def over_limit(excess: Excess) -> web.Response:
    """Refuse a client that takes too much (RFC 6585 section 4), or who comes when there is no room for more."""
    status = 503 if excess.limit is Limit.CONNECTIONS else 429
    response = _text(status, _OVER[excess.limit], NO_STORE, {hdrs.RETRY_AFTER: str(excess.retry_after)})
    if excess.limit is not Limit.REQUESTS:
        response.force_close()
    return response


def state(text: str) -> web.Response:
    """Answer a probe."""
    return _text(200, text, NO_STORE)


def metrics(text: bytes, media_type: str) -> web.Response:
    """Answer with the metrics."""
    headers: dict[str, str] = {**_PRIVATE, hdrs.CONTENT_TYPE: media_type}
    return web.Response(body=text, headers=headers)


def status_page(page: bytes, policy: str) -> web.Response:
    """Answer with the status page: for operators, so nobody keeps it, finds it by searching, or reads it from another site."""
    headers: dict[str, str] = {
        **_PRIVATE,
        hdrs.CONTENT_TYPE: "text/html; charset=utf-8",
        POLICY: policy,
    }
    return web.Response(body=page, headers=headers)


def token_wanted() -> web.Response:
    """Ask for the token (RFC 9110 section 15.5.2); a browser asks for a user, of whom any name will do, and a password."""
    headers: dict[str, str] = {
        **_PRIVATE,
        hdrs.CONTENT_TYPE: "text/plain; charset=utf-8",
        hdrs.WWW_AUTHENTICATE: 'Basic realm="status", charset="UTF-8"',
    }
    text = "Expected the token, as the password of any user.\n"
    return web.Response(status=401, body=text.encode(), headers=headers)


def body_refused(status: int, reason: str) -> web.Response:
    """Refuse the body of a request, and end the connection: the rest of that body may still come."""
    response = _text(status, reason, NO_STORE)
    response.force_close()
    return response


def refused(status: int) -> web.Response:
    """Refuse what HTTP itself can't do, without a word of the request, and end the connection: nobody knows what follows on it."""
    response = _text(status, _REFUSALS.get(status, "This can't be answered now."), NO_STORE)
    response.force_close()
    return response


def options() -> web.Response:
    """Say which methods there are."""
    return web.Response(
        status=204, headers={**COMMON, hdrs.ALLOW: ALLOWED_METHODS, hdrs.CACHE_CONTROL: NO_STORE}
    )


def preflight() -> web.Response:
    """Let a page of another site ask; a browser inquires first where its script sets header fields of its own."""
    headers = {
        **COMMON,
        hdrs.CACHE_CONTROL: NO_STORE,
        hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD",
        hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "*",
        hdrs.ACCESS_CONTROL_MAX_AGE: str(DAY),
    }
    return web.Response(status=204, headers=headers)


def _text(
    status: int, text: str, cache_control: str, headers: Mapping[str, str] = MappingProxyType({})
) -> web.Response:
    fields: dict[str, str] = {
        **COMMON,
        hdrs.CACHE_CONTROL: cache_control,
        hdrs.CONTENT_TYPE: "text/plain; charset=utf-8",
    }
    if status in HAVE_PAGES:
        fields[hdrs.VARY] = hdrs.ACCEPT
    fields |= headers
    return web.Response(status=status, body=f"{text}\n".encode(), headers=fields)
