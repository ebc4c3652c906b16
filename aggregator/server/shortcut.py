"""Shortcut: answers plain requests for documents that lie ready, past aiohttp's tasks, requests and responses.

It sees what aiohttp's parser made of a request, decides by the same functions as the handler, and gives the bytes that aiohttp would write.
Whatever is not plain, or would have to wait, goes the long way.
"""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import NamedTuple
from weakref import ref

from aiohttp import EMPTY_PAYLOAD, HttpVersion11, StreamReader, hdrs
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http_parser import RawRequestMessage

from aggregator.documents.edition import Edition
from aggregator.server import responses
from aggregator.server.addresses import split
from aggregator.server.base_path import below
from aggregator.server.conditional import Outcome, is_settled
from aggregator.server.framing import hides_body
from aggregator.server.hosts import is_host
from aggregator.server.negotiation import A_IM, Fields, is_navigation, negotiate, unsent_bytes
from aggregator.server.observing import Observer, client_address, is_conditional
from aggregator.server.repetition import Known, Repetition
from aggregator.server.served import Served
from aggregator.server.tally import Asked

_STATUSES = {Outcome.SEND: 200, Outcome.NOT_MODIFIED: 304}
_END = b"\r\n\r\n"
_CLOSING = b"\r\nConnection: close\r\n\r\n"
_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})


class Answer(NamedTuple):
    """The bytes of an answer, and whether the connection ends with it."""

    data: bytes
    is_last: bool


class Shortcut:
    """Answers at once or not at all. Belongs to the event loop.

    served    gives what is served, and must not wait
    clock     gives the time
    observer  takes note of every answer; None: nobody does
    """

    def __init__(
        self, served: Callable[[], Served], clock: Callable[[], datetime], observer: Observer | None
    ) -> None:
        self.served = served
        self.clock = clock
        self.observer = observer
        self._repetition = Repetition()

    def answer_again(self, data: bytes, remote: str | None) -> Answer | None:
        """Give the answer to a request that is just these bytes, if it is known; None, and nothing is done, where it is not.

        It would be the same if it were read and decided upon anew (a property test): all that was decided from is compared here.
        With what it spares the parser, a request took 44 microseconds, and 110 by `answer` (processor time, least of four rounds).
        """
        started, served = perf_counter(), self.served()
        known = self._repetition.find(data, served)
        if known is None:
            return None
        edition = served.press.current(known.path)
        if (
            edition is None
            or edition is not known.edition()
            or served.lifetime(known.path) != known.lifetime
            or not is_settled(edition.last_modified, self.clock())
        ):
            return None
        return self._answer(known, edition, remote, remote, started)

    def answer(
        self, message: RawRequestMessage, payload: StreamReader, data: bytes | None, remote: str | None
    ) -> Answer | None:
        """Give the answer to a request from the address `remote`; None, and nothing is done, where it is to go the long way.

        data  all of its bytes, where nothing else is among them
        """
        if not _is_plain(message, payload):
            return None
        started, served, fields = perf_counter(), self.served(), message.headers
        path = below(served.site_url, message.path) or message.path
        edition = _ready(path, served)
        if edition is None or (served.has_pages and is_navigation(message) and split(path)[1]):
            return None
        now = self.clock()
        form = negotiate(edition, fields, now)
        if form is None or form.outcome is Outcome.FAILED:
            return None
        lifetime = served.lifetime(path)
        if form.outcome is Outcome.NOT_MODIFIED:
            head = responses.not_modified_head(edition, form.etag, lifetime, served.page_policy)
        elif A_IM in fields or not edition.has(form.coding):
            return None
        else:
            head = responses.document_head(edition, form.coding, lifetime, now, served.page_policy)
        known = Known(
            path,
            message.method,
            fields.get(hdrs.USER_AGENT),
            is_conditional(fields),
            ref(edition),
            lifetime,
            form,
            head,
            bool(message.should_close),
        )
        if data is not None and _will_be_the_same(fields) and is_settled(edition.last_modified, now):
            self._repetition.keep(data, served, known)
        return self._answer(known, edition, remote, client_address(fields, remote), started)

    def _answer(
        self, known: Known, edition: Edition, remote: str | None, client: str | None, started: float
    ) -> Answer:
        is_sent = known.form.outcome is Outcome.SEND and known.method == hdrs.METH_GET
        body = edition.encoded(known.form.coding) if is_sent else b""
        if self.observer is not None:
            self.observer.note(
                method=known.method,
                target=known.path,
                agent=known.agent,
                asked=Asked(known.is_conditional, client),
                remote=remote,
                status=_STATUSES[known.form.outcome],
                size=len(body),
                coding=known.form.coding,
                unsent=unsent_bytes(edition, known.form),
                started=started,
            )
        end = _CLOSING if known.is_last else _END
        return Answer(b"".join((known.head, rfc822_formatted_time().encode(), end, body)), known.is_last)


def _will_be_the_same(fields: Fields) -> bool:
    """Tell whether nothing but the document, and how long it may be kept, decides about these header fields.

    A date may tell its year by two digits, which mean another year later on; and who asks by a proxy is told by a field that
    nobody keeps.
    """
    has_date = hdrs.IF_UNMODIFIED_SINCE in fields or (
        hdrs.IF_MODIFIED_SINCE in fields and hdrs.IF_NONE_MATCH not in fields
    )
    return not has_date and hdrs.X_FORWARDED_FOR not in fields


def _is_plain(message: RawRequestMessage, payload: StreamReader) -> bool:
    return (
        message.method in _METHODS
        and message.version == HttpVersion11
        and not message.upgrade
        and payload is EMPTY_PAYLOAD
        and not hides_body(message.headers)
        and "?" not in message.path
        and hdrs.EXPECT not in message.headers
        and is_host(message.headers.get(hdrs.HOST, ""))
    )


def _ready(path: str, served: Served) -> Edition | None:
    """Give the edition at `path` if it can be sent at once, as the handler would find it."""
    if not served.readiness.is_ready or (served.searches is not None and served.searches.answers(path)):
        return None
    edition = served.press.current(path)
    # An empty one is gone, or none that anybody has; aiohttp answers HEAD for it without Content-Length.
    return edition if edition is not None and edition.size and not edition.is_gone else None
