"""Repetition: heads of requests that were answered by the shortcut, so that the same bytes need not be read and decided upon again.

A program that polls sends the same bytes again and again. What is kept of them is a digest under a key of this process, the path, and the
User-Agent: nothing that could be a secret. Kept is what was decided, never what was sent: of the document, and of how long it may be kept,
the caller asks anew, and any other edition, lifetime or configuration is a reason to decide anew.
"""

import os
from collections import OrderedDict
from hashlib import blake2b
from typing import NamedTuple
from weakref import ref

from aggregator.documents.edition import Edition
from aggregator.server.lifetime import Lifetime
from aggregator.server.negotiation import Form
from aggregator.server.served import Served

# About half a kilobyte each. Longer heads are seldom those of programs that poll.
MOST = 4096
LONGEST = 1024

_KEY_BYTES = 32
_DIGEST_BYTES = 16


class Known(NamedTuple):
    """What was decided about a request for `path`, and what it was decided from.

    edition   dead once nobody else has it: what the press has let go is not held here
    head      up to the value of Date
    is_last   whether the connection ends with the answer
    """

    path: str
    method: str
    agent: str | None
    is_conditional: bool
    edition: ref[Edition]
    lifetime: Lifetime
    form: Form
    head: bytes
    is_last: bool


class Repetition:
    """Remembers under one configuration and generation; those asked for least recently go first. Belongs to the event loop.

    What comes for the first time leaves no more than a number behind: heads that never come twice neither cost an entry each, nor push
    out those that do.
    """

    def __init__(self) -> None:
        self._key = os.urandom(_KEY_BYTES)
        self._seen = [0] * MOST
        self._known: OrderedDict[int, tuple[bytes, Known]] = OrderedDict()
        self._served: Served | None = None

    def __len__(self) -> int:
        return len(self._known)

    def find(self, data: bytes, served: Served) -> Known | None:
        """Give what is known of a request of just these bytes; nothing is, once something else is served."""
        self._follow(served)
        number = hash(data)
        found = self._known.get(number)
        if found is None:
            return None
        digest, known = found
        if digest != self._digest(data):
            return None
        self._known.move_to_end(number)
        return known

    def keep(self, data: bytes, served: Served, known: Known) -> None:
        """Remember what was decided about a request of just these bytes, if it is short and comes again."""
        if len(data) > LONGEST:
            return
        number = hash(data)
        slot = number % MOST
        if self._seen[slot] != number:
            self._seen[slot] = number
            return
        self._follow(served)
        self._known[number] = (self._digest(data), known)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def _follow(self, served: Served) -> None:
        """Forget all, and what was served with it, once something else is."""
        if served is not self._served:
            self._known.clear()
            self._served = served

    def _digest(self, data: bytes) -> bytes:
        # One under a key can't be made to be that of another head, as a hash can where PYTHONHASHSEED is set.
        return blake2b(data, digest_size=_DIGEST_BYTES, key=self._key).digest()
