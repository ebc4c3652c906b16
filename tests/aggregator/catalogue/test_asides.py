"""What was set aside: who may read it, when it is deleted, and what is never taken for it."""

import logging
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from aggregator.catalogue import Catalogue
from aggregator.catalogue.asides import KEPT, delete_old
from aggregator.catalogue.tables import SCHEMA_VERSION
from tests.aggregator.catalogue.shelf import Shelf, article

MOMENT = timedelta(seconds=5)


def asides(database: Path) -> list[str]:
    return sorted(path.name for path in database.parent.iterdir() if ".aside" in path.name)


def modes(database: Path) -> set[int]:
    return {stat.S_IMODE((database.parent / name).stat().st_mode) for name in asides(database)}


def now() -> datetime:
    return datetime.now(UTC)


def set_aside_with_what_it_wrote_ahead(shelf: Shelf) -> None:
    """Have a catalogue set aside while a reader has it open, so that nothing of what it wrote ahead is put into the database."""
    shelf.apply(article("ferry"))
    shelf.catalogue.begin_anew("is broken")


def test_what_was_set_aside_is_for_its_owner_alone(shelf: Shelf, database: Path) -> None:
    set_aside_with_what_it_wrote_ahead(shelf)
    assert asides(database) == [f"catalogue.db.aside-1{part}" for part in ("", "-shm", "-wal")]
    assert modes(database) == {0o600}
    assert stat.S_IMODE(database.stat().st_mode) == 0o644, "the one in use is as SQLite makes it"


def test_one_of_another_version_is_for_its_owner_alone_too(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Catalogue.open(f"sqlite:///{database}").close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    with caplog.at_level(logging.WARNING):
        Catalogue.open(f"sqlite:///{database}").close()
    assert "catalogue.db.aside-1" in asides(database)
    assert modes(database) == {0o600}
    assert f"set aside as {database}.aside-1, for its owner alone and for 30 days" in caplog.text


def test_what_was_set_aside_is_deleted_after_thirty_days_and_not_before(
    shelf: Shelf, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    set_aside_with_what_it_wrote_ahead(shelf)
    shelf.catalogue.delete_old_asides(now() + timedelta(days=30) - MOMENT)
    assert len(asides(database)) == 3
    with caplog.at_level(logging.INFO):
        shelf.catalogue.delete_old_asides(now() + timedelta(days=30))
    assert asides(database) == []
    assert f"{database}.aside-1 is deleted, 30 days after it was set aside" in caplog.text


def test_a_catalogue_that_was_written_last_long_ago_has_its_thirty_days_too(database: Path) -> None:
    aside = database.with_name("catalogue.db.aside-1")
    aside.touch()
    os.utime(aside, (0, 0))
    delete_old(database, now())
    assert aside.exists()


NOT_OURS = [
    "catalogue.db",
    "catalogue.db-wal",
    "catalogue.db.aside",
    "catalogue.db.aside-",
    "catalogue.db.aside-0",
    "catalogue.db.aside-1.gz",
    "catalogue.db.aside-1-wal2",
    "catalogue.db.aside-one",
    "catalogue.db.aside-1 ",
    "cataloguexdb.aside-1",
    "my-catalogue.db.aside-1",
    "other.db.aside-1",
]


def test_nothing_else_is_deleted(tmp_path: Path) -> None:
    for name in NOT_OURS:
        (tmp_path / name).touch()
    delete_old(tmp_path / "catalogue.db", now() + 2 * KEPT)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NOT_OURS)


def test_of_a_link_nothing_but_the_link_is_deleted(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    (tmp_path / "catalogue.db.aside-1").symlink_to(kept)
    delete_old(tmp_path / "catalogue.db", now() + 2 * KEPT)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_what_can_not_be_deleted_is_told_and_the_rest_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "catalogue.db.aside-1"
    folder.mkdir()
    (tmp_path / "catalogue.db.aside-2").touch()
    delete_old(tmp_path / "catalogue.db", now() + 2 * KEPT)
    assert asides(tmp_path / "catalogue.db") == ["catalogue.db.aside-1"]
    assert f"{folder} was set aside, and can't be deleted after 30 days: " in caplog.text


def test_what_can_never_be_deleted_is_told_once_a_process_and_not_at_every_refresh(tmp_path: Path) -> None:
    program = dedent("""\
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from aggregator.catalogue.asides import KEPT, delete_old
        from aggregator.monitoring.logs import LogForm, start_logging

        start_logging(LogForm.HUMAN)
        for _ in range(3):
            delete_old(Path(sys.argv[1]), datetime.now(UTC) + 2 * KEPT)
        """)
    for number in (1, 2):
        (tmp_path / f"catalogue.db.aside-{number}").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "catalogue.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    told = [line.partition(" was set aside")[0].rpartition("-")[2] for line in ended.stderr.splitlines()]
    assert told == ["1", "2"]


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    delete_old(tmp_path / "none" / "catalogue.db", now())


def test_one_in_memory_has_none() -> None:
    with closing(Catalogue.open("sqlite://")) as catalogue:
        catalogue.delete_old_asides(now())
