"""A feed as its editor defines it: where it is published, what it selects, in which order and how much of it."""

from dataclasses import dataclass
from enum import StrEnum

from feeds.selection import EVERYTHING, Selection


class Order(StrEnum):
    """How a feed's entries are ordered; every order ends in published (newest first), then identity, so none is left to chance."""

    NEWEST = "newest"
    UPDATED = "updated"
    HOTTEST = "hottest"
    BEST = "best"


class Content(StrEnum):
    """How much of an article an entry shows."""

    FULL = "full"
    EXCERPT = "excerpt"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDefinition:
    """One feed. `path` is its address without a suffix, such as /feeds/best-of-ai.

    limit         entries at most
    per_provider  at most so many entries of one provider, None: no bound
    fold          whether articles that tell one story are one entry (feeds.stories)
    """

    path: str
    title: str
    description: str = ""
    selection: Selection = EVERYTHING
    order: Order = Order.NEWEST
    limit: int = 50
    content: Content = Content.FULL
    per_provider: int | None = None
    fold: bool = False

    @property
    def is_ranked(self) -> bool:
        """Tell whether its order is one of marks, which move."""
        return self.order in (Order.HOTTEST, Order.BEST)

    @property
    def keeps_history(self) -> bool:
        """Tell whether everything it ever held can be walked back to (RFC 5005 section 4).

        What it holds must not depend on ranks, on other articles or on the time of asking: such a feed is complete as it is (section 2).
        """
        depends = self.is_ranked or self.fold or self.per_provider is not None
        return not depends and self.selection.max_age is None
