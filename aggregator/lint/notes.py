"""Notes: what is worth remembering of each article while it goes by, so that none of them need be kept or read twice."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from feeds.article import Article, State, state_of
from feeds.selection import fold

# The source's name, and the path below its folder.
Place: TypeAlias = tuple[str, str]

_FAR = timedelta(days=366)


@dataclass(slots=True)
class Uses:
    """How often something is written so, and the first place of it in the order of sources' names and paths."""

    count: int = 0
    first: Place = ("", "")

    def add(self, place: Place) -> None:
        """Take note of one more."""
        self.first = min(self.first, place) if self.count else place
        self.count += 1


# By what is one and the same to comparison, by how it is written.
Spellings: TypeAlias = Mapping[str, Mapping[str, Uses]]


def _spellings() -> defaultdict[str, defaultdict[str, Uses]]:
    return defaultdict(lambda: defaultdict(Uses))


@dataclass(slots=True)
class Notes:
    """What was noted of all articles up to now.

    topics     spellings by folded topic, as the files have them
    providers  names by domain
    bare       what articles lack that readers would show
    far        keys that hold a date more than a year ahead, and that date
    """

    now: datetime
    topics: defaultdict[str, defaultdict[str, Uses]] = field(default_factory=_spellings)
    providers: defaultdict[str, defaultdict[str, Uses]] = field(default_factory=_spellings)
    bare: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    far: dict[Place, tuple[tuple[str, datetime], ...]] = field(default_factory=dict)
    _seen: set[Place] = field(default_factory=set)

    def note(self, article: Article) -> None:
        """Look at an article as its file has it."""
        place = (article.source, article.path)
        if place in self._seen:
            return
        self._seen.add(place)
        for topic in article.topics:
            self.topics[fold(topic)][topic].add(place)
        if article.provider is not None:
            self.providers[article.provider.domain][article.provider.name].add(place)
        far = tuple(_far_dates(article, self.now + _FAR))
        if far:
            self.far[place] = far
        # A draft is allowed to be unfinished.
        lacking = tuple(_lacking(article))
        if lacking and state_of(article, self.now) in {State.PUBLIC, State.SCHEDULED}:
            self.bare[place] = lacking


def _lacking(article: Article) -> Iterator[str]:
    if not article.images:
        yield "picture"
    if not article.excerpt:
        yield "excerpt"
    if not article.topics:
        yield "topic"


def _far_dates(article: Article, latest: datetime) -> Iterator[tuple[str, datetime]]:
    if article.published > latest:
        yield "publishedDateTime", article.published
    if article.updated is not None and article.updated > latest:
        yield "updatedDateTime", article.updated
