"""Opening a catalogue: new, known, of another version, broken, locked, impossible."""

import logging
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator.catalogue import Catalogue, opening
from aggregator.catalogue.tables import SCHEMA_VERSION
from aggregator.errors import CatalogueError
from tests.aggregator.catalogue.shelf import Shelf, article
from tests.aggregator.other_user import as_a_user_with_no_rights


def test_what_was_written_is_there_after_a_restart(database: Path) -> None:
    first = Shelf(Catalogue.open(f"sqlite:///{database}"))
    first.apply(article("ferry"))
    first.catalogue.close()
    second = Shelf(Catalogue.open(f"sqlite:///{database}"))
    assert second.titles() == ["Ferry"]
    assert second.ask(lambda snapshot: snapshot.generation.number) == 1
    second.catalogue.close()


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    Catalogue.open(f"sqlite:///{tmp_path}/a/b/c.db").close()
    assert (tmp_path / "a/b/c.db").exists()


def test_it_writes_ahead(shelf: Shelf, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert shelf.titles() == []


def test_another_version_is_set_aside_and_said(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    Catalogue.open(f"sqlite:///{database}").close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with caplog.at_level(logging.WARNING):
        Catalogue.open(f"sqlite:///{database}").close()
    assert f"has schema version {SCHEMA_VERSION + 1}, expected {SCHEMA_VERSION}; set aside as" in caplog.text
    assert database.with_name("catalogue.db.aside-1").exists()


def test_fault_59_a_corrupt_one_is_set_aside_each_time_under_a_new_name(database: Path) -> None:
    for _ in range(2):
        database.write_bytes(b"this is no database, whatever its name says" * 100)
        shelf = Shelf(Catalogue.open(f"sqlite:///{database}"))
        assert shelf.titles() == []
        shelf.catalogue.close()
    assert sorted(path.name for path in database.parent.glob("*aside*")) == [
        "catalogue.db.aside-1",
        "catalogue.db.aside-2",
    ]


def test_fault_59_a_locked_one_is_a_clear_error(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.catalogue.opening._BUSY_MILLISECONDS", 1)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CatalogueError, match=r"catalogue\.db: can't be opened: database is locked"):
            Catalogue.open(f"sqlite:///{database}")


def test_fault_59_a_sound_one_that_may_not_be_written_is_a_clear_error_and_stays() -> None:
    def write_a_little() -> None:
        with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue:
            Shelf(catalogue).apply(article("quay"))

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "catalogue.db")
        shelf = Shelf(Catalogue.open(f"sqlite:///{database}"))
        shelf.apply(article("ferry"))
        shelf.catalogue.close()
        kept = database.read_bytes()
        database.chmod(0o444)
        Path(folder).chmod(0o777)  # who may write here could set it aside
        with (
            as_a_user_with_no_rights(),
            pytest.raises(CatalogueError, match=r"can't be \w+: attempt to write a readonly database"),
        ):
            write_a_little()
        assert database.read_bytes() == kept
        assert not [*Path(folder).glob("*aside*")]


def test_one_that_is_being_written_opens_at_once(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Shelf(Catalogue.open(f"sqlite:///{database}"))
    first.apply(article("ferry"))
    monkeypatch.setattr("aggregator.catalogue.opening._BUSY_MILLISECONDS", 1)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        second = Shelf(Catalogue.open(f"sqlite:///{database}"))
        assert second.titles() == ["Ferry"]
        second.catalogue.close()
    first.catalogue.close()


def test_one_that_somebody_else_makes_at_the_same_moment_is_used(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_is_empty = opening._is_empty

    def is_empty_until_now(connection: Connection) -> bool:
        monkeypatch.undo()
        assert really_is_empty(connection)
        Catalogue.open(f"sqlite:///{database}").close()
        return True

    monkeypatch.setattr(opening, "_is_empty", is_empty_until_now)
    with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue, catalogue.snapshot() as snapshot:
        assert snapshot.generation.number == 0


def test_a_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="can't be opened: unable to open"):
        Catalogue.open(f"sqlite:///{tmp_path}")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(
        CatalogueError, match=r"'postgresql://me:\*\*\*@db/feeds' is not supported, expected a sqlite"
    ):
        Catalogue.open("postgresql://me:secret@db/feeds")
