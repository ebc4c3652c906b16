"""A server that runs, with articles that use what clients show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, running
from tests.aggregator.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path)
    shop.configure("reload: {every: 1h}\n")
    shop.write(
        "ferry",
        "webUrl: https://pier.example/ferry?a=1&b=2",
        "excerpt: It waits for the weather & for you.",
        "provider: {name: The Pier Post, domain: pier.example, authors: [{name: Ada Tide}]}",
        "topics: [Boats, R&D]",
        "images: [{url: https://pier.example/ferry.jpg, width: 640, height: 480}]",
        title="Ferries <learn> to wait & see",
        body="A *long* story.",
    )
    shop.write(
        "quay",
        "publishedDateTime: 2026-02-28T10:00:00+02:00",
        "topics: [Stone]",
        title="Größe des Kais: 10 < 20",
    )
    shop.write("hidden", "published: false", title="Never seen")
    return shop


@pytest.fixture
def site(workshop: Workshop) -> Iterator[RunningSite]:
    with running(workshop) as server:
        yield server
