"""Negotiation: which form of a document suits a request, and whether it need be sent. Pure.

Both roads of an answer decide here: the handler of the application, and the shortcut past aiohttp.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from aiohttp import hdrs

from aggregator.documents.edition import Edition
from aggregator.server.conditional import Outcome, Preconditions, decide
from aggregator.server.encoding import acceptable_codings

A_IM = "A-IM"


class Fields(Protocol):
    """Header fields as aiohttp has them: names compare without case, and may stand on several lines."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, /) -> str | None: ...

    def getall(self, name: str, default: None, /) -> list[str] | None: ...


class Requested(Protocol):
    """What is decided from: aiohttp's requests are such, and the messages that its parser gives."""

    @property
    def method(self) -> str: ...

    @property
    def headers(self) -> Fields: ...


class Form(NamedTuple):
    """What is to be done, with the content coding and the entity tag of the representation that it is about."""

    outcome: Outcome
    coding: str
    etag: str


def negotiate(edition: Edition, fields: Fields, now: datetime) -> Form | None:
    """Choose the form of `edition` that suits who asks with these header fields; None where none does."""
    codings = acceptable_codings(field(fields, hdrs.ACCEPT_ENCODING))
    if not codings:
        return None
    etags = [edition.etag(coding) for coding in codings]
    decision = decide(_preconditions(fields), etags, edition.last_modified, now)
    return Form(decision.outcome, codings[0], decision.etag)


def is_navigation(request: Requested) -> bool:
    """Whether a browser shows the answer as a page of its own; feed readers send neither of these fields."""
    fields = request.headers
    return (
        fields.get("Sec-Fetch-Mode") == "navigate"
        and fields.get("Sec-Fetch-Dest") == "document"
        and request.method == hdrs.METH_GET
    )


def field(fields: Fields, name: str) -> str | None:
    """Give a header field; several lines of it are one list (RFC 9110 section 5.3)."""
    lines = fields.getall(name, None)
    return None if lines is None else ", ".join(lines)


def unsent_bytes(edition: Edition, form: Form) -> int:
    """Give how many bytes of the document need not be sent."""
    if form.outcome is Outcome.SEND:
        return edition.size - len(edition.encoded(form.coding))
    # What no client has got yet in this coding is not known to be smaller: nothing is claimed then.
    return len(edition.encoded(form.coding)) if edition.has(form.coding) else 0


def _preconditions(fields: Fields) -> Preconditions:
    return Preconditions(
        if_match=field(fields, hdrs.IF_MATCH),
        if_none_match=field(fields, hdrs.IF_NONE_MATCH),
        if_modified_since=field(fields, hdrs.IF_MODIFIED_SINCE),
        if_unmodified_since=field(fields, hdrs.IF_UNMODIFIED_SINCE),
    )
