"""A catalogue on disk for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue
from tests.aggregator.catalogue.shelf import Shelf


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.db"


@pytest.fixture
def shelf(database: Path) -> Iterator[Shelf]:
    shelf = Shelf(Catalogue.open(f"sqlite:///{database}"))
    yield shelf
    shelf.catalogue.close()  # a test may have opened it anew
