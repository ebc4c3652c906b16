"""Opening a catalogue: new, known, of another version, broken, locked, impossible."""

import logging
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator.catalogue import Catalogue, opening
from aggregator.catalogue.tables import SCHEMA_VERSION
from aggregator.errors import BrokenCatalogueError, CatalogueError
from tests.aggregator.catalogue.shelf import NOON, Shelf, article
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


ANOTHER_NUMBER = {
    "no": "DELETE FROM generations",
    "2": "INSERT INTO generations SELECT * FROM generations",
}


def alter(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("number", ANOTHER_NUMBER)
def test_fault_59_one_without_its_one_generation_is_made_anew_at_a_start(
    database: Path, caplog: pytest.LogCaptureFixture, number: str
) -> None:
    Catalogue.open(f"sqlite:///{database}").close()
    alter(database, ANOTHER_NUMBER[number])
    with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue, catalogue.snapshot() as snapshot:
        assert snapshot.generation.number == 0
    assert f"is broken (it holds {number} generations, expected 1); set aside as" in caplog.text


@pytest.mark.parametrize("number", ANOTHER_NUMBER)
def test_fault_59_one_that_loses_its_one_generation_while_it_is_open_is_broken(
    database: Path, number: str
) -> None:
    def write() -> None:
        with catalogue.writing((), NOON):
            pytest.fail("written without a generation")

    def read() -> None:
        with catalogue.snapshot():
            pytest.fail("read without a generation")

    with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue:
        alter(database, ANOTHER_NUMBER[number])
        for use in (read, write):
            with pytest.raises(
                BrokenCatalogueError, match=rf"is broken \(it holds {number} generations, expected 1\)"
            ):
                use()


def files_beside(database: Path) -> list[str]:
    return sorted(path.name for path in database.parent.iterdir() if path != database)


def test_a_reader_makes_no_database_where_one_was_deleted(shelf: Shelf, database: Path) -> None:
    shelf.apply(article("ferry"))
    database.unlink()
    for _ in range(2):
        with pytest.raises(BrokenCatalogueError, match=r"is broken \(its file is gone\)"):
            shelf.titles()
    assert not database.exists()


def test_fault_59_one_whose_folder_can_not_be_looked_into_is_not_gone(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    with closing(Catalogue.open(f"sqlite:///{folder}/catalogue.db")) as catalogue:
        shelf = Shelf(catalogue)
        shelf.apply(article("ferry"))
        folder.rename(elsewhere)
        folder.symlink_to(folder)  # leads to itself
        with pytest.raises(CatalogueError, match="unable to open database file") as caught:
            shelf.titles()
        folder.unlink()
        elsewhere.rename(folder)
        assert shelf.titles() == ["Ferry"]
    assert not isinstance(caught.value, BrokenCatalogueError)


def test_fault_59_what_a_deleted_one_wrote_ahead_is_set_aside_at_a_start(
    database: Path, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.apply(article("ferry"))
    database.unlink()
    with closing(Catalogue.open(f"sqlite:///{database}")) as second:
        assert Shelf(second).titles() == []
    assert f"{database} is broken (its file is gone); set aside as {database}.aside-1" in caplog.text
    assert "catalogue.db.aside-1-wal" in files_beside(database)


def test_fault_59_what_one_wrote_ahead_is_not_taken_for_that_of_another_in_its_place(
    database: Path, shelf: Shelf
) -> None:
    shelf.apply(article("ferry"))
    other = Shelf(Catalogue.open(f"sqlite:///{database}.other"))
    other.apply(article("quay"))
    other.catalogue.close()
    database.with_name("catalogue.db.other").replace(database)
    kept = database.read_bytes()
    for _ in range(2):
        with pytest.raises(BrokenCatalogueError, match="another file lies in its place"):
            shelf.titles()
    assert database.read_bytes() == kept
    shelf.catalogue.begin_anew("is broken")
    assert shelf.titles() == []
    assert database.with_name("catalogue.db.aside-1").read_bytes() == kept
    assert "catalogue.db.aside-1-wal" in files_beside(database)


def test_one_in_the_place_of_another_that_left_nothing_is_read(database: Path, shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    other = Shelf(Catalogue.open(f"sqlite:///{database}.other"))
    other.apply(article("quay"))
    other.catalogue.close()
    for left in files_beside(database):
        if left.endswith(("-wal", "-shm")):
            database.with_name(left).unlink()
    database.with_name("catalogue.db.other").replace(database)
    assert shelf.titles() == ["Quay"]


def test_one_in_the_place_of_another_that_was_closed_is_read_though_the_number_of_a_file_comes_again(
    database: Path, shelf: Shelf
) -> None:
    """File systems give the number of a file that is gone to the next one."""
    shelf.apply(article("ferry"))
    ahead, again = database.with_name("catalogue.db-wal"), database.with_name("again")
    again.hardlink_to(ahead)
    shelf.catalogue.close()
    other = Shelf(Catalogue.open(f"sqlite:///{database}.other"))
    other.apply(article("quay"))
    other.catalogue.close()
    database.with_name("catalogue.db.other").replace(database)
    again.write_bytes(b"")
    again.replace(ahead)
    assert shelf.titles() == ["Quay"]


def test_one_that_a_link_leads_to_is_made_anew_where_it_was(database: Path) -> None:
    link = database.with_name("link.db")
    link.symlink_to(database)
    with closing(Catalogue.open(f"sqlite:///{link}")) as catalogue:
        database.unlink()
        catalogue.begin_anew("is broken (its file is gone)")
        assert Shelf(catalogue).titles() == []
    assert link.is_symlink()
    assert database.is_file()


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


@pytest.mark.parametrize("address", ["{}", "{}?timeout=60"])
def test_it_waits_for_a_lock_as_long_as_the_store_says(database: Path, address: str) -> None:
    engine = opening.open_engine(address.format(f"sqlite:///{database}"))
    with engine.connect() as connection:
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    engine.dispose()
    assert waits == (60_000 if "?" in address else 5_000)


REFUSED = [
    (
        "postgresql://me:canary@db/feeds",
        "a store of the kind 'postgresql' is not supported, expected a sqlite:/// URL",
    ),
    (
        "sqlite+aiosqlite:///a.db",
        "a store of the kind 'sqlite+aiosqlite' is not supported, expected a sqlite:/// URL",
    ),
    ("mysql://me:canary@db:canary/feeds", "the store is no SQLAlchemy URL, expected a sqlite:/// URL"),
    ("canary", "the store is no SQLAlchemy URL, expected a sqlite:/// URL"),
    (
        "sqlite://me:canary@/a.db",
        "the store holds a user or a host, expected a sqlite:/// URL, which has neither",
    ),
]


@pytest.mark.parametrize(("address", "said"), REFUSED)
@pytest.mark.parametrize("open_it", [Catalogue.open, Catalogue.open_known])
def test_what_is_no_file_of_ours_is_refused_and_no_password_is_told(
    address: str, said: str, open_it: Callable[[str], object]
) -> None:
    with pytest.raises(CatalogueError) as caught:
        open_it(address)
    assert str(caught.value) == said


@pytest.mark.parametrize("open_it", [Catalogue.open, Catalogue.open_known])
def test_one_that_can_not_be_opened_is_named_by_its_path(
    tmp_path: Path, open_it: Callable[[str], object]
) -> None:
    with pytest.raises(CatalogueError) as caught:
        open_it(f"sqlite:///{tmp_path}?timeout=60")
    assert str(caught.value) == f"catalogue {tmp_path}: can't be opened: unable to open database file"


@pytest.mark.parametrize("open_it", [Catalogue.open, Catalogue.open_known])
def test_a_name_that_is_too_long_is_a_clear_error(tmp_path: Path, open_it: Callable[[str], object]) -> None:
    with pytest.raises(CatalogueError, match="can't be opened: "):
        open_it(f"sqlite:///{tmp_path}/{'a' * 300}")
