"""Python's clients: feedparser, the library below many readers, and reader, which has a database of its own."""

from calendar import timegm
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import feedparser
from reader import make_reader

from tests.clients.client import Client, Kind, RefusedError, Seen, text_of
from tests.clients.shelf import Document, Shelf


class _Feedparser:
    """One subscription, with the validators that feedparser gives and takes, at the address to which it says that the feed moved."""

    def __init__(self) -> None:
        self._moves: dict[str, str] = {}
        self._validators: dict[str, str] = {}

    def get_new(self, url: str) -> Document | None:
        found = feedparser.parse(self._moves.get(url, url), **self._validators)
        if found.status == 304:
            return None
        if found.status >= 400:
            raise RefusedError(f"{url}: {found.status}")
        if found.status in {301, 308}:
            self._moves[url] = found.href
        self._validators = {name: found[name] for name in ("etag", "modified") if name in found}
        return _document(found)

    def get_archive(self, url: str) -> Document:
        return _document(feedparser.parse(url))


def _document(found: Any) -> Document:
    assert not found.bozo, found.bozo_exception
    links = {link.rel: link.href for link in found.feed.links}
    return Document(
        entries=tuple(_seen_by_feedparser(entry) for entry in found.entries),
        previous=links.get("prev-archive"),
    )


def _seen_by_feedparser(entry: Any) -> Seen:
    html = entry.content[0].value if "content" in entry else entry.summary
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=timegm(entry.published_parsed),
        text=text_of(html),
    )


@contextmanager
def _start_feedparser(_folder: Path) -> Iterator[Client]:
    subscription = _Feedparser()
    yield Shelf(subscription.get_new, subscription.get_archive)


class _Reader:
    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def subscribe(self, url: str) -> None:
        self._reader.add_feed(url)

    def poll(self) -> None:
        # Unless it is told otherwise, it asks a feed once an hour.
        self._reader.update_feeds(scheduled=False)
        for feed in self._reader.get_feeds():
            if feed.last_exception is not None:
                raise RefusedError(f"{feed.url}: {feed.last_exception.value_str}")

    def held(self) -> list[Seen]:
        return [_seen_by_reader(entry) for entry in self._reader.get_entries()]


def _seen_by_reader(entry: Any) -> Seen:
    html = entry.content[0].value if entry.content else entry.summary
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=int(entry.published.timestamp()),
        text=text_of(html),
    )


@contextmanager
def _start_reader(folder: Path) -> Iterator[Client]:
    with closing(make_reader(str(folder / "reader.db"))) as reader:
        yield _Reader(reader)


FEEDPARSER = Kind(
    name="feedparser", formats=("atom", "rss"), start=_start_feedparser, walks=True, wants_deltas=True
)
READER = Kind(name="reader", formats=("atom", "rss", "json"), start=_start_reader)
