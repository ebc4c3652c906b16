"""docs/configuration.md is what the schema says, and its examples work."""

import re
import subprocess
import sys
from pathlib import Path

from aggregator.config import load, schema
from aggregator.config.reference import reference

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_document_is_up_to_date() -> None:
    assert reference(schema()) == DOCUMENT, (
        "stale: python -m aggregator.config.reference > docs/configuration.md"
    )


def test_the_command_that_the_document_names_writes_it() -> None:
    command = re.search(r"Generated: python (-m \S+) > docs/configuration\.md", DOCUMENT)
    assert command
    written = subprocess.run(
        [sys.executable, *command[1].split()], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert written.stdout == DOCUMENT


def test_every_key_is_in_the_document() -> None:
    for place in (schema(), *schema()["$defs"].values()):
        for key in place.get("properties", ()):
            assert re.search(rf"(?:^### |[`.{{]){key}\b", DOCUMENT, re.MULTILINE), key


def test_the_examples_load(tmp_path: Path) -> None:
    configuration, feed_file = re.findall("```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "feeds").mkdir()
    (tmp_path / "a.yaml").write_text(configuration)
    (tmp_path / "feeds" / "best.yaml").write_text(feed_file)
    assert [feed.path for feed in load(tmp_path / "a.yaml").feeds] == ["/feeds/best-of-ai"]
