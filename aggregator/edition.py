"""Edition: one version of one document, with its validators and its compressed forms, each made once.

The only importer of the compression libraries. The same bytes compress to the same bytes on every machine.
"""

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

import brotli
import zstandard

IDENTITY = "identity"

# Levels at which a feed of 60 KB takes about two milliseconds: an edition is compressed once and sent thousands of times, but
# the first reader waits for it. gzip -9 and brotli 11 would save 1 and 12 per cent more for 2 and 60 times the time.
_ENCODERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "br": lambda body: brotli.compress(body, quality=5),
        "zstd": lambda body: zstandard.ZstdCompressor(level=9, write_checksum=False).compress(body),
        # Without a time, so that bytes depend on bytes alone (RFC 1952 section 2.3.1, MTIME).
        "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
    }
)
CODINGS = tuple(_ENCODERS)


class Edition:
    """One version of the document at `path`. Nothing of it changes; its compressed forms are made when first asked for.

    media_type     the whole Content-Type
    last_modified  aware, UTC; when what it says last changed
    digest         hexadecimal, of the body: the same bytes have the same digest everywhere
    """

    __slots__ = ("_encoded", "body", "digest", "last_modified", "media_type", "path")

    def __init__(self, *, path: str, media_type: str, body: bytes, last_modified: datetime) -> None:
        self.path = path
        self.media_type = media_type
        self.body = body
        self.last_modified = last_modified.replace(microsecond=0)
        self.digest = sha256(body).hexdigest()[:32]
        self._encoded = {IDENTITY: body}

    def etag(self, coding: str) -> str:
        """Give the strong entity tag of the document in a content coding: each has its own (RFC 9110 section 8.8.3.3)."""
        return f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'

    def etags(self) -> frozenset[str]:
        """Give the tags of all codings: whichever of them a client holds, it holds this version."""
        return frozenset(self.etag(coding) for coding in (IDENTITY, *CODINGS))

    def has(self, coding: str) -> bool:
        """Tell whether `encoded` costs nothing."""
        return coding in self._encoded

    def encoded(self, coding: str) -> bytes:
        """Give the body in a content coding. Slow the first time; threads that ask at once may each make it, and agree."""
        if coding not in self._encoded:
            self._encoded[coding] = _ENCODERS[coding](self.body)
        return self._encoded[coding]

    def size(self) -> int:
        """Give the bytes that all of its forms made so far take."""
        return sum(map(len, tuple(self._encoded.values())))
