"""A site in a temporary folder for every test that asks for one."""

from pathlib import Path

import pytest

from tests.aggregator.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path)
    shop.configure()
    return shop
