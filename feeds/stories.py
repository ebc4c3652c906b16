"""Stories: articles that tell of one thing, as one entry. Which they are is decided by addresses and titles, never by the text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.article import Article, Related
from feeds.definition import FeedDefinition
from feeds.titles import TitleIndex, title_of
from feeds.web_address import page_of

# Nearly the same titles tell one story so long after the first of them. Also the span of what titles alone join: else a column
# that has one title every day would be one story for ever.
_WITHIN = timedelta(hours=48)

# How many articles a feed looks at for each entry that it may show. Where every story is told by three more, it is full still.
_ARTICLES_AN_ENTRY = 4


@dataclass(frozen=True, slots=True)
class Story:
    """An article that speaks for a story, and the others that tell it, in the order of their feed."""

    lead: Article
    others: tuple[Article, ...] = ()

    def related(self) -> tuple[Related, ...]:
        """Give what the lead is related to besides the others."""
        covered = {page for other in self.others for page in _pages(other)}
        return tuple(one for one in self.lead.related if page_of(one.link) not in covered)


def window_of(definition: FeedDefinition) -> FeedDefinition:
    """Give the definition of what a folded feed looks at: a few articles for each entry that it may show."""
    per_provider = definition.per_provider
    return replace(
        definition,
        limit=definition.limit * _ARTICLES_AN_ENTRY,
        per_provider=None if per_provider is None else per_provider * _ARTICLES_AN_ENTRY,
    )


def stories_of(articles: Sequence[Article]) -> tuple[Story, ...]:
    """Fold articles, which come in their feed's order, into stories, in the order of the first of each.

    Two tell one story when they first appeared at one address, when one is related to the other, or when their titles are nearly the
    same and they were published within 48 hours; and so on from each to the next. The one of highest quality leads (unknown is
    lowest; then the earliest published; then by identity).
    """
    groups = _Groups(len(articles))
    _join_by_titles(articles, groups)
    _join_by_addresses(articles, groups)
    members: dict[int, list[Article]] = {}
    for place, article in enumerate(articles):
        members.setdefault(groups.of(place), []).append(article)
    return tuple(map(_story, members.values()))


def _story(articles: Sequence[Article]) -> Story:
    lead = min(articles, key=_precedence)
    return Story(lead, tuple(article for article in articles if article is not lead))


def _precedence(article: Article) -> tuple[int, datetime, str]:
    return 1 if article.quality is None else -article.quality, article.published, article.id


def _join_by_titles(articles: Sequence[Article], groups: "_Groups") -> None:
    """Join each article with those before it that are titled alike, as long as the first of them is not too long ago."""
    index = TitleIndex(title_of(article.title) for article in articles)
    begun = [article.published for article in articles]
    for place in sorted(range(len(articles)), key=lambda place: (begun[place], articles[place].id)):
        for other in index.near(place):
            if articles[place].published - begun[groups.of(other)] <= _WITHIN:
                earliest = min(begun[groups.of(other)], begun[groups.of(place)])
                begun[groups.join(place, other)] = earliest
        index.add(place)


def _join_by_addresses(articles: Sequence[Article], groups: "_Groups") -> None:
    """Join what first appeared at one address, and what is related."""
    origins: defaultdict[str, list[int]] = defaultdict(list)
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for place, article in enumerate(articles):
        origins[_origin(article)].append(place)
        for page in _pages(article):
            pages[page].append(place)
    for places in origins.values():
        groups.join_all(places)
    for place, article in enumerate(articles):
        for related in dict.fromkeys(page_of(one.link) for one in article.related):
            # Once joined they are one: of many articles at one address, the first stands for all the next time.
            there = pages.get(related, [])
            groups.join_all([place, *there])
            del there[1:]


def _origin(article: Article) -> str:
    """Give where an article first appeared; where it does not say, that is where it is read; its identity is nobody else's."""
    address = article.original_url or article.link
    return page_of(address) if address else f"id {article.id}"


def _pages(article: Article) -> Iterable[str]:
    return {page_of(address) for address in (article.original_url, article.link) if address}


class _Groups:
    """Disjoint sets of places (union-find); a group goes by its lowest place."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def of(self, place: int) -> int:
        while (parent := self._parents[place]) != place:
            self._parents[place] = self._parents[parent]
            place = parent
        return place

    def join(self, one: int, other: int) -> int:
        low, high = sorted((self.of(one), self.of(other)))
        self._parents[high] = low
        return low

    def join_all(self, places: Iterable[int]) -> None:
        first, *others = places
        for other in others:
            self.join(first, other)
