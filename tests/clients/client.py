"""What a feed reader is to these tests: it subscribes, it polls, and it holds entries, which can be compared with what was published."""

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry as its reader sees it: `published` in whole seconds since 1970; `text` is what `text_of` finds in its HTML."""

    id: str
    title: str
    link: str
    published: int
    text: str


class RefusedError(Exception):
    """The client says itself that it could not get the feed."""


class Client(Protocol):
    """A feed reader with one subscription and a store of its own."""

    def subscribe(self, url: str) -> None:
        """Poll `url` from now on; what is held stays."""
        ...

    def poll(self) -> None:
        """Look for news; raise RefusedError where the client tells that there was no feed to be had."""
        ...

    def held(self) -> list[Seen]:
        """Give every entry in the client's store: a list, so that one that is there twice shows."""
        ...


def by_id(seen: Seen) -> tuple[str, ...]:
    """Take what has one id for one entry."""
    return (seen.id,)


def by_id_and_title(seen: Seen) -> tuple[str, ...]:
    """Take what has one id and one title for one entry."""
    return (seen.id, seen.title)


def in_order(entries: Iterable[Seen]) -> list[Seen]:
    """Give entries in an order by which two lists of them can be compared."""
    return sorted(entries, key=by_id_and_title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A client, and what it can do.

    start          gives a client with an empty store; the folder is its own
    missing        what it needs and is not there, None: nothing
    walks          follows prev-archive or next_url
    validates      sends the validators of what it has, and takes 304 for an answer
    wants_deltas   asks with A-IM: feed, and takes 226 for an answer
    follows_moves  takes 301 for an answer
    key            what makes two entries one in its store
    keeps_first    of two that are one it keeps the first, not the last
    """

    name: str
    formats: tuple[str, ...]
    start: Callable[[Path], AbstractContextManager[Client]]
    missing: str | None = None
    walks: bool = False
    validates: bool = True
    wants_deltas: bool = False
    follows_moves: bool = True
    key: Callable[[Seen], tuple[str, ...]] = by_id
    keeps_first: bool = False


_TEXT = re.compile(r"This is ([\w-]+, edition \d+)\.")


def text_of(html: str) -> str:
    """Give what the HTML of an entry says, without what every entry says."""
    found = _TEXT.search(html)
    return html if found is None else found[1]
