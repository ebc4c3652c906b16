"""Page drafts: the rendered page of a template as a draft, known by all that it is made of."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from aggregator.catalogue import Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition

HTML = "text/html; charset=utf-8"


def draft_of(path: str, make: Callable[[], bytes], snapshot: Snapshot, *parts: Any) -> Draft:
    """Give the page at `path`: what renders it, and the parts that it depends on, whose text tells them apart.

    As old as the state it was made from, for anything in that may have changed it.
    """
    fingerprint = sha256(repr((snapshot.birth, *parts)).encode()).hexdigest()
    return Draft(fingerprint, lambda: edition_of(path, make(), snapshot.as_of))


def edition_of(path: str, body: bytes, changed: datetime) -> Edition:
    """Give a page as an edition."""
    return Edition(path=path, media_type=HTML, body=body, last_modified=changed)
