"""Archives that close and stay closed, whatever is edited, and what is remembered of what was withdrawn."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.catalogue import Catalogue
from aggregator.catalogue.changes import MOST_RETRACTIONS
from feeds.article import Article
from feeds.definition import FeedDefinition, Order
from feeds.search_query import parse_search_query
from feeds.selection import Names, Selection
from tests.aggregator.catalogue.shelf import HOUR, NOON, Shelf, article, read_of

SIZE = 3
ALL = FeedDefinition(path="/feeds/all", title="All", limit=SIZE)
BOATS = FeedDefinition(
    path="/feeds/boats", title="Boats", limit=SIZE, selection=Selection(topics=Names(any=("boats",)))
)
TOPIC = FeedDefinition(
    path="/topics/boats", title="Boats", limit=SIZE, selection=Selection(topics=Names(any=("boats",)))
)
LATER = NOON + HOUR


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    shelf.definitions[:] = [ALL, BOATS]
    shelf.archive_size = SIZE
    return shelf


def numbered(number: int, **values: object) -> Article:
    """An article published `number` minutes after five."""
    published = NOON - 7 * HOUR + timedelta(minutes=number)
    return article(f"n{number:02}", published=published, topics=("Boats",), **values)


def window(shelf: Shelf, feed: FeedDefinition = ALL) -> list[str]:
    return shelf.titles(feed)


def archives(shelf: Shelf, feed: FeedDefinition = ALL) -> list[list[str]]:
    """Give the titles of every closed archive, the oldest first."""
    with shelf.catalogue.snapshot() as snapshot:
        numbers = range(1, snapshot.archives(feed) + 1)
        return [[one.title for one in snapshot.archived(feed, number)] for number in numbers]


def walked(shelf: Shelf, feed: FeedDefinition) -> set[str]:
    """Give what a reader has who reads the feed and then every archive."""
    return {*window(shelf, feed), *(title for archive in archives(shelf, feed) for title in archive)}


@pytest.mark.parametrize("feed", [ALL, BOATS, TOPIC], ids=["everything", "configured", "topic"])
def test_a_feed_with_more_than_it_shows_has_archives_counted_from_the_oldest(
    shelf: Shelf, feed: FeedDefinition
) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    assert window(shelf, feed) == ["N07", "N06", "N05"]
    assert archives(shelf, feed) == [["N02", "N01", "N00"], ["N05", "N04", "N03"]]


def test_a_feed_that_shows_everything_has_none(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(SIZE)))
    assert archives(shelf) == []


def test_closed_archives_stay_as_they_are_when_articles_come(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    before = archives(shelf)
    for number in range(8, 15):
        shelf.apply(numbered(number), now=NOON + number * HOUR)
        assert archives(shelf)[:2] == before
    assert len(archives(shelf)) == 4


def test_an_article_that_comes_late_is_shown_and_in_no_closed_archive(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    before = archives(shelf)
    shelf.apply(article("late", published=NOON - 9 * HOUR), now=LATER)
    assert window(shelf) == ["N07", "N06", "Late"]
    assert archives(shelf) == before


@pytest.mark.parametrize("feed", [ALL, BOATS, TOPIC], ids=["everything", "configured", "topic"])
def test_an_article_that_comes_late_among_others_is_shown_as_they_are(
    shelf: Shelf, feed: FeedDefinition
) -> None:
    shelf.apply(numbered(0), numbered(1))
    late = article("late", published=NOON - 9 * HOUR, topics=("Boats",))
    shelf.apply(numbered(2), late, now=LATER)
    assert window(shelf, feed) == ["N02", "N01", "Late"]
    assert archives(shelf, feed) == [["N01", "N00"]]


def test_an_article_that_enters_a_feed_by_an_edit_comes_late_there(shelf: Shelf) -> None:
    stranger = article("stranger", published=NOON - 9 * HOUR)
    shelf.apply(stranger, *(numbered(number) for number in range(8)))
    shelf.apply(article("stranger", published=NOON - 9 * HOUR, topics=("Boats",)), now=LATER)
    for feed in (BOATS, TOPIC):
        assert "Stranger" in window(shelf, feed)
        assert archives(shelf, feed) == [["N02", "N01", "N00"], ["N05", "N04", "N03"]]


def test_an_article_that_is_edited_in_an_archive_is_issued_again(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    shelf.apply(numbered(1, body="<p>New.</p>"), now=LATER)
    for feed in (ALL, BOATS, TOPIC):
        assert "N01" in window(shelf, feed)
        assert archives(shelf, feed) == [["N02", "N00"], ["N05", "N04", "N03"]]


def test_an_article_that_is_in_no_archive_yet_keeps_its_place_when_it_is_edited(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    shelf.apply(numbered(6, body="<p>New.</p>"), now=LATER)
    shelf.apply(numbered(8), numbered(9), now=LATER + HOUR)
    assert archives(shelf)[2:] == [["N07", "N06"]]


def test_a_change_that_moves_no_date_moves_no_article(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    before = archives(shelf)
    shelf.apply(numbered(1, heat=50), now=LATER)
    assert archives(shelf) == before


def test_what_is_withdrawn_leaves_its_archive_and_what_comes_back_comes_late(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    shelf.apply(numbered(1, is_published=False), now=LATER)
    assert archives(shelf) == [["N02", "N00"], ["N05", "N04", "N03"]]
    shelf.apply(numbered(1), now=LATER + HOUR)
    assert archives(shelf)[0] == ["N02", "N00"]
    assert "N01" in window(shelf)


@pytest.mark.parametrize(
    "feed",
    [
        FeedDefinition(path="/feeds/x", title="X", limit=1, order=Order.BEST),
        FeedDefinition(path="/feeds/x", title="X", limit=1, order=Order.HOTTEST),
        FeedDefinition(path="/feeds/x", title="X", limit=1, per_provider=1),
        FeedDefinition(path="/feeds/x", title="X", limit=1, selection=Selection(max_age=9 * HOUR)),
    ],
    ids=["best", "hottest", "per provider", "max age"],
)
def test_a_ranked_feed_has_no_history(shelf: Shelf, feed: FeedDefinition) -> None:
    shelf.definitions.append(feed)
    shelf.apply(*(numbered(number) for number in range(4)))
    assert archives(shelf, feed) == []


def test_a_feed_that_is_defined_later_has_archives_at_once(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(8)))
    new = FeedDefinition(path="/feeds/new", title="New", limit=SIZE)
    shelf.definitions.append(new)
    shelf.apply(now=LATER)
    assert archives(shelf, new) == [["N02", "N01", "N00"], ["N05", "N04", "N03"]]


def retracted(shelf: Shelf, feed: FeedDefinition) -> list[str]:
    with shelf.catalogue.snapshot() as snapshot:
        return [one.identity.rpartition("/")[2] for one in snapshot.retractions(feed)]


def test_what_was_withdrawn_is_remembered_in_every_feed_that_held_it(shelf: Shelf) -> None:
    words = FeedDefinition(path="/feeds/w", title="W", selection=Selection(match=parse_search_query("ferry")))
    shelf.definitions.append(words)
    shelf.apply(article("ferry", topics=("Boats",)), article("quay"))
    shelf.apply(gone=[("news", "ferry.md"), ("news", "quay.md")], now=LATER)
    assert [retracted(shelf, feed) for feed in (BOATS, TOPIC, words)] == [["ferry"]] * 3
    assert set(retracted(shelf, ALL)) == {"ferry", "quay"}


def test_a_document_tells_of_the_latest_and_newest_that_were_withdrawn_and_not_of_all(shelf: Shelf) -> None:
    shelf.apply(*(numbered(number) for number in range(MOST_RETRACTIONS + 10)), article("ferry"))
    shelf.apply(gone=[("news", "ferry.md")], now=LATER + HOUR)
    shelf.apply(
        gone=[("news", f"n{number:02}.md") for number in range(MOST_RETRACTIONS + 10)], now=LATER + 2 * HOUR
    )
    told = retracted(shelf, ALL)
    assert told == [f"n{number:02}" for number in range(MOST_RETRACTIONS + 9, 9, -1)]
    shelf.apply(article("quay"), now=LATER + 3 * HOUR)
    shelf.apply(gone=[("news", "quay.md")], now=LATER + 4 * HOUR)
    assert retracted(shelf, ALL) == ["quay", *told[:-1]]


def test_what_comes_back_is_no_more_retracted(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", is_removed=True), now=LATER)
    assert retracted(shelf, ALL) == ["ferry"]
    shelf.apply(article("ferry"), now=LATER + HOUR)
    assert retracted(shelf, ALL) == []
    assert shelf.the("Ferry").updated == LATER + HOUR


def test_what_never_was_public_leaves_nothing(shelf: Shelf) -> None:
    shelf.apply(article("ferry", is_published=False), article("quay", published=NOON + 9 * HOUR))
    shelf.apply(gone=[("news", "ferry.md"), ("news", "quay.md")], now=LATER)
    assert retracted(shelf, ALL) == []


@pytest.mark.parametrize("before", [[], [article("other")]], ids=["first load", "later"])
def test_what_was_public_for_no_reader_leaves_nothing(shelf: Shelf, before: list[Article]) -> None:
    """A batch finds it public, a later one another file that counts and says that it is not."""
    if before:
        shelf.apply(*before)
    newer = article("ferry", path="zz.md", updated=NOON, is_published=False)
    with shelf.catalogue.writing(shelf.definitions, LATER) as writer:
        writer.add([read_of(article("ferry"))])
        writer.add([read_of(newer)])
        writer.note_definitions({definition.path: repr(definition) for definition in shelf.definitions})
        writer.finish(SIZE)
    assert retracted(shelf, ALL) == []
    assert shelf.ask(lambda snapshot: snapshot.count()) == len(before)


def test_a_first_load_and_later_ones_have_the_same_members(shelf: Shelf, tmp_path: Path) -> None:
    ones = [
        article(f"a{number}", topics=("Boats", "Sea")[: number % 3], category=("news", None)[number % 2])
        for number in range(12)
    ]
    shelf.apply(*ones)
    with closing(Catalogue.open(f"sqlite:///{tmp_path}/later.db")) as catalogue:
        later = Shelf(catalogue, shelf.definitions, SIZE)
        later.apply()
        later.apply(*ones)
        for feed in (ALL, BOATS, TOPIC):
            assert (window(later, feed), walked(later, feed)) == (window(shelf, feed), walked(shelf, feed))


def test_what_was_withdrawn_long_ago_is_forgotten(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=("Boats",)), article("quay"))
    shelf.apply(gone=[("news", "ferry.md")], now=LATER)
    assert shelf.apply(now=LATER + timedelta(days=89)) is None
    assert retracted(shelf, ALL) == ["ferry"]
    assert shelf.apply(now=LATER + timedelta(days=91)) == 3
    assert retracted(shelf, ALL) == retracted(shelf, BOATS) == []


actions = st.lists(
    st.tuples(
        st.sampled_from(["publish", "withdraw", "edit", "rename topic"]),
        st.integers(0, 11),
        st.integers(0, 600),
    ),
    min_size=1,
    max_size=25,
)


@given(actions)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_walks_has_everything_and_closed_archives_gain_nothing(
    steps: list[tuple[str, int, int]],
) -> None:
    shelf = Shelf(Catalogue.open("sqlite://"), [ALL, BOATS], archive_size=SIZE)
    state: dict[int, Article] = {}
    closed: dict[tuple[str, int], set[str]] = {}
    for step, (action, number, age) in enumerate(steps):
        name, now = f"a{number}", NOON + step * HOUR
        if action == "withdraw":
            shelf.apply(gone=[("news", f"{name}.md")] if number in state else [], now=now)
            state.pop(number, None)
        else:
            topics = ("Boats",) if action == "rename topic" or number % 2 else ()
            published = state[number].published if number in state else now - timedelta(minutes=age)
            state[number] = article(name, published=published, topics=topics, body=f"<p>{step}</p>")
            shelf.apply(state[number], now=now)
        for feed in (ALL, BOATS, TOPIC):
            wanted = {one.title for one in state.values() if feed is ALL or one.topics}
            assert walked(shelf, feed) == wanted
            for place, titles in enumerate(archives(shelf, feed)):
                before = closed.setdefault((feed.path, place), set(titles))
                assert set(titles) <= before
    shelf.catalogue.close()
