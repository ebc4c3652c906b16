"""Framing: requests of which it is not certain where they end, or what they begin with. Pure; what aiohttp's parser makes of them was measured.

Each is answered or refused by itself, and its connection ends with that: nothing that follows is ever taken for what it is not.
"""

import re

from aiohttp import HttpVersion, HttpVersion10, HttpVersion11, hdrs
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.http_parser import RawRequestMessage

from aggregator.server.negotiation import Fields

_BAD_REQUEST = 400
_VERSION_NOT_SUPPORTED = 505

# HTTP-version of RFC 9112 section 2.3, above those that are spoken: HTTP/3.0, or the preface of HTTP/2 (RFC 9113 section 3.4).
_LATER = re.compile(rb"[^\r\n]+ HTTP/[2-9]\.[0-9]\r\n")


class UnknownVersion(BadHttpMessage):
    """A request line of a version that is not spoken here."""

    code = _VERSION_NOT_SUPPORTED


def is_last(message: RawRequestMessage) -> bool:
    """Tell whether a connection has to end with the answer to a request, since the parser (aiohttp 3.14.5) loses its place behind it.

    After one that asks for another protocol it drops the rest of the segment, and takes the segment after that for a request, even where
    that is the body of one that was dropped. Nobody has to be given the protocol asked for (RFC 9110 section 7.8). CONNECT is alike: a
    client may have sent on, in the tunnel that it asked for, what must not be done here (section 9.3.6).

    After a chunked body it takes the last field of the trailer for one of the next request.
    """
    return bool(message.upgrade or message.chunked)


def hides_body(fields: Fields) -> bool:
    """Tell whether a request that has no body, by what the parser says, has header fields that announce one.

    That is so with Transfer-Encoding of no value, where nobody can say how long the body is (RFC 9112 section 6.3), and with a
    Content-Length of 2^64 - 1, the number that the parser itself has for none: all that follows would be its body.
    """
    length = fields.get(hdrs.CONTENT_LENGTH)
    return hdrs.TRANSFER_ENCODING in fields or (length is not None and length.strip("0") != "")


def refusal(version: HttpVersion) -> int | None:
    """Give the status that refuses a request of this version (RFC 9110 section 15.6.6), None where it is spoken here.

    The parser lets through 0.9 and 2.0, which no text can be: aiohttp would answer in them.
    """
    if version in (HttpVersion11, HttpVersion10):
        return None
    return _VERSION_NOT_SUPPORTED if version > HttpVersion11 else _BAD_REQUEST


def is_later_version(data: bytes) -> bool:
    """Tell whether bytes begin with a request line of HTTP/2 or later."""
    return _LATER.match(data) is not None


def without_authority(message: RawRequestMessage) -> RawRequestMessage:
    """Give a request for the path and the query of its target, where that is in absolute form; for no path with CONNECT, which has none.

    The authority decides nothing here. aiohttp decodes it, and where it can't (http://xn--/), its task ends without an answer, and with
    it all deadlines: the connection would stay for ever.
    """
    url = message.url
    if not url.absolute:
        return message
    there = url.with_path(url.raw_path, encoded=True, keep_query=True) if url.scheme else url
    return message._replace(url=there.relative())
