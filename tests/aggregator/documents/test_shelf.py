"""Entries that were written before: documents are the same with them and without, and they are bounded."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest

from aggregator.catalogue import Snapshot
from aggregator.catalogue.choosing import Chosen
from aggregator.documents.feed_drafts import FeedDrafts
from aggregator.documents.shelf import Shelf
from aggregator.wiring import Wiring
from feeds.article import Article
from feeds.document import compose
from feeds.formats import FORMATS
from tests.aggregator.workshop import HOUR, NOON, Workshop
from tests.samples import ARTICLES, DEFINITION, SITE

ENTRY = compose(DEFINITION, ARTICLES, SITE, None).entries[0]
PATHS = [f"{feed}{one.suffix}" for feed, one in product(("/feeds/all", "/topics/tides"), FORMATS.values())]


def drafts_of(wiring: Wiring) -> FeedDrafts:
    settings = wiring.settings
    return FeedDrafts(wiring.definitions, settings.site, settings.defaults.formats, settings.server.max_age)


def bodies(drafts: FeedDrafts, snapshot: Snapshot) -> list[bytes]:
    found = [drafts.find(path, snapshot) for path in PATHS]
    return [draft.make().body for draft in found if draft is not None]


def put(shelf: Shelf, *marks: str, size: int = 100) -> None:
    shelf.keep(marks, [None] * len(marks), [ENTRY] * len(marks), [b"x" * size] * len(marks))


def kept(shelf: Shelf, *marks: str) -> str:
    return "".join(mark for mark, one in zip(marks, shelf.find(marks), strict=True) if one is not None)


def test_a_document_is_the_same_whatever_of_it_was_written_before(workshop: Workshop) -> None:
    for name in ("ferry", "quay", "lock"):
        workshop.write(name, "topics: [Tides]")
    workshop.refresh(NOON)
    with workshop.wired() as (wiring, catalogue):
        drafts = drafts_of(wiring)
        with catalogue.snapshot() as snapshot:
            before = bodies(drafts, snapshot)
            assert bodies(drafts, snapshot) == before == bodies(drafts_of(wiring), snapshot)
        workshop.write("quay", "topics: [Tides]", title="Another quay")
        workshop.delete("lock")
        workshop.write("buoy", "topics: [Tides]")
        workshop.refresh(NOON + HOUR)
        with catalogue.snapshot() as snapshot:
            after = bodies(drafts, snapshot)
            assert after == bodies(drafts_of(wiring), snapshot)
            assert len(after) == len(PATHS)
            assert all(b"Another quay" in body and b"Buoy" in body and b"Lock" not in body for body in after)


def test_what_was_written_before_is_not_composed_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("ferry", "topics: [Tides]")
    workshop.write("quay", "topics: [Tides]")
    workshop.refresh(NOON)
    asked: list[int] = []
    articles = Snapshot.articles

    def noted(snapshot: Snapshot, chosen: Sequence[Chosen]) -> tuple[Article, ...]:
        asked.append(len(chosen))
        return articles(snapshot, chosen)

    with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        monkeypatch.setattr(Snapshot, "articles", noted)
        drafts = drafts_of(wiring)
        bodies(drafts, snapshot)
    # Of both feeds in three formats, each article once a format.
    assert asked == [2, 2, 2, 0, 0, 0]


def test_what_was_asked_for_least_recently_goes_first() -> None:
    shelf = Shelf(capacity=300)
    put(shelf, "a", "b", "c")
    assert kept(shelf, "a") == "a"
    put(shelf, "d")
    assert kept(shelf, "a", "b", "c", "d") == "acd"
    put(shelf, "e", size=250)
    assert kept(shelf, "a", "b", "c", "d", "e") == "e"


def test_what_is_written_twice_at_once_counts_once() -> None:
    shelf = Shelf(capacity=300)
    put(shelf, "a")
    put(shelf, "a")
    put(shelf, "b", "c")
    assert kept(shelf, "a", "b", "c") == "abc"


def test_the_dates_of_an_entry_are_kept_with_it() -> None:
    shelf = Shelf()
    shelf.keep(["a"], [None], [replace(ENTRY, updated=NOON)], [b"x"])
    (found,) = shelf.find(["a"])
    assert found is not None
    assert (found.published, found.updated, found.text) == (ENTRY.published, NOON, b"x")
