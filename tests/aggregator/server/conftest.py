"""The server that these tests ask."""

from collections.abc import AsyncIterator

import pytest

from tests.aggregator.server.asking import Site, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running
