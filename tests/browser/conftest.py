"""One browser and one site for all the tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import missing, started
from tests.browser.open_site import OpenSite, opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    articles = Path(__file__).parent / "articles"
    with opened(tmp_path_factory.mktemp("open"), articles, "  status: loopback\n") as site:
        yield site
