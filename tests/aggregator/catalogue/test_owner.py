"""Whose a catalogue is: one configuration's, whatever becomes of its file, and wherever both are moved together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue
from aggregator.errors import CatalogueError
from tests.aggregator.workshop import HOUR, NOON

OURS, THEIRS = "news.example.org,2026", "intra.example,2026"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a site, with one for its catalogue."""
    for name in ("news/var", "intra"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "news"


@contextmanager
def claimed(database: Path, configuration: Path, tag: str = OURS) -> Iterator[Catalogue]:
    with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue:
        catalogue.claim(configuration, tag)
        yield catalogue


def noted(database: Path) -> tuple[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        row: tuple[str, str] = connection.execute(
            "SELECT configuration, site_tag FROM generations"
        ).fetchone()
        return row


def delete(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


def write(catalogue: Catalogue) -> None:
    with catalogue.writing((), NOON) as writer:
        writer.finish(1)


def read(catalogue: Catalogue) -> None:
    with catalogue.snapshot():
        pass


@pytest.mark.parametrize(
    ("configuration", "tag", "is_refused"),
    [
        ("news/site.yaml", OURS, False),
        ("news/site.yaml", THEIRS, False),
        ("news/other.yaml", OURS, False),
        ("news/other.yaml", THEIRS, True),
        ("intra/site.yaml", OURS, False),
        ("intra/site.yaml", THEIRS, True),
    ],
)
def test_who_shares_neither_its_place_nor_its_tag_is_another(
    folder: Path, configuration: str, tag: str, *, is_refused: bool
) -> None:
    database = folder / "var/x.db"
    with claimed(database, folder / "site.yaml"):
        assert noted(database) == ("../site.yaml", OURS)
    other = folder.parent / configuration
    with closing(Catalogue.open(f"sqlite:///{database}")) as catalogue:
        if not is_refused:
            catalogue.claim(other, tag)
            return
        with pytest.raises(CatalogueError) as refused:
            catalogue.claim(other, tag)
    assert str(refused.value) == (
        f"catalogue {database}: belongs to {folder}/site.yaml (tag {OURS}), expected one that {other} (tag {tag}) has for itself; give it "
        "another `store`, or delete this one"
    )
    assert noted(database) == ("../site.yaml", OURS)


def test_a_folder_may_be_moved_with_all_that_is_in_it(folder: Path) -> None:
    with claimed(folder / "var/x.db", folder / "site.yaml"):
        pass
    moved = folder.rename(folder.parent / "moved")
    with claimed(moved / "var/x.db", moved / "site.yaml", THEIRS):
        assert noted(moved / "var/x.db") == ("../site.yaml", THEIRS)


def test_a_name_without_its_folder_that_was_noted_once_locks_nobody_out(folder: Path) -> None:
    database = folder / "x.db"
    with (
        claimed(database, folder / "site.yaml"),
        closing(sqlite3.connect(database)) as connection,
        connection,
    ):
        connection.execute("UPDATE generations SET configuration = 'site.yaml'")
    with claimed(database, folder / "site.yaml", THEIRS):
        assert noted(database) == ("./site.yaml", THEIRS)
    # From now on the folder counts, also where it is the catalogue's own.
    with (
        pytest.raises(CatalogueError, match="belongs to"),
        claimed(database, folder.parent / "intra/site.yaml"),
    ):
        pass


def test_a_configuration_that_is_a_link_to_the_newest_version_stays_itself(folder: Path) -> None:
    link = folder / "site.yaml"
    link.symlink_to("version-1/site.yaml")
    with claimed(folder / "var/x.db", link):
        pass
    link.unlink()
    link.symlink_to("version-2/site.yaml")
    with claimed(folder / "var/x.db", link, THEIRS):
        pass


def test_a_configuration_whose_name_is_no_text_has_a_catalogue_too(folder: Path) -> None:
    with claimed(folder / "var/x.db", folder / "s\udcffte.yaml"):
        assert noted(folder / "var/x.db") == (r"../s\xffte.yaml", OURS)


def test_one_that_is_made_anew_belongs_to_the_same_at_once(folder: Path) -> None:
    database = folder / "var/x.db"
    with claimed(database, folder / "site.yaml") as catalogue:
        delete(database)
        catalogue.begin_anew("is broken (its file is gone)")
        assert noted(database) == ("../site.yaml", OURS)


def test_one_that_was_made_by_nobody_is_claimed_by_who_writes_it(folder: Path) -> None:
    database = folder / "var/x.db"
    with claimed(database, folder / "site.yaml") as catalogue:
        delete(database)
        Catalogue.open(f"sqlite:///{database}").close()
        catalogue.close()
        write(catalogue)
        assert noted(database) == ("../site.yaml", OURS)


def test_one_that_another_has_put_in_its_place_is_neither_read_nor_written(folder: Path) -> None:
    database, intranet = folder / "var/x.db", folder.parent / "intra/site.yaml"
    with claimed(database, folder / "site.yaml") as catalogue:
        delete(database)
        with claimed(database, intranet, THEIRS) as theirs:
            write(theirs)
        catalogue.close()
        for reader in (catalogue, catalogue.filled(), catalogue.at(lambda: NOON), catalogue.within(HOUR)):
            with pytest.raises(CatalogueError, match=f"belongs to {intranet}"):
                read(reader)
        for use in (write, Catalogue.purge, Catalogue.complete_words, lambda one: one.keep_versions({})):
            with pytest.raises(CatalogueError, match=f"belongs to {intranet}"):
                use(catalogue)
        assert noted(database) == ("../../intra/site.yaml", THEIRS)


def test_one_in_memory_belongs_to_whoever_has_it(folder: Path) -> None:
    with closing(Catalogue.open("sqlite://")) as catalogue:
        catalogue.claim(folder / "site.yaml", OURS)
        write(catalogue)


def test_one_that_can_not_be_written_just_now_is_claimed_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.catalogue.opening._BUSY_MILLISECONDS", 1)
    database = folder / "var" / "catalogue.db"
    with claimed(database, folder / "old.yaml"):
        before = noted(database)
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with claimed(database, folder / "site.yaml") as catalogue:
                read(catalogue)
        assert noted(database) == before
