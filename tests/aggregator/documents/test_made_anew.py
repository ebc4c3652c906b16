"""A catalogue that is made anew under a running server: what was made from the one before is not taken for up to date."""

from collections.abc import AsyncIterator

import pytest

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.documents.feed_drafts import FeedDrafts
from aggregator.refreshes.refresh import Refresh
from aggregator.service.serving import Serving
from aggregator.wiring import wire
from tests.aggregator.workshop import HOUR, NOON, Workshop


@pytest.fixture
async def running(workshop: Workshop) -> AsyncIterator[tuple[Refresh, Serving]]:
    """One process that refreshes, and one that serves, of a site with two articles."""
    workshop.write("ferry", body="The old text.")
    workshop.write("quay")
    settings = workshop.settings()
    kept, served = Catalogue.open(settings.store), Catalogue.open(settings.store)
    refresh, serving = wire(settings, kept).refresh, Serving(settings, served)
    refresh.run(NOON)
    serving.advance(None)
    yield refresh, serving
    await serving.stop()  # what threads have of the catalogue they give back before it is closed
    kept.close()
    served.close()


def spoil(workshop: Workshop) -> None:
    for part in workshop.folder.glob("catalogue.db*"):
        part.write_bytes(b"\xff" * part.stat().st_size)


@pytest.mark.parametrize("earlier", [0, 1])
async def test_what_is_served_is_of_the_new_one_in_every_format(
    workshop: Workshop, running: tuple[Refresh, Serving], earlier: int
) -> None:
    refresh, serving = running
    for number in range(earlier):
        workshop.write("buoy")
        refresh.run(NOON + (number + 1) * HOUR)
        serving.advance(None)
    before = await serving._press.edition("/feeds/all.json")
    assert before is not None
    assert b"The old text." in before.body
    spoil(workshop)
    workshop.write("ferry", body="The new text.")
    assert refresh.run(NOON + 5 * HOUR).generation == 1
    serving.advance(None)
    for path in ("/feeds/all.json", "/feeds/all.rss", "/feeds/all.atom"):
        edition = await serving._press.edition(path)
        assert edition is not None
        assert (b"The new text." in edition.body, b"The old text." in edition.body) == (True, False), path


def test_versions_of_the_one_before_are_of_another_basis(workshop: Workshop) -> None:
    workshop.write("ferry")
    bases = []
    for _ in range(2):
        workshop.refresh()
        with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
            bases.append(basis_of(wiring.families[0], snapshot))
        (workshop.folder / "catalogue.db").unlink()
    assert bases[0] != bases[1]


def basis_of(family: object, snapshot: Snapshot) -> bytes:
    assert isinstance(family, FeedDrafts)
    draft = family.find("/feeds/all.atom", snapshot)
    assert draft is not None
    assert draft.version is not None
    return draft.version.basis
