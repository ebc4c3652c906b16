"""docs/clients.md says of each client what the tests expect of it, and names the versions that they run."""

import json
import re
from pathlib import Path

import pytest

from tests.clients.client import Kind
from tests.clients.kinds import KINDS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:]
    for cells in re.findall(r"^\| (\S+) " + r"\| (.+?) " * 6 + r"\|$", DOCUMENT, re.MULTILINE)
}
FORMATS = {"atom": "Atom", "rss": "RSS", "json": "JSON"}


def test_it_names_every_client_and_no_other() -> None:
    assert [name for name in ROWS if name != "client"] == [kind.name for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_it_says_of_a_client_what_the_tests_expect_of_it(kind: Kind) -> None:
    formats = ", ".join(FORMATS[name] for name in kind.formats)
    can = (kind.validates, kind.wants_deltas, kind.walks, kind.follows_moves)
    assert ROWS[kind.name][1:] == (formats, *("yes" if one else "no" for one in can))


def test_versions_are_those_that_are_installed() -> None:
    npm = json.loads((ROOT / "tests" / "npm" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    pinned = re.findall(
        r"^(feedparser|reader)==(.+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
    )
    versions = dict(pinned) | {name: npm[name] for name in ("rss-parser", "feedsmith")}
    assert {name: ROWS[name][0] for name in versions} == versions
