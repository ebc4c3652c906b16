"""The home page: what this site is, its feeds, what is new, and who and what was busiest in the last weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.catalogue import Kind, Listed, Snapshot, Span, busiest
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft
from aggregator.site.cards import Cards
from aggregator.site.page_drafts import draft_of
from aggregator.site.rendering import Templates
from aggregator.site.sparkline import Sparkline, sparkline
from feeds.stories import stories_of

PATH = "/"
HOW_TO_PATH = "/subscribe"

_LOOKED_AT = 40
_SHOWN = 12
_WEEKS = 26
_BUSIEST = 8


@dataclass(frozen=True, slots=True)
class Busy:
    """A topic or provider, how many articles it had in the weeks shown, and the chart of them."""

    label: str
    path: str
    articles: int
    chart: Sparkline


@dataclass(frozen=True, slots=True)
class Bustle:
    """The busiest names of one kind."""

    kind: Kind
    names: tuple[Busy, ...]


class Home:
    """The home page, and the page that tells how to subscribe, of one configuration."""

    def __init__(self, definitions: Definitions, cards: Cards, templates: Templates) -> None:
        self._definitions = definitions
        self._cards = cards
        self._templates = templates

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at `path`, None where it is none of the two."""
        feeds = self._definitions.configured
        if path == HOW_TO_PATH:
            return draft_of(
                path,
                lambda: self._templates.render("subscribe.html", feeds=feeds, section=path),
                snapshot,
                feeds,
            )
        return self._home(snapshot) if path == PATH else None

    def paths(self, snapshot: Snapshot) -> Iterator[str]:  # noqa: ARG002  the protocol of every family
        """Give both paths."""
        yield from (PATH, HOW_TO_PATH)

    def _home(self, snapshot: Snapshot) -> Draft:
        feeds = self._definitions.configured
        newest = snapshot.stretch(feeds[0], 0, _LOOKED_AT)
        stories = stories_of(snapshot.articles(newest.chosen))[:_SHOWN]
        cards = self._cards.of(stories, snapshot)
        # The weeks end with the newest article, not now: a page changes when something happens, not because time passes.
        span = Span(snapshot.newest() or snapshot.generation.as_of, _WEEKS)
        bustles = tuple(self._bustle(kind, span, snapshot) for kind in (Kind.TOPIC, Kind.PROVIDER))

        def make() -> bytes:
            return self._templates.render(
                "home.html", feeds=feeds, cards=cards, bustles=bustles, span=span, total=newest.total
            )

        return draft_of(PATH, make, snapshot, feeds, cards, bustles, span, newest.total)

    def _bustle(self, kind: Kind, span: Span, snapshot: Snapshot) -> Bustle:
        activity = snapshot.weekly(kind, span)
        listed = self._definitions.listed_by_key(kind, activity.keys(), snapshot)
        keys = busiest({key: activity[key] for key in listed}, _BUSIEST)
        return Bustle(kind, tuple(self._busy(listed[key], activity[key]) for key in keys))

    def _busy(self, listed: Listed, weeks: Sequence[int]) -> Busy:
        return Busy(self._definitions.label(listed), listed.path, sum(weeks), sparkline(weeks))
