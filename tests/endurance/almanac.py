"""An almanac: articles that are all written anew at every edition, with its number in each, so that a mix of two can be seen.

Each edition also adds an article, deletes one, and takes some from the public. What is public in an edition follows from its number, so
a reader who finds the number in a document knows every entry that must be in it.
"""

import json
import re
from dataclasses import dataclass

from tests.aggregator.workshop import Workshop

# In the title and body of whatever is not public.
CANARY = "canaryinthecoalmine"

TOPICS = ("Tides", "Moons", "Winds")

_HOST = "https://almanac.example"
_EDITION = re.compile(r"edition-(\d+)\b")
_GUID = re.compile(r"<guid[^>]*>https://almanac\.example/(\d+)</guid>")
_ENTRY = re.compile(r"<entry>\s*<id>https://almanac\.example/(\d+)</id>")

CONFIGURATION = """\
reload: {every: 1h, watch: false}
defaults: {limit: 1000}
"""


class NotWholeError(AssertionError):
    """A document is not of one edition, or not all of it, or shows what is not public."""


@dataclass(frozen=True, slots=True)
class Almanac:
    """Articles of a workshop, `size` of them in each edition, and a secret one."""

    workshop: Workshop
    size: int

    def numbers(self, edition: int) -> range:
        """Give the numbers of all articles of an edition: the oldest goes, a new one comes."""
        return range(edition, edition + self.size)

    def public(self, edition: int, topic: str | None = None) -> set[int]:
        """Give the numbers of the articles that readers may see in an edition: nine in ten, others each time."""
        return {
            number
            for number in self.numbers(edition)
            if not _is_hidden(number, edition) and topic in {None, _topic(number)}
        }

    def write(self, edition: int) -> None:
        """Write an edition over the one before it."""
        for number in self.numbers(edition):
            self._write(number, edition)
        if edition:
            (self.workshop.folder / "news" / f"a{edition - 1}.md").unlink(missing_ok=True)
        self.workshop.write("secret", "published: false", title=f"{CANARY} edition-{edition}", body=CANARY)

    def edition_of(self, path: str, body: bytes) -> int:
        """Give the edition that a document at `path` is of; raise NotWholeError where it is not of one, whole."""
        text = body.decode()
        if CANARY in text:
            raise NotWholeError(f"{path} shows what is not public")
        editions = {int(found) for found in _EDITION.findall(text)}
        if len(editions) != 1:
            raise NotWholeError(f"{path} is of the editions {sorted(editions)}, expected one")
        (edition,) = editions
        shown = _numbers(path, text)
        if shown is not None:
            self._check(path, edition, shown)
        return edition

    def _check(self, path: str, edition: int, shown: list[int]) -> None:
        name = path.rpartition("/")[2].partition(".")[0].title()
        expected = sorted(self.public(edition, name if name in TOPICS else None))
        if sorted(shown) != expected:
            lost, foreign = set(expected) - set(shown), set(shown) - set(expected)
            raise NotWholeError(
                f"{path} of edition {edition} has {len(shown)} entries, expected {len(expected)}; "
                f"lost {sorted(lost)}, not of it {sorted(foreign)}"
            )

    def _write(self, number: int, edition: int) -> None:
        is_hidden = _is_hidden(number, edition)
        title = CANARY if is_hidden else f"Article {number}"
        self.workshop.write(
            f"a{number}",
            f"webUrl: {_HOST}/{number}",
            f"topics: [{_topic(number)}]",
            f"published: {str(not is_hidden).lower()}",
            title=f"{title}, edition-{edition}",
            body=f"What the sea does, edition-{edition}. " * 12,
        )


def _is_hidden(number: int, edition: int) -> bool:
    return (number + edition) % 10 == 0


def _topic(number: int) -> str:
    return TOPICS[number % len(TOPICS)]


def _numbers(path: str, text: str) -> list[int] | None:
    """Give the number of each entry of a document, None for a page, which need not show all."""
    if path.endswith(".json"):
        return [int(item["id"].rpartition("/")[2]) for item in json.loads(text)["items"]]
    pattern = {"rss": _GUID, "atom": _ENTRY}.get(path.rpartition(".")[2])
    return None if pattern is None else [int(number) for number in pattern.findall(text)]
