"""Feed pages: what a feed has, as cards, page after page through everything that ever fitted it; and how to subscribe to it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aggregator.catalogue import Kind, Snapshot
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft
from aggregator.site.cards import Cards
from aggregator.site.page_drafts import draft_of
from aggregator.site.rendering import Templates
from feeds.definition import FeedDefinition
from feeds.stories import Story

PAGE_SIZE = 30

_TURNED = re.compile(r"(?P<feed>.+)/page/(?P<number>[1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a feed: its number from 1, how many pages there are, and how many articles on all of them."""

    feed: str
    number: int
    pages: int
    total: int

    @property
    def path(self) -> str:
        """The path of this page."""
        return leaf_path(self.feed, self.number)

    @property
    def newer(self) -> str | None:
        """The path of the page before, None on the first."""
        return leaf_path(self.feed, self.number - 1) if self.number > 1 else None

    @property
    def older(self) -> str | None:
        """The path of the page after, None on the last."""
        return leaf_path(self.feed, self.number + 1) if self.number < self.pages else None


def leaf_path(feed: str, number: int) -> str:
    """Give the path of a feed's page with this number; the first is the feed's own."""
    return feed if number == 1 else f"{feed}/page/{number}"


def split_leaf(path: str) -> tuple[str, int] | None:
    """Give the feed and the number that `path` means, None where it means no page: the first has no number."""
    found = _TURNED.fullmatch(path)
    if found is None:
        return path, 1
    return (found["feed"], int(found["number"])) if found["number"] != "1" else None


class FeedPages:
    """The pages of every feed of one configuration."""

    def __init__(self, definitions: Definitions, cards: Cards, templates: Templates) -> None:
        self._definitions = definitions
        self._cards = cards
        self._templates = templates

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at `path`, None where there is none."""
        named = split_leaf(path)
        definition = named and self._definitions.find(named[0], snapshot)
        if named is None or definition is None:
            return None
        number = named[1]
        leaf, stories, basis = _turned(definition, number, snapshot)
        if number > leaf.pages:
            return None

        def make() -> bytes:
            cards = self._cards.of(stories(), snapshot)
            return self._templates.render(
                "feed.html", definition=definition, leaf=leaf, cards=cards, section=_section(definition)
            )

        return draft_of(path, make, snapshot, definition, leaf, basis, self._named(snapshot))

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every page of every feed."""
        for definition in self._definitions.all(snapshot):
            leaf, _, _ = _turned(definition, 1, snapshot)
            yield from (leaf_path(definition.path, number) for number in range(1, leaf.pages + 1))

    def _named(self, snapshot: Snapshot) -> object:
        """Give what tells which names have pages to link to; that set only grows."""
        return [
            len(self._definitions.listed(kind, snapshot) or ())
            for kind in (Kind.TOPIC, Kind.PROVIDER)
            if self._definitions.has_threshold(kind)
        ]


def _turned(
    definition: FeedDefinition, number: int, snapshot: Snapshot
) -> tuple[Leaf, Callable[[], Sequence[Story]], object]:
    """Give a page, its stories when they are wanted, and what tells whether these have changed."""
    start = (number - 1) * PAGE_SIZE
    if definition.keeps_history:
        stretch = snapshot.stretch(definition, start, PAGE_SIZE)
        basis = [(one.key, one.revision) for one in stretch.chosen]
        leaf = _leaf(definition, number, stretch.total)
        return leaf, lambda: tuple(map(Story, snapshot.articles(stretch.chosen))), basis
    # A ranking, or a feed of the last days: what it holds is all that there is.
    stories = snapshot.stories(definition)
    leaf = _leaf(definition, number, len(stories))
    return leaf, lambda: stories[start : start + PAGE_SIZE], snapshot.fingerprint(definition)


def _leaf(definition: FeedDefinition, number: int, total: int) -> Leaf:
    return Leaf(definition.path, number, max(1, -(-total // PAGE_SIZE)), total)


def _section(definition: FeedDefinition) -> str:
    """Give the path of the part of the site that a feed belongs to."""
    first = definition.path.split("/")[1]
    return f"/{first}" if first in set(Kind) else definition.path
