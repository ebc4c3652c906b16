"""Reading that takes too long is ended, told, and leaves no trace in the connection or in the words of an error."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from aggregator.errors import CatalogueError, TooSlowError
from tests.aggregator.catalogue.shelf import EVERYTHING, Shelf, article

# Counts on and on; how far is the parameter.
COUNT = text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :most) "
    "SELECT max(n) FROM counted"
)


def test_a_statement_that_takes_too_long_is_ended(shelf: Shelf) -> None:
    hasty = shelf.catalogue.within(timedelta(milliseconds=20))
    with (
        pytest.raises(
            TooSlowError, match=r"^the catalogue was read from for longer than 0\.02 s, expected less$"
        ),
        hasty.snapshot() as snapshot,
    ):
        snapshot._connection.execute(COUNT, {"most": 30_000_000})


def test_whoever_may_take_their_time_gets_the_same_connection_without_a_deadline(shelf: Shelf) -> None:
    with shelf.catalogue.within(timedelta(0)).snapshot():
        pass
    with shelf.catalogue.snapshot() as snapshot:
        assert snapshot._connection.execute(COUNT, {"most": 200_000}).scalar_one() == 200_000


def test_what_is_quick_is_answered(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    with shelf.catalogue.within(timedelta(seconds=10)).snapshot() as snapshot:
        assert [one.title for one in snapshot.select(EVERYTHING)] == ["Ferry"]


def test_another_fault_is_not_taken_for_slowness(shelf: Shelf) -> None:
    with (
        pytest.raises(CatalogueError, match="no such table: nowhere") as raised,
        shelf.catalogue.within(timedelta(0)).snapshot() as snapshot,
    ):
        snapshot._connection.execute(text("SELECT 1 FROM nowhere"))
    assert not isinstance(raised.value, TooSlowError)


def test_fault_29_an_error_does_not_say_what_was_searched_for(shelf: Shelf) -> None:
    with (
        pytest.raises(CatalogueError) as raised,
        shelf.catalogue.snapshot() as snapshot,
    ):
        snapshot._connection.execute(text("SELECT 1 FROM nowhere WHERE name = :name"), {"name": "canary"})
    assert "canary" not in f"{raised.value} {raised.value.__cause__}"
