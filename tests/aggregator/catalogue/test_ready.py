"""A statement that is Ready finds what SQLAlchemy finds, in the same snapshot, under the same deadline and with the same errors."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select, table, text

from aggregator.catalogue import Kind
from aggregator.catalogue.choosing import first_of, first_rows, rows_of
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import entries, files
from aggregator.errors import CatalogueError, TooSlowError
from feeds.definition import FeedDefinition
from feeds.selection import Names, Selection
from tests.aggregator.catalogue.shelf import NOON, Shelf, article

FILES = Ready(
    select(files.c.path, func.coalesce(files.c.origin, "none"))
    .where(files.c.source == bindparam("source"))
    .order_by(files.c.path)
    .limit(2)
)
HARBOUR = FeedDefinition(
    path="/topics/harbour", title="Harbour", selection=Selection(topics=Names(any=("harbour",))), limit=3
)


def test_values_are_given_by_name_and_the_statements_own_are_kept(shelf: Shelf) -> None:
    shelf.apply(*map(article, ("pier", "ferry", "mole")), article("else", source="other"))
    with shelf.catalogue.snapshot() as snapshot:
        assert FILES.rows(snapshot._connection, source="news") == [("ferry.md", "none"), ("mole.md", "none")]
        assert FILES.rows(snapshot._connection, source="other") == [("else.md", "none")]


def test_a_topics_feed_is_what_its_statement_says(shelf: Shelf) -> None:
    shelf.apply(*(article(name, topics=("Harbour",)) for name in ("a", "b", "c", "d")), article("e"))
    with shelf.catalogue.snapshot() as snapshot:
        rows = first_rows(snapshot._connection, HARBOUR, NOON)
        assert len(rows) == HARBOUR.limit
        assert rows == rows_of(snapshot._connection, first_of(HARBOUR, NOON))


def test_a_name_is_found_by_its_slug_when_it_has_enough_articles(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=("Harbour",)))
    with shelf.catalogue.snapshot() as snapshot:
        assert (snapshot.named(Kind.TOPIC, "harbour"),) == snapshot.listed(Kind.TOPIC)
        assert snapshot.named(Kind.TOPIC, "harbour", 2) is None
        assert snapshot.named(Kind.PROVIDER, "harbour") is None


def test_it_reads_from_the_snapshot_whatever_is_written_meanwhile(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    with shelf.catalogue.snapshot() as snapshot:
        shelf.apply(article("mole"))
        assert FILES.rows(snapshot._connection, source="news") == [("ferry.md", "none")]


def test_one_that_takes_too_long_is_ended(shelf: Shelf) -> None:
    shelf.apply(*(article(f"n{number}") for number in range(60)))
    one, *others = (entries.alias() for _ in range(6))
    endless = select(func.count()).select_from(one)
    for other in others:
        endless = endless.join(other, text("1"))
    with (
        pytest.raises(TooSlowError, match=r"longer than 0\.02 s"),
        shelf.catalogue.within(timedelta(milliseconds=20)).snapshot() as snapshot,
    ):
        Ready(endless).rows(snapshot._connection)


def test_another_fault_is_told_as_one_of_the_catalogue(shelf: Shelf, database: Path) -> None:
    nowhere = Ready(select(text("1")).select_from(table("nowhere")))
    with (
        pytest.raises(CatalogueError, match="no such table: nowhere") as raised,
        shelf.catalogue.within(timedelta(0)).snapshot() as snapshot,
    ):
        nowhere.rows(snapshot._connection)
    assert str(database) in str(raised.value)
    assert not isinstance(raised.value, TooSlowError)
