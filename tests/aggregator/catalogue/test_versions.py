"""Versions of documents: the newest of those that a reader holds is found, and only so many are kept."""

from aggregator.catalogue import Catalogue, Version
from tests.aggregator.catalogue.shelf import EVERYTHING, HOUR, NOON, Shelf, article

PATH = "/feeds/all.atom"
BASIS = b"b" * 16


def version(generation: int, *keys: int) -> Version:
    return Version(BASIS, generation, frozenset(keys))


def digest(number: int) -> str:
    return f"{number:064x}"


def keep(shelf: Shelf, number: int, made: Version, path: str = PATH) -> None:
    shelf.catalogue.keep_versions({(path, digest(number)): made})


def test_a_version_is_known_after_a_restart(shelf: Shelf) -> None:
    keep(shelf, 1, version(7, 2**63 - 1, 5))
    again = Catalogue.open(str(shelf.catalogue._engine.url))
    with again.snapshot() as snapshot:
        assert snapshot.version(PATH, [digest(1)]) == (digest(1), version(7, 5, 2**63 - 1))
    again.close()


def test_of_several_the_newest_counts(shelf: Shelf) -> None:
    keep(shelf, 2, version(1, 1))
    keep(shelf, 1, version(2, 1))
    assert shelf.ask(lambda snapshot: snapshot.version(PATH, [digest(2), digest(1)])) == (
        digest(1),
        version(2, 1),
    )


def test_a_version_belongs_to_its_document(shelf: Shelf) -> None:
    keep(shelf, 1, version(1, 1))
    assert shelf.ask(lambda snapshot: snapshot.version("/feeds/all.rss", [digest(1)])) is None
    assert shelf.ask(lambda snapshot: snapshot.version(PATH, [digest(3)])) is None


def test_the_same_bytes_again_are_one_version(shelf: Shelf) -> None:
    keep(shelf, 1, version(1, 1))
    keep(shelf, 1, version(4, 1))
    assert shelf.ask(lambda snapshot: snapshot.version(PATH, [digest(1)])) == (digest(1), version(4, 1))


def test_the_oldest_of_a_document_are_forgotten(shelf: Shelf) -> None:
    keep(shelf, 0, version(0), path="/feeds/other.atom")
    for number in range(1, 31):
        keep(shelf, number, version(number))
    with shelf.catalogue.snapshot() as snapshot:
        known = [number for number in range(31) if snapshot.version(PATH, [digest(number)])]
        assert snapshot.version("/feeds/other.atom", [digest(0)]) is not None
    assert known == list(range(7, 31))


def test_a_version_holds_what_it_had_and_what_has_not_changed_since(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), article("quay"))
    before = shelf.ask(lambda snapshot: snapshot.revisions(EVERYTHING))
    held = version(1, *(key for key, _ in before))
    assert all(held.holds(*revision) for revision in before)
    shelf.apply(article("ferry", title="Later"), article("pier"), now=NOON + HOUR)
    after = dict(zip(shelf.titles(), shelf.ask(lambda snapshot: snapshot.revisions(EVERYTHING)), strict=True))
    assert {title for title, revision in after.items() if held.holds(*revision)} == {"Quay"}
