"""Files that are no articles, and were perhaps meant to be: empty ones, and those whose title stands in what is no front matter."""

import re
from collections.abc import Iterator

from aggregator.catalogue import SKIPPED, Snapshot
from aggregator.errors import Problem
from aggregator.frontmatter.parts import is_empty
from aggregator.lint.places import Locator
from aggregator.lint.rules import finding

# Front matter is at the beginning. So many lines of it come before the title at the most.
_LINES = 40
# What people open front matter with: dashes, with the name of a language behind them, and the plus signs of TOML.
_RULE = re.compile(r"(?:[-+\u2013\u2014]+[A-Za-z]*)?")
_TITLE = re.compile(r"[\"']?title[\"']?\s*[:=]", re.IGNORECASE)
_KEY = re.compile(r"\s|[\"']?[\w.@$-]+[\"']?\s*[:=]|- ")


def lint_skipped(snapshot: Snapshot, locator: Locator) -> Iterator[Problem]:
    """Give what is odd about the files that were taken for no article."""
    for file in snapshot.files_in(SKIPPED):
        place = (file.source, file.path)
        data = locator.content(place)
        if data is None:
            continue
        if is_empty(data):
            yield finding(
                "empty-file", "is empty, expected an article", file=locator.file(place), line=1, column=1
            )
        elif (line := title_line(data)) is not None:
            reason = f"is taken for no article, since it does not begin with front matter between lines ---, though a title stands in line {line}"
            yield finding("no-front-matter", reason, file=locator.file(place), line=1, column=1)


def title_line(data: bytes) -> int | None:
    """Give the line, from 1, of a title among the lines of keys at the beginning of a file; None where there is none."""
    lines = data[: 1 << 14].decode(errors="replace").removeprefix("\ufeff").splitlines()[:_LINES]
    if lines and lines[0].rstrip() == "---":
        # That is front matter, in which the title is empty.
        return None
    for number, line in enumerate(lines, 1):
        if _TITLE.match(line):
            return number
        if _RULE.fullmatch(line.strip()) is None and _KEY.match(line) is None:
            return None
    return None
