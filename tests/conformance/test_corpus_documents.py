"""Real articles: their feeds parse strictly, and are as the grammar and the rules say."""

import json
from datetime import UTC, datetime

import pytest

from tests.aggregator.workshop import Workshop
from tests.conformance.published import SUFFIXES, strictly
from tests.conformance.test_atom import faults_of
from tests.real_input import CORPUS, needs_corpus

NOW = datetime(2026, 11, 1, tzinfo=UTC)

pytestmark = needs_corpus


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    shop = Workshop(tmp_path_factory.mktemp("corpus"))
    sources = "\n".join(f"- {{name: {name}, path: {CORPUS / name}}}" for name in ("news", "videos"))
    shop.configure("defaults: {limit: 1000}\n", sources=sources)
    shop.refresh(NOW)
    return shop


def documents(workshop: Workshop) -> dict[str, bytes]:
    """Give every feed in every format."""
    with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        family = next(one for one in wiring.families if one.find("/feeds.opml", snapshot))
        drafts = {path: family.find(path, snapshot) for path in family.paths(snapshot)}
        return {path: draft.make().body for path, draft in drafts.items() if draft is not None}


def test_A1_R1_J1_every_feed_of_real_articles_parses_strictly(workshop: Workshop) -> None:
    found = documents(workshop)
    assert len(found) > 3 * len(SUFFIXES)
    for path, body in found.items():
        if path.endswith(".json"):
            assert json.loads(body)["items"]
        else:
            strictly(body)


def test_A1_A8_A13_every_atom_feed_of_real_articles_is_as_the_grammar_says(workshop: Workshop) -> None:
    atom = [body for path, body in documents(workshop).items() if path.endswith(".atom")]
    assert not [fault for body in atom for fault in faults_of(strictly(body))]
