"""Folded feeds over the catalogue: which stories they show, in which order, and what they depend on."""

from dataclasses import replace
from typing import Any

import pytest

from aggregator.catalogue import Catalogue
from feeds.article import Article, Provider
from feeds.definition import FeedDefinition, Order
from tests.aggregator.catalogue.shelf import EVERYTHING, HOUR, NOON, Shelf, article

STORIES = FeedDefinition(path="/feeds/stories", title="Stories", limit=2, fold=True)
BEST = replace(STORIES, path="/feeds/best", order=Order.BEST)
LATER = NOON + HOUR


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    shelf.definitions[:] = [EVERYTHING, STORIES, BEST]
    return shelf


def aged(name: str, hours: int, **values: Any) -> Article:
    return article(name, published=NOON - hours * HOUR, **values)


def told_at(name: str, hours: int, story: str, **values: Any) -> Article:
    return aged(name, hours, original_url=f"https://wire.example/{story}", **values)


def stories(shelf: Shelf, feed: FeedDefinition = STORIES) -> list[list[str]]:
    """Give the titles of each story, the lead first."""
    with shelf.catalogue.snapshot() as snapshot:
        return [[one.title for one in (told.lead, *told.others)] for told in snapshot.stories(feed)]


def test_a_folded_feed_shows_stories_and_as_many_as_its_limit_says(shelf: Shelf) -> None:
    shelf.apply(told_at("a", 1, "x"), told_at("b", 2, "x", quality=9), aged("c", 3), aged("d", 4))
    assert stories(shelf) == [["B", "A"], ["C"]]
    assert shelf.titles(STORIES) == ["B", "C"]


def test_a_feed_that_does_not_fold_shows_every_article_alone(shelf: Shelf) -> None:
    shelf.apply(told_at("a", 1, "x"), told_at("b", 2, "x"))
    assert stories(shelf, EVERYTHING) == [["A"], ["B"]]


def test_a_story_is_shown_for_its_newest_article_and_stands_where_its_lead_does(shelf: Shelf) -> None:
    old = told_at("old", 5, "x", quality=9)
    shelf.apply(told_at("new", 1, "x"), aged("b", 2), aged("c", 3), old)
    assert stories(shelf) == [["B"], ["Old", "New"]]


def test_beyond_four_articles_for_each_entry_a_folded_feed_does_not_look(shelf: Shelf) -> None:
    shelf.apply(*(told_at(f"n{number}", number, "x") for number in range(1, 9)), aged("far", 9))
    assert [len(one) for one in stories(shelf)] == [8]


def test_a_bound_for_providers_counts_the_leads(shelf: Shelf) -> None:
    bounded = replace(STORIES, per_provider=1)
    hull = Provider(name="Hull", domain="hull.example")
    shelf.apply(
        told_at("a", 1, "x", quality=9),
        told_at("b", 2, "x", provider=hull),
        aged("c", 3),
        aged("d", 4, provider=hull),
    )
    assert stories(shelf, bounded) == [["A", "B"], ["D"]]


def test_a_folded_feed_has_no_archives(shelf: Shelf) -> None:
    shelf.apply(*(aged(f"n{number}", number) for number in range(9)))
    assert shelf.ask(lambda snapshot: snapshot.archives(STORIES)) == 0
    assert not STORIES.keeps_history


def test_another_article_of_higher_quality_makes_another_entry(shelf: Shelf) -> None:
    shelf.apply(told_at("a", 1, "x", quality=5))
    shelf.apply(told_at("b", 2, "x", quality=6), now=LATER)
    assert stories(shelf) == [["B", "A"]]


def test_the_fingerprint_moves_with_every_article_that_decides_what_is_shown(shelf: Shelf) -> None:
    def fingerprint() -> str:
        return shelf.ask(lambda snapshot: snapshot.fingerprint(STORIES))

    shelf.apply(*(aged(name, hours) for hours, name in enumerate("abc")))
    seen = [fingerprint()]
    shelf.apply(aged("c", 2, original_url="https://pier.example/a"), now=LATER)
    assert stories(shelf) == [["B"], ["C", "A"]]
    seen.append(fingerprint())
    shelf.apply(aged("c", 2), now=LATER + HOUR)
    seen.append(fingerprint())
    shelf.apply(gone=[("news", "c.md")], now=LATER + 2 * HOUR)
    seen.append(fingerprint())
    assert len(set(seen)) == 4
    assert shelf.apply(now=LATER + 3 * HOUR) is None
    assert fingerprint() == seen[-1]


# Ranked and folded


def test_a_folded_ranking_does_not_flap(shelf: Shelf, database: Any) -> None:
    shelf.apply(
        told_at("a", 1, "x", quality=90),
        told_at("aa", 2, "x", quality=85),
        aged("b", 3, quality=80),
        aged("c", 4, quality=70),
        aged("d", 5, quality=60),
    )
    assert stories(shelf, BEST) == [["A", "Aa"], ["B"]]
    shelf.apply(aged("c", 4, quality=82), now=LATER)
    assert stories(shelf, BEST) == [["A", "Aa"], ["B"]]
    before = shelf.ask(lambda snapshot: snapshot.fingerprint(BEST))
    shelf.catalogue.close()
    shelf.catalogue = Catalogue.open(f"sqlite:///{database}")
    assert stories(shelf, BEST) == [["A", "Aa"], ["B"]]
    assert shelf.ask(lambda snapshot: snapshot.fingerprint(BEST)) == before
    shelf.apply(aged("d", 5, quality=81), now=LATER + HOUR)
    assert stories(shelf, BEST) == [["A", "Aa"], ["C"]]


def test_a_folded_ranking_that_was_not_decided_yet_gets_the_plain_cut(shelf: Shelf) -> None:
    shelf.apply(aged("a", 1, quality=9), aged("b", 2, quality=8))
    shelf.apply(aged("c", 3, quality=9), now=LATER)
    assert shelf.titles(replace(BEST, limit=1)) == ["A"]
    assert shelf.titles(replace(BEST, path="/search")) == ["A", "C"]
    assert shelf.titles(BEST) == ["A", "B"]
