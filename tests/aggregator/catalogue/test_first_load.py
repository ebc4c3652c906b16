"""A first load leaves indices and words for later, and nothing of that is seen afterwards."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import inspect

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.errors import NoWordsError
from feeds.definition import FeedDefinition
from feeds.search_query import parse_search_query
from feeds.selection import Selection
from tests.aggregator.catalogue.shelf import EVERYTHING, HOUR, NOON, Shelf, article, read_of

TIDES = FeedDefinition(
    path="/feeds/tides", title="Tides", selection=Selection(match=parse_search_query("tide"))
)
FERRY = article("ferry", body="<p>The tide waits for nobody.</p>")
GULL = article("gull", body="<p>It eats chips.</p>")


@dataclass
class Patient(Shelf):
    """Lets a first load leave the words for later."""

    def load(self, now: datetime = NOON) -> None:
        with self.catalogue.writing(self.definitions, now, words_later=True) as writer:
            writer.add([read_of(FERRY), read_of(GULL)])
            writer.note_definitions({one.path: repr(one) for one in self.definitions})
            writer.finish(archive_size=50)


@pytest.fixture
def patient(shelf: Shelf) -> Patient:
    return Patient(shelf.catalogue)


def found(snapshot: Snapshot) -> list[str]:
    return [one.title for one in snapshot.select(TIDES)]


def test_words_that_were_left_for_later_are_not_searched_for_meanwhile(patient: Patient) -> None:
    patient.load()
    assert patient.titles() == ["Ferry", "Gull"]
    with pytest.raises(NoWordsError, match=r"^The index of words is being made\. Please ask again\.$"):
        patient.ask(found)
    for ask in (
        lambda snapshot: snapshot.stretch(TIDES, 0, 1),
        lambda snapshot: snapshot.tally(TIDES.selection),
        lambda snapshot: snapshot.topic_counts(TIDES.selection, 1),
        lambda snapshot: snapshot.value_counts(TIDES.selection, "type", 1),
        lambda snapshot: snapshot.counts_since(TIDES.selection, [NOON]),
        lambda snapshot: snapshot.explain(TIDES, 1),
    ):
        with pytest.raises(NoWordsError):
            patient.ask(ask)


def test_the_next_refresh_finds_all_words_and_changes_nothing_else(patient: Patient) -> None:
    patient.load()
    before = patient.ask(lambda snapshot: snapshot.fingerprint(EVERYTHING))
    assert patient.apply(now=NOON + HOUR) is None
    assert patient.ask(found) == ["Ferry"]
    assert patient.ask(lambda snapshot: snapshot.fingerprint(EVERYTHING)) == before


def test_what_changes_in_that_refresh_is_found_once_and_by_its_new_words(patient: Patient) -> None:
    patient.load()
    patient.apply(article("gull", body="<p>The tide, too.</p>"), gone=[("news", "ferry.md")], now=NOON + HOUR)
    assert patient.ask(found) == ["Gull"]


def test_a_feed_that_asks_for_words_has_them_at_once(patient: Patient) -> None:
    patient.definitions.append(TIDES)
    patient.load()
    assert patient.titles(TIDES) == ["Ferry"]


def test_a_feed_that_asks_for_words_later_finds_those_that_are_there(patient: Patient) -> None:
    patient.load()
    patient.definitions.append(TIDES)
    patient.apply(now=NOON + HOUR)
    assert patient.titles(TIDES) == ["Ferry"]


def indices(catalogue: Catalogue) -> set[str]:
    with catalogue.snapshot() as snapshot:
        looking = inspect(snapshot._connection)
        return {
            str(index["name"]) for table in looking.get_table_names() for index in looking.get_indexes(table)
        }


def test_after_a_first_load_every_index_is_there(shelf: Shelf) -> None:
    before = indices(shelf.catalogue)
    shelf.apply(FERRY)
    assert indices(shelf.catalogue) == before
    assert len(before) > 10


def test_a_first_load_that_fails_leaves_every_index_in_its_place(shelf: Shelf) -> None:
    def fail_half_way() -> None:
        with shelf.catalogue.writing([EVERYTHING], NOON) as writer:
            writer.add([read_of(FERRY)])
            raise RuntimeError("the disk is on fire")

    before = indices(shelf.catalogue)
    with pytest.raises(RuntimeError, match="on fire"):
        fail_half_way()
    assert indices(shelf.catalogue) == before
