"""The site that these tests ask: one server for all, since none of them changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, running
from tests.aggregator.workshop import Workshop
from tests.conformance.published import write_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    shop = Workshop(tmp_path_factory.mktemp("published"))
    write_site(shop)
    with running(shop) as server:
        yield server


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path)
    shop.configure()
    return shop
