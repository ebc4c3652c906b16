"""Topics, providers and categories: their spellings, their slugs and their counts."""

from datetime import timedelta

from aggregator.catalogue import Kind
from feeds.article import Provider
from tests.aggregator.catalogue.shelf import NOON, Shelf, article

LATER = NOON + timedelta(hours=1)


def listed(shelf: Shelf, kind: Kind) -> list[tuple[str, str, int]]:
    return [(one.name, one.path, one.articles) for one in shelf.ask(lambda snapshot: snapshot.listed(kind))]


def test_every_public_topic_provider_and_category_is_listed(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=("Deep Sea", "Boats"), category="news"))
    assert listed(shelf, Kind.TOPIC) == [("Boats", "/topics/boats", 1), ("Deep Sea", "/topics/deep-sea", 1)]
    assert listed(shelf, Kind.PROVIDER) == [("The Pier", "/providers/pier.example", 1)]
    assert listed(shelf, Kind.CATEGORY) == [("news", "/categories/news", 1)]


def test_a_name_is_shown_as_most_articles_spell_it(shelf: Shelf) -> None:
    shelf.apply(
        *(article(f"n{number}", topics=(name,)) for number, name in enumerate(["boats", "Boats", "Boats"]))
    )
    assert listed(shelf, Kind.TOPIC) == [("Boats", "/topics/boats", 3)]


def test_a_name_without_articles_keeps_its_address(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=("Boats",)))
    shelf.apply(gone=[("news", "ferry.md")], now=LATER)
    assert listed(shelf, Kind.TOPIC) == [("Boats", "/topics/boats", 0)]


def test_a_name_is_listed_once_it_had_enough_articles(shelf: Shelf) -> None:
    shelf.apply(article("one", topics=("Boats", "Rare")), article("two", topics=("Boats",)))
    names = shelf.ask(lambda snapshot: [one.name for one in snapshot.listed(Kind.TOPIC, min_articles=2)])
    assert names == ["Boats"]
    assert shelf.ask(lambda snapshot: snapshot.named(Kind.TOPIC, "rare", min_articles=2)) is None


def test_names_with_one_slug_have_addresses_of_their_own_that_stay(shelf: Shelf) -> None:
    shelf.apply(article("one", topics=("A.I.",)))
    shelf.apply(article("two", topics=("A I", "a-i")), now=LATER)
    before = dict(listed(shelf, Kind.TOPIC)[index][:2] for index in range(3))
    assert before["A.I."] == "/topics/a-i"
    assert len(set(before.values())) == 3
    shelf.apply(article("one", topics=("A.I.", "New")), now=LATER + timedelta(hours=1))
    after = {name: path for name, path, _ in listed(shelf, Kind.TOPIC)}
    assert {name: after[name] for name in before} == before


def test_a_provider_is_its_domain_whatever_its_name(shelf: Shelf) -> None:
    renamed = Provider(name="Pier Ltd", domain="pier.example")
    shelf.apply(article("one"), article("two", provider=renamed), article("three", provider=renamed))
    assert listed(shelf, Kind.PROVIDER) == [("Pier Ltd", "/providers/pier.example", 3)]


def test_an_article_without_provider_topic_or_category_is_under_no_name(shelf: Shelf) -> None:
    shelf.apply(article("one", provider=None))
    assert [listed(shelf, kind) for kind in Kind] == [[], [], []]


def test_counts_follow_edits(shelf: Shelf) -> None:
    shelf.apply(article("one", topics=("Boats",)), article("two", topics=("Boats",)))
    shelf.apply(article("one", topics=("Stone",)), now=LATER)
    assert listed(shelf, Kind.TOPIC) == [("Boats", "/topics/boats", 1), ("Stone", "/topics/stone", 1)]
