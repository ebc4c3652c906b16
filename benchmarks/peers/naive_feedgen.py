"""feedgen used as its manual shows it: entries from what a feed says, then the document."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from feedgen.feed import FeedGenerator

ROUNDS = 20


def milliseconds(kind: str, items: Sequence[Mapping[str, Any]]) -> list[float]:
    """Give how long each of some rounds takes; `items` are those of a JSON Feed. feedgen has no JSON: its RSS stands for that."""
    return [_timed(kind, items) for _ in range(ROUNDS)]


def _timed(kind: str, items: Sequence[Mapping[str, Any]]) -> float:
    started = time.perf_counter()
    document = _document(kind, items)
    taken = (time.perf_counter() - started) * 1000
    if document.count(b"<entry>" if kind == "atom" else b"<item>") != len(items):
        raise ValueError(f"feedgen wrote {document[:200]!r}, expected {len(items)} entries")
    return taken


def _document(kind: str, items: Sequence[Mapping[str, Any]]) -> bytes:
    feed = FeedGenerator()
    feed.id("http://127.0.0.1/feeds/all")
    feed.title("Benchmark")
    feed.link(href="http://127.0.0.1/feeds/all", rel="alternate")
    feed.description("Benchmark")
    for item in items:
        entry = feed.add_entry(order="append")
        entry.id(item["id"])
        entry.title(item["title"])
        entry.link(href=item["url"])
        entry.published(item["date_published"])
        entry.updated(item.get("date_modified", item["date_published"]))
        entry.content(item["content_html"], type="html")
        entry.category([{"term": tag} for tag in item.get("tags", ())])
    made: bytes = feed.atom_str() if kind == "atom" else feed.rss_str()
    return made
