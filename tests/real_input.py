"""Real articles, which are not ours to publish: they lie beside the checkout where the project is developed, and nowhere else."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
# CI allows a test to be skipped for this reason and for no other (tests/conftest.py).
REASON = "../shared/corpus is not there"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=REASON)
