"""Served: what the server serves at one moment. Another takes its place whenever the configuration or the state changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aggregator.documents.edition import Edition
from aggregator.server.addresses import Addresses
from aggregator.server.headers import page_policy
from aggregator.server.lifetime import Lifetime


class Editions(Protocol):
    """Gives editions by the path of their address. The press is one; the tests have another."""

    def current(self, path: str) -> Edition | None:
        """Give the edition at `path` if it is known to be up to date; asks nobody."""
        ...

    async def edition(self, path: str) -> Edition | None:
        """Give the edition at `path`, None where there is none; raises where that can't be found out."""
        ...


# Path and digests of versions to an edition with a `delta`.
Deltas = Callable[[str, tuple[str, ...]], Awaitable[Edition | None]]


class Searches(Protocol):
    """Gives editions by the path and the query of their address."""

    def answers(self, path: str) -> bool:
        """Tell whether searches are to be had at `path`, such as /search.atom."""
        ...

    async def edition(self, path: str, query: str) -> Edition | None:
        """Give what `query`, as it came, asks for at `path`.

        Raises SearchRequestError, NoWordsError, TooBusyError or TooSlowError where it can't be had; others where that can't be found out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether there is a good generation to serve; if not, why, in words for people outside."""

    is_ready: bool
    reason: str = ""


def _path_alone(path: str, _query: str) -> str:
    return path


READY = Readiness(is_ready=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served, from one configuration.

    site_url   absolute, without a slash at its end: what every Location begins with
    lifetime   path to how long an answer may be kept unasked; must not wait
    deltas     gives what is new in a document since one of the versions with these digests, None where that can't be told
    has_pages  whether feeds have pages for people, to which a browser can be sent
    searches   what is asked for by query, None: nothing
    meant      path and query to the address of the edition that they mean: of nearly every path, that is the path itself
    problem_page  status and reason, a line each problem, to the page that says so; None: there are no such pages
    page_policy   the Content-Security-Policy of pages
    next_due      when the next scheduled article goes live, None: nobody knows of one
    """

    press: Editions
    site_url: str
    lifetime: Callable[[str], Lifetime]
    addresses: Addresses = field(default_factory=Addresses)
    readiness: Readiness = READY
    deltas: Deltas | None = None
    has_pages: bool = False
    searches: Searches | None = None
    meant: Callable[[str, str], str] = _path_alone
    problem_page: Callable[[int, str], bytes | None] | None = None
    page_policy: str = page_policy(())
    next_due: datetime | None = None

    def seconds_left(self, now: datetime) -> float | None:
        """Give how long this is what is to be served, as far as anybody knows: until the next scheduled article."""
        return None if self.next_due is None else (self.next_due - now).total_seconds()
