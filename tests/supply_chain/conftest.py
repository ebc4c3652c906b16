"""A shelf of packages for each test."""

from pathlib import Path

import pytest

from tests.supply_chain.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)
