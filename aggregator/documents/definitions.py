"""Which feeds there are: the configured ones, and one for everything and for each topic, provider and category."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from aggregator.catalogue import Kind, Listed, Name, Snapshot, selection_of
from aggregator.config import AutomaticFeeds, NamedFeed, Settings
from feeds.definition import FeedDefinition
from feeds.selection import Selection, fold

ALL = "/feeds/all"

# Part of every feed's digest: raised when the same articles give other documents, so that dates and validators move.
RENDERING = 1


@dataclass(frozen=True, slots=True)
class Lacking:
    """A feed that there is not yet: its name never had so many articles at once as `min_articles` of its kind asks for."""

    definition: FeedDefinition
    kind: Kind
    articles: int
    min_articles: int


class Definitions:
    """The feeds of one configuration. What readers can see decides which topics, providers and categories have one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._automatic: dict[Kind, AutomaticFeeds | None] = {
            Kind.TOPIC: settings.topics,
            Kind.PROVIDER: settings.providers,
            Kind.CATEGORY: settings.categories,
        }
        everything = self._define(ALL, settings.site.title, settings.site.description, Selection())
        self.configured = (everything, *settings.feeds)
        self._by_path = {definition.path: definition for definition in self.configured}

    def find(self, path: str, snapshot: Snapshot) -> FeedDefinition | None:
        """Give the feed at `path` (without a suffix), None where there is none."""
        if path in self._by_path:
            return self._by_path[path]
        first, _, slug = path.removeprefix("/").partition("/")
        automatic = self._automatic.get(Kind(first)) if first in set(Kind) else None
        if automatic is None:
            return None
        listed = snapshot.named(Kind(first), slug, automatic.min_articles)
        return None if listed is None else self._defined(listed, automatic)

    def all(self, snapshot: Snapshot) -> Iterator[FeedDefinition]:
        """Give every feed there is."""
        yield from self.configured
        for _, automatic, listed in self._listed(snapshot):
            yield from (self._defined(name, automatic) for name in listed)

    def grouped(self, snapshot: Snapshot) -> Iterator[tuple[str, tuple[FeedDefinition, ...]]]:
        """Give the feeds to be offered by group: the configured ones, then topics, providers and categories.

        A name whose last article was withdrawn keeps its feed, for those who follow it, and is offered to nobody.
        """
        yield "feeds", self.configured
        for kind, automatic, listed in self._listed(snapshot):
            yield str(kind), tuple(self._defined(name, automatic) for name in listed if name.articles)

    def _listed(self, snapshot: Snapshot) -> Iterator[tuple[Kind, AutomaticFeeds, tuple[Listed, ...]]]:
        for kind, automatic in self._automatic.items():
            if automatic is not None:
                yield kind, automatic, snapshot.listed(kind, automatic.min_articles)

    def kinds(self) -> tuple[Kind, ...]:
        """Give the kinds of names that have feeds."""
        return tuple(kind for kind, automatic in self._automatic.items() if automatic is not None)

    def listed(self, kind: Kind, snapshot: Snapshot) -> tuple[Listed, ...] | None:
        """Give the names of a kind that have a feed, None where the kind has none."""
        automatic = self._automatic[kind]
        return None if automatic is None else snapshot.listed(kind, automatic.min_articles)

    def listed_by_key(self, kind: Kind, keys: Collection[int], snapshot: Snapshot) -> Mapping[int, Listed]:
        """Give the names of a kind that have a feed among these keys."""
        automatic = self._automatic[kind]
        return {} if automatic is None else snapshot.listed_by_key(keys, automatic.min_articles)

    def has_threshold(self, kind: Kind) -> bool:
        """Tell whether a name has articles before it has a feed."""
        automatic = self._automatic[kind]
        return automatic is not None and automatic.min_articles > 1

    def lacking(self, names: Iterable[Name], snapshot: Snapshot) -> Iterator[Lacking]:
        """Give the feeds of names that have too few articles for one."""
        wanted = tuple(names)
        for kind, automatic in self._automatic.items():
            if automatic is None:
                continue
            keys = {name.key for name in wanted if name.kind is kind}
            enough = snapshot.listed_by_key(keys, automatic.min_articles)
            for key, listed in snapshot.listed_by_key(keys).items():
                if key not in enough:
                    definition = self._defined(listed, automatic)
                    yield Lacking(definition, kind, listed.articles, automatic.min_articles)

    def label(self, listed: Listed) -> str:
        """Give what a name is called: as the configuration has it, else as most articles spell it."""
        automatic = self._automatic[listed.kind]
        named = automatic and _named(automatic, listed)
        return (named and named.title) or listed.name

    def digests(self) -> Mapping[str, str]:
        """Give a digest of each configured feed's definition by path."""
        return {definition.path: _digest(definition) for definition in self.configured}

    def site_digest(self) -> str:
        """Give a digest of all that every feed depends on besides its articles and its own definition."""
        named = [
            (kind, sorted(automatic.named.items()))
            for kind, automatic in self._automatic.items()
            if automatic is not None
        ]
        return _digest((RENDERING, self._settings.site, self._settings.defaults, named))

    def _defined(self, listed: Listed, automatic: AutomaticFeeds) -> FeedDefinition:
        named = _named(automatic, listed)
        title = (named and named.title) or f"{listed.name} · {self._settings.site.title}"
        selection = selection_of(listed.kind, listed.folded)
        return self._define(listed.path, title, (named and named.description) or "", selection)

    def _define(self, path: str, title: str, description: str, selection: Selection) -> FeedDefinition:
        defaults = self._settings.defaults
        return FeedDefinition(
            path=path,
            title=title,
            description=description,
            selection=selection,
            limit=defaults.limit,
            content=defaults.content,
        )


def _named(automatic: AutomaticFeeds, listed: Listed) -> NamedFeed | None:
    return {fold(name): feed for name, feed in automatic.named.items()}.get(listed.folded)


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()
