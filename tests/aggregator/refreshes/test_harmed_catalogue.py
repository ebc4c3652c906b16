"""A catalogue of which a part is not as it was written. Whatever is found strange has it looked through, and what is broken is made anew.

Fault 59. What a refresh stumbles over, it looks into by itself; what a reader stumbles over, the next refresh does.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from traceback import format_exception

import pytest

from aggregator.catalogue import Catalogue
from aggregator.catalogue.unsound import NONSENSE
from aggregator.errors import BrokenCatalogueError, CatalogueError, RefreshError
from aggregator.operations import preview_feed, publish_site
from tests.aggregator.workshop import HOUR, NOON, Workshop

_FEEDS = ("/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json")
_KEYS = ("topics: [Boats]", "provider: {name: The Harbour Post, domain: harbour.example}")
_LATER, _MUCH_LATER = NOON + HOUR, NOON + 2 * HOUR


@pytest.fixture
def database(workshop: Workshop) -> Path:
    workshop.configure("defaults: {limit: 100}\n")
    for number in range(60):
        workshop.write(f"ferry-{number}", *_KEYS, body=f"The ferry {number} has a crane. " * 20)
    workshop.refresh()
    return workshop.folder / "catalogue.db"


@contextmanager
def open_database(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection, connection:
        yield connection
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def outcome(workshop: Workshop) -> tuple[bool, int]:
    """Edit an article, refresh, read, refresh again; tell whether every feed shows it, and how many catalogues were set aside."""
    workshop.write("ferry-1", *_KEYS, title="Renamed", body="New words.")
    shown = False
    for now in (_LATER, _MUCH_LATER):
        try:
            workshop.refresh(now)
            shown = all(b"Renamed" in workshop.document(path) for path in _FEEDS)
        except (CatalogueError, *NONSENSE):
            shown = False
    return shown, len([*workshop.folder.glob("catalogue.db.aside-?")])


def zeroed_halves(database: Path) -> Iterator[tuple[str, int]]:
    """Give the root page of each table and index, and one after the other half of it."""
    with open_database(database) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        roots = connection.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0").fetchall()
    for name, root in roots:
        for half in (0, 1):
            yield name, (root - 1) * size + half * size // 2


def test_fault_59_half_a_page_of_zeros_anywhere_is_got_over(workshop: Workshop, database: Path) -> None:
    sound = database.read_bytes()
    stuck = []
    for name, place in zeroed_halves(database):
        for part in workshop.folder.glob("catalogue.db*"):
            part.unlink()
        database.write_bytes(sound[:place] + bytes(4096) + sound[place + 4096 :])
        workshop.write("ferry-1", *_KEYS)
        if not outcome(workshop)[0]:
            stuck.append((name, place))
    assert stuck == []


HARMS = {
    "the version of the index": "UPDATE entry_text_config SET v = 99 WHERE k = 'version'",
    "the structure of the index": "UPDATE entry_text_data SET block = zeroblob(10) WHERE id = 10",
    "a record": "UPDATE records SET record = '[1, 2]' WHERE rowid = 7",
    "a record's end": "UPDATE records SET record = substr(record, 1, 200) WHERE rowid = 7",
    "a record's encoding": "UPDATE records SET record = CAST(x'5bfffe5d' AS TEXT) WHERE rowid = 7",
    "the generation's time": "UPDATE generations SET as_of = 9000000000000000000",
    "whose it is": "UPDATE generations SET configuration = x'00ff', site_tag = 7",
    "the generation's number": "UPDATE generations SET number = 'many'",
}


@pytest.mark.parametrize("harm", HARMS)
def test_fault_59_what_makes_no_sense_is_set_aside(workshop: Workshop, database: Path, harm: str) -> None:
    with open_database(database) as connection:
        connection.execute(
            "PRAGMA writable_schema = ON"
        )  # else the tables of the index are not to be written
        connection.execute(HARMS[harm])
    assert outcome(workshop) == (True, 1)


def test_fault_59_what_makes_no_sense_stands_in_no_message(workshop: Workshop, database: Path) -> None:
    with open_database(database) as connection:
        connection.execute("UPDATE records SET record = CAST(CAST(record AS BLOB) || x'fffe' AS TEXT)")
    with pytest.raises(CatalogueError, match="Could not decode to UTF-8 column 'record'") as raised:
        workshop.document("/feeds/all.rss")
    shown = "".join(format_exception(raised.value))
    assert "crane" not in shown
    assert "Harbour Post" not in shown


def test_fault_59_a_mistake_of_ours_has_the_catalogue_looked_through_once_a_generation(
    workshop: Workshop, database: Path
) -> None:
    doubt = database.with_name("catalogue.db.doubted")

    def stumble(catalogue: Catalogue) -> bool:
        with pytest.raises(ValueError, match="mistake"), catalogue.snapshot():
            int("mistake")
        return doubt.exists()

    with workshop.wired() as (wiring, catalogue):
        assert stumble(catalogue)
        wiring.refresh.run(_LATER)
        assert not doubt.exists()
        assert not stumble(catalogue), "nothing is new since it was looked through"
        workshop.write("quay")
        wiring.refresh.run(_MUCH_LATER)
        assert stumble(catalogue)
    assert not [*workshop.folder.glob("*.aside-*")]


def test_fault_59_a_publish_makes_anew_what_only_a_document_shows_to_be_broken(
    workshop: Workshop, database: Path
) -> None:
    with open_database(database) as connection:
        connection.execute(HARMS["a record"])
    _, published = publish_site(workshop.settings(), workshop.folder / "out", _LATER, lambda *_: None)
    assert published.is_new
    assert b"Ferry" in (workshop.folder / "out/feeds/all.rss").read_bytes()
    assert [*workshop.folder.glob("catalogue.db.aside-1")]


@pytest.mark.parametrize("harm", ["a record", "a record's encoding"])
def test_fault_59_a_preview_says_which_catalogue_is_broken(
    workshop: Workshop, database: Path, harm: str
) -> None:
    with open_database(database) as connection:
        connection.execute(HARMS[harm])
    with pytest.raises(BrokenCatalogueError, match=f"catalogue {database}: is broken"):
        preview_feed(workshop.settings(), "all", "rss", _LATER, lambda *_: None)


def test_fault_59_looking_through_is_told_of_all_the_time_and_may_be_ended(
    workshop: Workshop, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.catalogue.integrity._INSTRUCTIONS", 100)
    steps: list[None] = []

    def give_up() -> None:
        raise RefreshError("given up")

    with workshop.wired() as (_, catalogue):
        for proceed in (lambda: steps.append(None), give_up):
            database.with_name("catalogue.db.doubted").touch()
            if proceed is give_up:
                with pytest.raises(CatalogueError, match="interrupted"):
                    catalogue.expect_sound(proceed)
            else:
                catalogue.expect_sound(proceed)
    assert len(steps) > 10
    assert not [*workshop.folder.glob("*.aside-*")]
