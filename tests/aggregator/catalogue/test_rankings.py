"""Ranked feeds over time: which entries they show after each refresh, and that this is remembered."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.catalogue.choosing import first_of
from aggregator.catalogue.tables import shown
from feeds.article import Article, Provider
from feeds.definition import FeedDefinition, Order
from feeds.ranking import margin_of
from feeds.selection import Names, Selection
from tests.aggregator.catalogue.shelf import EVERYTHING, HOUR, NOON, Shelf, article

LIMIT = 5
BEST = FeedDefinition(path="/feeds/best", title="Best", limit=LIMIT, order=Order.BEST)
HOTTEST = replace(BEST, path="/feeds/hot", order=Order.HOTTEST)
LATER = NOON + HOUR


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    shelf.definitions[:] = [EVERYTHING, BEST, HOTTEST]
    return shelf


def marked(name: str, mark: int | None, **values: Any) -> Article:
    return article(name, **{"quality": mark, "heat": mark} | values)


def load(shelf: Shelf, count: int = 9) -> None:
    """Articles called A, B, C …, the best first, with ten between each mark and the next."""
    shelf.apply(*(marked("abcdefghi"[number], 90 - 10 * number) for number in range(count)))


@pytest.mark.parametrize("feed", [BEST, HOTTEST], ids=["best", "hottest"])
def test_what_fell_just_below_the_cut_stays_in_its_true_place(shelf: Shelf, feed: FeedDefinition) -> None:
    load(shelf)
    assert shelf.titles(feed) == ["A", "B", "C", "D", "E"]
    shelf.apply(marked("f", 55), now=LATER)
    assert shelf.titles(feed) == ["A", "B", "C", "D", "E"]
    shelf.apply(marked("a", 65), now=LATER + HOUR)
    assert shelf.titles(feed) == ["B", "C", "A", "D", "E"]


@pytest.mark.parametrize("feed", [BEST, HOTTEST], ids=["best", "hottest"])
def test_what_fell_clearly_goes(shelf: Shelf, feed: FeedDefinition) -> None:
    load(shelf)
    shelf.apply(marked("d", 25), now=LATER)
    assert shelf.titles(feed) == ["A", "B", "C", "E", "F"]


def test_a_newcomer_that_is_clearly_better_comes_at_once_and_the_last_goes(shelf: Shelf) -> None:
    load(shelf)
    shelf.apply(marked("new", 99), now=LATER)
    assert shelf.titles(BEST) == ["New", "A", "B", "C", "D"]


def test_what_is_withdrawn_makes_room_and_does_not_come_back_to_its_place_for_nothing(shelf: Shelf) -> None:
    load(shelf)
    shelf.apply(gone=[("news", "e.md")], now=LATER)
    assert shelf.titles(BEST) == ["A", "B", "C", "D", "F"]
    shelf.apply(marked("e", 50), now=LATER + HOUR)
    assert shelf.titles(BEST) == ["A", "B", "C", "D", "F"]


def test_an_article_that_leaves_the_selection_leaves_the_feed(shelf: Shelf) -> None:
    boats = replace(BEST, path="/feeds/boats", selection=Selection(topics=Names(any=("boats",))))
    shelf.definitions.append(boats)
    shelf.apply(*(marked(name, 50, topics=("Boats",)) for name in "ab"))
    shelf.apply(marked("a", 50), now=LATER)
    assert shelf.titles(boats) == ["B"]
    shelf.apply(marked("b", 50), now=LATER + HOUR)
    assert shelf.titles(boats) == []


def test_what_is_too_old_leaves_a_feed_with_an_age_and_the_next_follow(shelf: Shelf) -> None:
    young = replace(BEST, path="/feeds/young", limit=2, selection=Selection(max_age=24 * HOUR))
    shelf.definitions.append(young)
    ages = {"a": 20, "b": 5, "c": 4}
    shelf.apply(
        *(marked(name, 90 - number, published=NOON - ages[name] * HOUR) for number, name in enumerate("abc"))
    )
    assert shelf.titles(young) == ["A", "B"]
    assert shelf.apply(now=NOON + 3 * HOUR) is None
    assert shelf.titles(young) == ["A", "B"]
    shelf.apply(now=NOON + 5 * HOUR)
    assert shelf.titles(young) == ["B", "C"]


def test_of_one_provider_the_bound_does_not_flap_either(shelf: Shelf) -> None:
    bounded = replace(BEST, path="/feeds/bounded", per_provider=2)
    shelf.definitions.append(bounded)
    hull = Provider(name="Hull", domain="hull.example")
    shelf.apply(
        *(marked(name, mark) for name, mark in (("a", 90), ("b", 80), ("c", 70))),
        marked("h", 10, provider=hull),
    )
    assert shelf.titles(bounded) == ["A", "B", "H"]
    shelf.apply(marked("b", 65), now=LATER)
    assert shelf.titles(bounded) == ["A", "B", "H"]
    shelf.apply(marked("d", 95), now=LATER + HOUR)
    assert shelf.titles(bounded) == ["D", "A", "H"]


def test_a_feed_that_is_defined_anew_begins_with_the_plain_cut(shelf: Shelf) -> None:
    load(shelf)
    shelf.apply(marked("f", 55), now=LATER)
    shelf.definitions[1] = replace(BEST, description="Another")
    shelf.apply(now=LATER + HOUR)
    assert shelf.titles(shelf.definitions[1]) == ["A", "B", "C", "D", "F"]


def test_a_definition_that_was_not_refreshed_yet_gets_the_plain_cut(shelf: Shelf) -> None:
    load(shelf)
    shelf.apply(marked("f", 55), now=LATER)
    assert shelf.titles(replace(BEST, limit=6)) == ["A", "B", "C", "D", "F", "E"]
    assert shelf.titles(replace(BEST, path="/search")) == ["A", "B", "C", "D", "F"]


def test_a_feed_that_is_no_more_or_not_ranked_any_more_leaves_nothing_behind(shelf: Shelf) -> None:
    load(shelf)
    shelf.definitions[1:] = [replace(BEST, order=Order.NEWEST)]
    shelf.apply(now=LATER)
    with shelf.catalogue._engine.connect() as connection:
        assert connection.execute(select(shown)).all() == []


@pytest.mark.parametrize("order", [Order.BEST, Order.HOTTEST])
def test_a_ranking_reads_the_index_of_its_order(shelf: Shelf, order: Order) -> None:
    load(shelf)
    definition = replace(BEST, order=order)
    with shelf.catalogue._engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {_sql(connection, definition)}").all()
    assert [row.detail for row in plan] == [f"SCAN entries USING INDEX entries_{order}"]


def _sql(connection: Connection, definition: FeedDefinition) -> str:
    statement = first_of(definition, NOON)
    return str(statement.compile(connection, compile_kwargs={"literal_binds": True}))


def test_a_refresh_that_does_not_touch_a_ranking_does_not_read_it(shelf: Shelf) -> None:
    boats = replace(BEST, path="/feeds/boats", selection=Selection(topics=Names(any=("boats",))))
    shelf.definitions[:] = [EVERYTHING, boats]
    shelf.apply(marked("a", 90, topics=("Boats",)), marked("b", 80))
    statements: list[str] = []
    event.listen(
        shelf.catalogue._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    shelf.apply(marked("b", 10), now=LATER)
    assert [statement for statement in statements if "shown" in statement] == []
    shelf.apply(marked("a", 10, topics=("Boats",)), now=LATER + HOUR)
    assert [statement for statement in statements if "shown" in statement] != []


# Whatever is edited

PLACES = 16
WIDE = replace(BEST, limit=10)
ALL_BEST = FeedDefinition(path="/feeds/every", title="Every", limit=PLACES, order=Order.BEST)
edits = st.lists(
    st.lists(st.tuples(st.integers(0, PLACES - 1), st.none() | st.integers(0, 30)), min_size=1, max_size=4),
    min_size=1,
    max_size=12,
)


@given(edits)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_entry_never_leaves_and_comes_back_within_the_margin(
    steps: list[list[tuple[int, int | None]]],
) -> None:
    margin, limit = margin_of(WIDE.limit), WIDE.limit
    left_at: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'catalogue.db'}"
        shelf = Shelf(Catalogue.open(address), [EVERYTHING, WIDE])
        shelf.apply(*(marked(f"n{number:02}", 30 - number) for number in range(PLACES)))
        before = shelf.titles(WIDE)
        for step, changes in enumerate(steps, start=1):
            marks = {f"n{number:02}": mark for number, mark in changes}
            shelf.apply(*(marked(*one) for one in marks.items()), now=NOON + step * HOUR)
            ranked, after = shelf.titles(ALL_BEST), shelf.titles(WIDE)
            place = {title: number for number, title in enumerate(ranked)}
            gone, come = set(before) - set(after), set(after) - set(before)
            assert len(after) == limit
            assert after == sorted(after, key=place.__getitem__)
            assert set(ranked[: limit - margin]) <= set(after) <= set(ranked[: limit + margin])
            assert all(place[old] - place[new] > margin for old in gone for new in come)
            for title in come & left_at.keys():
                # It left below the cut and comes back above it, and what makes room for it is farther below than the margin.
                assert left_at[title] >= limit > place[title]
            left_at |= {title: place[title] for title in gone}
            assert shelf.apply(now=NOON + step * HOUR + timedelta(minutes=1)) is None
            # Whenever it is opened again, on the way or at the end; to do so takes longer than all else that a step does.
            if step in {len(steps) // 2, len(steps)}:
                seen = shelf.ask(_seen)
                shelf.catalogue.close()
                shelf.catalogue = Catalogue.open(address)
                assert shelf.ask(_seen) == seen
                assert shelf.titles(WIDE) == after
            before = after
        shelf.catalogue.close()


def _seen(snapshot: Snapshot) -> tuple[str, tuple[Article, ...]]:
    return snapshot.fingerprint(WIDE), snapshot.select(WIDE)


jitter = st.lists(st.lists(st.integers(-4, 4), min_size=PLACES, max_size=PLACES), min_size=1, max_size=5)


@given(jitter)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_marks_that_move_a_little_move_nothing(moves: list[list[int]]) -> None:
    """Marks are five apart and move by four at most: neighbours change places, and nobody else does."""
    shelf = Shelf(Catalogue.open("sqlite://"), [EVERYTHING, WIDE])
    shelf.apply(*(marked(f"n{number:02}", 90 - 5 * number) for number in range(PLACES)))
    shows = set(shelf.titles(WIDE))
    for step, move in enumerate(moves, start=1):
        jittered = (marked(f"n{number:02}", 90 - 5 * number + by) for number, by in enumerate(move))
        shelf.apply(*jittered, now=NOON + step * HOUR)
        assert set(shelf.titles(WIDE)) == shows
    shelf.catalogue.close()
