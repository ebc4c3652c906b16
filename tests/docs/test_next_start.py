"""The documents that say what of the configuration waits for the next start say what the code does."""

import re
from pathlib import Path

import pytest

from aggregator.config_watch import TAKEN_UP_OF_SERVER

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["architecture", "editors", "operating"])
def test_all_of_the_server_waits_but_what_is_taken_up_while_it_runs(name: str) -> None:
    text = re.sub(r"\s+", " ", (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))
    exempt = " and ".join(f"`server.{key}`" for key in sorted(TAKEN_UP_OF_SERVER))
    assert f"`store`, and of `server` all but {exempt}" in text
