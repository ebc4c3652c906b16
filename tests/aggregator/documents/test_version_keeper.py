"""Versions are written down beside the serving, and wait where the database fails."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue, Version
from aggregator.documents.edition import Edition
from aggregator.documents.version_keeper import VersionKeeper
from aggregator.errors import CatalogueError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def edition(text: str) -> Edition:
    return Edition(path="/feeds/all.atom", media_type="text/plain", body=text.encode(), last_modified=NOON)


def version(number: int) -> Version:
    return Version(b"b" * 16, number, frozenset({number}))


class Failing(Catalogue):
    """A catalogue whose database is not to be had the first time."""

    failures = 1

    def keep_versions(self, made: Mapping[tuple[str, str], Version]) -> None:
        if self.failures:
            self.failures -= 1
            raise CatalogueError("catalogue x: can't be written: database is locked")
        super().keep_versions(made)


async def test_what_is_noted_is_kept(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    keeper = VersionKeeper(catalogue)
    for number in range(3):
        keeper.note(edition(str(number)), version(number))
    await keeper.stop()
    with catalogue.snapshot() as snapshot:
        digests = [edition(str(number)).digest for number in range(3)]
        assert [snapshot.version("/feeds/all.atom", [digest]) is not None for digest in digests] == [True] * 3
    catalogue.close()


async def test_what_cannot_be_kept_waits_for_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = Failing.open(f"sqlite:///{tmp_path}/catalogue.db")
    keeper = VersionKeeper(catalogue)
    keeper.note(edition("0"), version(0))
    await keeper.stop()
    assert "1 version(s) of documents wait to be kept" in caplog.text
    keeper.note(edition("1"), version(1))
    await keeper.stop()
    with catalogue.snapshot() as snapshot:
        assert snapshot.version("/feeds/all.atom", [edition("0").digest]) is not None
    catalogue.close()


async def test_noting_waits_for_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    keeper = VersionKeeper(catalogue)
    with catalogue.writing([], NOON):
        keeper.note(edition("0"), version(0))
        await asyncio.sleep(0)
        with catalogue.snapshot() as snapshot:
            assert snapshot.version("/feeds/all.atom", [edition("0").digest]) is None
    await keeper.stop()
    with catalogue.snapshot() as snapshot:
        assert snapshot.version("/feeds/all.atom", [edition("0").digest]) is not None
    catalogue.close()


async def test_ending_without_anything_noted(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    await VersionKeeper(catalogue).stop()
    catalogue.close()
