"""What one process that serves keeps: so many bytes of documents, and names of the feeds that there are."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition
from aggregator.documents.press import Press
from aggregator.documents.shelf import Shelf
from aggregator.monitoring.metrics import REQUESTS
from aggregator.service.serving import Serving
from feeds.written import Written
from tests.aggregator.workshop import NOON, Workshop

MIB = 1024 * 1024


@dataclass
class Large:
    """A document at every path, all of the same bytes, so that it is the press that counts them many times and not the memory."""

    body: bytes

    def find(self, path: str, _snapshot: Snapshot) -> Draft | None:
        made = Edition(path=path, media_type="text/plain", body=self.body, last_modified=NOON)
        return Draft(path, lambda: made)

    def paths(self, _snapshot: Snapshot) -> Iterator[str]:
        return iter(())


@pytest.fixture
def serving(workshop: Workshop) -> Iterator[Serving]:
    workshop.write("ferry")
    workshop.refresh()
    settings = workshop.settings()
    with closing(Catalogue.open(settings.store)) as catalogue:
        yield Serving(settings, catalogue)


def presses(serving: Serving) -> dict[str, tuple[Press, int]]:
    """Give each press that a process runs, and how many MiB it may keep."""
    return {
        "documents": (serving._press, 256),
        "what is new": (serving._deltas, 4),
        "searches": (serving._searches._press, 16),
    }


@pytest.mark.parametrize("kind", ["documents", "what is new", "searches"])
async def test_what_is_kept_of_documents_is_bounded_as_it_is_shipped(serving: Serving, kind: str) -> None:
    press, most = presses(serving)[kind]
    press._families = (Large(bytes(most * MIB // 4)),)
    for number in range(6):
        await press.edition(f"/{number}")
    kept = [press.current(f"/{number}") is not None for number in range(6)]
    assert kept == [False, False, True, True, True, True]


def test_what_is_kept_of_entries_is_bounded_as_it_is_shipped() -> None:
    shelf, text = Shelf(), bytes(2 * MIB)
    for number in range(6):
        shelf._put(number, Written(NOON, NOON, text))
    shelf.keep([], [], [], [])
    assert [one is not None for one in shelf.find(range(6))] == [False, False, True, True, True, True]


def named(serving: Serving) -> set[str]:
    return {labels[0] for name, labels in serving.figures().counts if name == REQUESTS.name}


def ask(serving: Serving, path: str, status: int = 200) -> None:
    serving._tally.count(path, None, status, size=9, coding="br", seconds=0, now=1.0)


async def test_figures_name_the_feeds_that_there_are_and_none_that_was_taken_out(
    workshop: Workshop, serving: Serving
) -> None:
    for number in range(30):
        workshop.configure(f"feeds: [{{id: f{number}, title: Boats}}]\nmoved: {{old{number}: all}}\n")
        await serving.reconfigure(workshop.settings())
        ask(serving, f"/feeds/f{number}.rss")
        ask(serving, f"/feeds/old{number}.rss", 301)
    assert named(serving) == {"/feeds/f29", "/feeds/old29"}


async def test_a_reload_under_another_path_and_then_another_tag_is_followed(workshop: Workshop) -> None:
    """As with a link to the newest version: the one is noted by a refresh before the other changes."""
    workshop.write("ferry")
    workshop.refresh()
    first = workshop.settings()
    moved = replace(first, path=workshop.folder / "6" / "site.yaml")
    renamed = replace(moved, site=replace(moved.site, tag="other.example,2026"))
    with closing(Catalogue.open(first.store)) as kept, closing(Catalogue.open(first.store)) as served:
        for catalogue in (kept, served):
            catalogue.claim(first.path, first.site.tag)
        serving = Serving(first, served)
        for settings in (moved, renamed):
            kept.claim(settings.path, settings.site.tag)
            await serving.reconfigure(settings)
        await serving.advance_in_time(None)
        edition = await serving._press.edition("/feeds/all.atom")
        await serving.stop()
    assert edition is not None
    assert b"Ferry" in edition.body
