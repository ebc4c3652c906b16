"""Which articles a feed selects, and in which order: against the same criteria told in plain Python."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.catalogue import Catalogue, Verdict
from aggregator.entry.keys import key_of
from feeds.article import Article, Provider
from feeds.definition import FeedDefinition, Order
from feeds.search_query import parse_search_query
from feeds.selection import Names, Selection, fold
from tests.aggregator.catalogue.shelf import HOUR, NOON, Shelf, article

TOPICS = ("AI", "Boats", "Deep Sea")
WORDS = ("tide", "harbour", "Über")


def feed(selection: Selection = Selection(), **values: object) -> FeedDefinition:  # noqa: B008  a frozen value
    return FeedDefinition(path="/feeds/one", title="One", selection=selection, **values)  # type: ignore[arg-type]


def holds(names: Names, values: set[str]) -> bool:
    return (
        (not names.any or bool(values & set(names.any)))
        and values >= set(names.all)
        and not values & set(names.none)
    )


def wanted(one: Article, selection: Selection, as_of: datetime) -> bool:
    """The criteria, as the contract tells them."""
    lists = (
        (selection.topics, {fold(topic) for topic in one.topics}),
        (selection.providers, {one.provider.domain} if one.provider else set()),
        (selection.categories, {fold(one.category)} if one.category else set()),
        (selection.types, {fold(one.type)} if one.type else set()),
        (selection.languages, {fold(one.language)} if one.language else set()),
        (selection.sources, {one.source}),
    )
    return (
        all(holds(names, values) for names, values in lists)
        and (
            selection.min_quality is None
            or (one.quality is not None and one.quality >= selection.min_quality)
        )
        and (selection.min_heat is None or (one.heat is not None and one.heat >= selection.min_heat))
        and (selection.max_age is None or one.published >= as_of - selection.max_age)
        and (selection.since is None or one.published >= selection.since)
    )


def sort_key(one: Article, order: Order) -> tuple[float, ...]:
    def falling(value: int | None) -> float:
        return float("inf") if value is None else -value

    newest = (-one.published.timestamp(), key_of(one.id))
    return {
        Order.NEWEST: newest,
        Order.UPDATED: (-(one.updated or one.published).timestamp(), key_of(one.id)),
        Order.HOTTEST: (falling(one.heat), *newest),
        Order.BEST: (falling(one.quality), falling(one.heat), *newest),
    }[order]


def names_of(values: tuple[str, ...]) -> st.SearchStrategy[Names]:
    some = st.lists(st.sampled_from(values), max_size=2, unique=True).map(
        lambda names: tuple(map(fold, names))
    )
    return st.builds(Names, any=some, all=some, none=some)


ages = st.integers(1, 40).map(lambda hours: HOUR * hours)
marks = st.none() | st.integers(0, 3)
selections = st.builds(
    Selection,
    topics=names_of(TOPICS),
    providers=names_of(("pier.example", "hull.example")),
    categories=names_of(("News", "Science")),
    types=names_of(("article", "video")),
    languages=names_of(("en", "de-AT")),
    sources=names_of(("news", "videos")),
    min_quality=marks,
    min_heat=marks,
    max_age=st.none() | ages,
    since=st.none() | ages.map(lambda age: NOON - age),
)
providers = st.sampled_from(
    [None, Provider(name="P", domain="pier.example"), Provider(name="H", domain="hull.example")]
)
articles = st.lists(
    st.fixed_dictionaries(
        {
            "topics": st.lists(st.sampled_from(TOPICS), max_size=3, unique=True).map(tuple),
            "provider": providers,
            "category": st.sampled_from([None, "News", "Science"]),
            "type": st.sampled_from([None, "article", "video"]),
            "language": st.sampled_from([None, "en", "de-AT"]),
            "source": st.sampled_from(["news", "videos"]),
            "quality": marks,
            "heat": marks,
            "published": ages.map(lambda age: NOON - age),
        }
    ),
    max_size=12,
).map(lambda values: [article(f"n{number}", **one) for number, one in enumerate(values)])


@given(
    articles,
    st.lists(st.tuples(selections, st.sampled_from(Order), st.integers(1, 15)), min_size=1, max_size=10),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_feed_is_what_its_criteria_say_in_its_order(
    loaded: list[Article], feeds: list[tuple[Selection, Order, int]]
) -> None:
    shelf = Shelf(Catalogue.open("sqlite://"))
    shelf.apply(*loaded)
    for selection, order, limit in feeds:
        chosen = [one for one in loaded if wanted(one, selection, NOON)]
        expected = sorted(chosen, key=lambda one: sort_key(one, order))[:limit]
        assert shelf.titles(feed(selection, order=order, limit=limit)) == [one.title for one in expected]
    shelf.catalogue.close()


@given(articles, selections)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_explain_agrees_with_select(loaded: list[Article], selection: Selection) -> None:
    shelf = Shelf(Catalogue.open("sqlite://"))
    shelf.apply(*loaded)
    selected = shelf.titles(feed(selection))
    for one in loaded:
        with shelf.catalogue.snapshot() as snapshot:
            verdicts = snapshot.explain(feed(selection), key_of(one.id))
            total = snapshot.tally(selection).articles
        assert verdicts is not None
        assert all(verdict.holds for verdict in verdicts) == (one.title in selected)
        assert total == len(selected)
    shelf.catalogue.close()


def test_explain_names_each_criterion(shelf: Shelf) -> None:
    shelf.apply(article("ferry", quality=53, topics=("AI",)))
    definition = feed(Selection(topics=Names(any=("ai",)), min_quality=60))
    verdicts = shelf.ask(lambda snapshot: snapshot.explain(definition, key_of("https://pier.example/ferry")))
    assert verdicts == (
        Verdict("topics", holds=True, found=("AI",)),
        Verdict("min_quality", holds=False, found=53),
    )
    assert shelf.ask(lambda snapshot: snapshot.explain(definition, 1)) is None


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("tide", ["First", "Third"]),
        ("tide harbour", ["Third"]),
        ("tide OR harbour", ["First", "Second", "Third"]),
        ("tide -harbour", ["First"]),
        ('"rising tide"', ["First"]),
        ("uber", ["Second"]),
        ("tid", []),
        ("first", ["First"]),
        ("script", []),
        ('quote"d"', []),
    ],
)
def test_match_looks_into_title_excerpt_and_body(shelf: Shelf, query: str, titles: list[str]) -> None:
    shelf.apply(
        article("first", body='<p class="script">A rising <b>tide</b></p>', published=NOON - HOUR),
        article("second", excerpt="Über dem Harbour", published=NOON - 2 * HOUR),
        article("third", excerpt="tide", body="<p>harbour</p>", published=NOON - 3 * HOUR),
    )
    assert shelf.titles(feed(Selection(match=parse_search_query(query)))) == titles


def test_what_was_changed_or_withdrawn_is_found_no_more(shelf: Shelf) -> None:
    shelf.apply(article("first", excerpt="tide"), article("second", excerpt="tide"))
    shelf.apply(article("first", excerpt="ebb"), gone=[("news", "second.md")], now=NOON + HOUR)
    assert shelf.titles(feed(Selection(match=parse_search_query("tide")))) == []
    assert shelf.titles(feed(Selection(match=parse_search_query("ebb")))) == ["First"]


def test_at_most_so_many_of_one_provider(shelf: Shelf) -> None:
    hull = Provider(name="Hull", domain="hull.example")
    shelf.apply(
        *(article(f"p{number}", published=NOON - number * HOUR) for number in range(4)),
        article("h", provider=hull, published=NOON - 9 * HOUR),
    )
    assert shelf.titles(feed(per_provider=2)) == ["P0", "P1", "H"]
    assert shelf.titles(feed(per_provider=2, limit=2)) == ["P0", "P1"]


def test_a_topics_own_feed_reads_the_index_of_that_topic(shelf: Shelf) -> None:
    shelf.apply(
        *(article(f"n{number}", topics=("AI",), published=NOON - number * HOUR) for number in range(3)),
        article("other"),
    )
    assert shelf.titles(feed(Selection(topics=Names(any=("ai",))), limit=2)) == ["N0", "N1"]


def test_the_fingerprint_moves_with_what_is_shown_and_with_nothing_else(shelf: Shelf) -> None:
    boats = feed(Selection(topics=Names(any=("boats",))))
    shelf.apply(article("ferry", topics=("Boats",)), article("quay"))
    before = shelf.ask(lambda snapshot: snapshot.fingerprint(boats))
    shelf.apply(article("quay", body="<p>New.</p>"), now=NOON + HOUR)
    assert shelf.ask(lambda snapshot: snapshot.fingerprint(boats)) == before
    shelf.apply(article("ferry", topics=("Boats",), body="<p>New.</p>"), now=NOON + timedelta(hours=2))
    assert shelf.ask(lambda snapshot: snapshot.fingerprint(boats)) != before


def test_a_snapshot_sees_one_generation(shelf: Shelf, database: Path) -> None:
    shelf.apply(article("ferry"))
    with shelf.catalogue.snapshot() as snapshot:
        shelf.apply(article("quay"), now=NOON + HOUR)
        assert [one.title for one in snapshot.select(feed())] == ["Ferry"]
    assert set(shelf.titles()) == {"Ferry", "Quay"}
    assert database.exists()
