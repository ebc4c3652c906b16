"""Edition: one document in one state, as bytes, with the validators and the compressed forms that go with them.

The only importer of the compression libraries. What the document says and how it is sent are decided elsewhere.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from types import MappingProxyType

import brotli
import zstandard

IDENTITY = "identity"

# Levels measured on a JSON feed of 50 entries, 57.6 KB. Each stands where the next step costs many times what it saves,
# because a refresh can renew thousands of editions, and publishing compresses every one of them:
#   br 6 8.5 KB in 1.2 ms (9: 8.4 KB in 12 ms, 11: 7.2 KB in 64 ms), zstd 9 8.8 KB in 0.6 ms (19: 8.5 KB in 25 ms),
#   and on RSS feeds of 87 KB on the average, gzip 6 15.1 KB in 2.9 ms (9: 14.7 KB in 5.3 ms). zstd 9 also keeps to the window of
#   8 MB that RFC 9659 section 3 allows.
_BROTLI_QUALITY = 6
_ZSTANDARD_LEVEL = 9
_GZIP_LEVEL = 6

# RFC 1952 section 2.3.1: deflate, no flags, no time, neither slowest nor fastest algorithm, operating system unknown. Written here because
# zlib puts in the system that it was built for, and the bytes are to be the same on every machine.
_GZIP_HEAD = b"\x1f\x8b\x08\x00" + b"\x00\x00\x00\x00" + b"\x00\xff"


@dataclass(frozen=True, slots=True)
class Delta:
    """What an edition is that only says what is new (RFC 3229 section 3), by digests of documents in hexadecimal.

    base      the version to which it adds
    instance  the whole document as it is now
    """

    base: str
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True, init=False, weakref_slot=True)
class Edition:
    """A document's bytes at one state, unchangeable; its compressed forms are made when first asked for, and kept.

    Once there is a compressed form, the plain bytes are kept only from when they are asked for again, which few readers do: a server of
    100,000 articles, whose 969 feeds were asked for in three formats, took 184 MiB in place of 264 (both processes, measured).

    path           the path of its address, such as /feeds/all.atom
    media_type     the whole value of Content-Type
    body           the bytes without any content coding; size: how many
    last_modified  when the document last changed: aware; kept in UTC and in whole seconds, as HTTP tells it
    digest         the SHA-256 of the body in hexadecimal
    delta          None where the body is the whole document
    is_gone        whether there was a document here, and is none any more; the body is empty then
    """

    path: str
    media_type: str
    last_modified: datetime
    delta: Delta | None
    is_gone: bool
    size: int
    digest: str
    _forms: dict[str, bytes] = field(repr=False, compare=False)
    _lock: Lock = field(repr=False, compare=False)

    def __init__(
        self,
        *,
        path: str,
        media_type: str,
        body: bytes,
        last_modified: datetime,
        delta: Delta | None = None,
        is_gone: bool = False,
    ) -> None:
        if last_modified.tzinfo is None:
            raise ValueError(f"last_modified of {path} is {last_modified}, expected a time with a time zone")
        values = {
            "path": path,
            "media_type": media_type,
            "last_modified": _whole_second(last_modified),
            "delta": delta,
            "is_gone": is_gone,
            "size": len(body),
            "digest": sha256(body).hexdigest(),
            "_forms": {IDENTITY: body},
            "_lock": Lock(),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def body(self) -> bytes:
        """The bytes without any content coding."""
        return self.encoded(IDENTITY)

    def etag(self, coding: str = IDENTITY) -> str:
        """Give the strong entity tag, quotes included; one of its own for each coding (RFC 9110 section 8.8.3.3).

        That of the whole document, whatever the body is: the client has all of it then (RFC 3229 section 10.5.1).
        """
        digest = self.delta.instance if self.delta else self.digest
        return f'"{digest}"' if coding == IDENTITY else f'"{digest}-{coding}"'

    def dated(self, last_modified: datetime) -> "Edition":
        """Give the same bytes, with the compressed forms that there are or will be, at another time of change (aware)."""
        moment = _whole_second(last_modified)
        if moment == self.last_modified:
            return self
        other = copy(self)
        object.__setattr__(other, "last_modified", moment)
        return other

    def has(self, coding: str) -> bool:
        """Whether `encoded` would give the bytes at once."""
        return coding in self._forms

    def encode_like(self, other: "Edition") -> None:
        """Make the compressed forms that there are of another edition."""
        for coding in CODINGS:
            if other.has(coding):
                self.encoded(coding)

    def encoded(self, coding: str) -> bytes:
        """Give the body in `coding`: identity or one of CODINGS. Made once, however many threads ask.

        Raises ValueError for any other coding.
        """
        done = self._forms.get(coding)
        return self._make(coding) if done is None else done

    def _make(self, coding: str) -> bytes:
        encoder = None if coding == IDENTITY else _ENCODERS.get(coding)
        if encoder is None and coding != IDENTITY:
            raise ValueError(
                f"{coding!r} is no content coding made here, expected one of {', '.join(CODINGS)}"
            )
        with self._lock:
            if coding in self._forms:
                return self._forms[coding]
            is_first = tuple(self._forms) == (IDENTITY,)
            body = self._body()
            self._forms[coding] = made = body if encoder is None else encoder(body)
            if is_first and encoder is not None:
                del self._forms[IDENTITY]
            return made

    def _body(self) -> bytes:
        if IDENTITY in self._forms:
            return self._forms[IDENTITY]
        coding, form = next(iter(self._forms.items()))
        return _DECODERS[coding](form)


def _whole_second(moment: datetime) -> datetime:
    # Cut, not rounded: a time in the future would be no Last-Modified (RFC 9110 section 8.8.2.1).
    return moment.astimezone(UTC).replace(microsecond=0)


def _brotli(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
    return compressed


def _zstandard(body: bytes) -> bytes:
    # A compressor of its own each time: one can't be shared between threads.
    return zstandard.ZstdCompressor(level=_ZSTANDARD_LEVEL).compress(body)


def _gzip(body: bytes) -> bytes:
    deflate = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<II", zlib.crc32(body), len(body) % 2**32)
    return _GZIP_HEAD + deflate.compress(body) + deflate.flush() + tail


def _unzip(form: bytes) -> bytes:
    return zlib.decompress(form, zlib.MAX_WBITS | 16)


def _unbrotli(form: bytes) -> bytes:
    body: bytes = brotli.decompress(form)
    return body


def _unzstandard(form: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(form)


_ENCODERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"br": _brotli, "zstd": _zstandard, "gzip": _gzip}
)

_DECODERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"br": _unbrotli, "zstd": _unzstandard, "gzip": _unzip}
)

# The content codings that an edition can be had in, the smallest first.
CODINGS = tuple(_ENCODERS)
