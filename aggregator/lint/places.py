"""Where in an article's file a key, or one item of a list, stands. Reads the file again: only what was found is looked up."""

from collections.abc import Callable
from datetime import datetime
from time import time_ns

from aggregator.config import Settings
from aggregator.errors import Problem
from aggregator.frontmatter.keys import ArticleKeys
from aggregator.frontmatter.reading import written_keys
from aggregator.frontmatter.values import items_of
from aggregator.frontmatter.yaml_nodes import Mapping, Node, Scalar
from aggregator.lint.notes import Place
from aggregator.lint.rules import finding
from aggregator.refreshes.plan import reading_of
from aggregator.source.file_reader import BusyFileError, UnreadableFileError, VanishedFileError, read_file
from aggregator.source.places import file_at, source_called

# Finds the node that is meant in the value of a key.
Choose = Callable[[Node], Node]


class Locator:
    """Finds places in the article files of one configuration."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def file(self, place: Place) -> str:
        """Give the name of a file, as problems carry it."""
        return str(file_at(*place, self._settings.sources))

    def day(self, moment: datetime) -> str:
        """Give the day of a moment as files have it that name no time zone: in that of the site."""
        try:
            return f"{moment.astimezone(self._settings.timezone):%Y-%m-%d}"
        except OverflowError:
            # The last day of all in UTC may be none in the site's time zone.
            return f"{moment:%Y-%m-%d}"

    def finding(self, rule: str, reason: str, place: Place, key: str, choose: Choose) -> Problem:
        """Give what a lint found under a key of a file; without line and column where the key is not there (any more)."""
        keys = self._keys(place)
        node = keys.find(key) if keys else None
        at = choose(node).place if node is not None else None
        line, column = (None, None) if at is None else (at.line + 1, at.column + 1)
        written = keys.written(key) if keys else key
        return finding(rule, reason, file=self.file(place), line=line, column=column, key=written)

    def content(self, place: Place) -> bytes | None:
        """Read a file; None where that can't be done any more."""
        source = source_called(place[0], self._settings.sources)
        if source is None:
            return None
        try:
            data, _ = read_file(source.path, place[1], self._settings.limits.file, time_ns())
        except (BusyFileError, UnreadableFileError, VanishedFileError):
            return None
        return data

    def _keys(self, place: Place) -> ArticleKeys | None:
        source, data = source_called(place[0], self._settings.sources), self.content(place)
        if source is None or data is None:
            return None
        return written_keys(data, reading_of(source, self._settings), self.file(place))


def whole(node: Node) -> Node:
    """Choose the value as it is."""
    return node


def item(text: str) -> Choose:
    """Choose the item of a list that says `text`, else the list."""
    return lambda node: next(
        (one for one in items_of(node) if isinstance(one, Scalar) and one.text.strip() == text), node
    )


def part(key: str) -> Choose:
    """Choose what stands under a key of a mapping, else the mapping."""
    return lambda node: node.items.get(key, node) if isinstance(node, Mapping) else node
