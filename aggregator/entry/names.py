"""The topics, providers and categories of an article: what feeds of their own are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from aggregator.entry.keys import key_of
from feeds.article import Article
from feeds.selection import Names, Selection, fold


class Kind(StrEnum):
    """What a name names. The value is also the first part of its feed's address."""

    TOPIC = "topics"
    PROVIDER = "providers"
    CATEGORY = "categories"

    # Enum's own is written in Python, and each name of each article is looked up several times.
    __hash__ = str.__hash__


class Name(NamedTuple):
    """One spelling of a name. Names compare by `folded`; a provider's is its domain."""

    kind: Kind
    folded: str
    spelling: str

    @property
    def key(self) -> int:
        """The key that all spellings of this name share."""
        return _key_of(self.kind, self.folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A name as readers see it: the spelling most used, its slug and how many public articles have it."""

    kind: Kind
    folded: str
    name: str
    slug: str
    articles: int

    @property
    def path(self) -> str:
        """The address of its feed, without a suffix."""
        return self.path_of(self.kind, self.slug)

    @staticmethod
    def path_of(kind: Kind, slug: str) -> str:
        """Give the address of the feed of a name with this slug."""
        return f"/{kind}/{slug}"


def selection_of(kind: Kind, folded: str) -> Selection:
    """Give what the feed of a name holds."""
    wanted = Names(any=(folded,))
    match kind:
        case Kind.TOPIC:
            return Selection(topics=wanted)
        case Kind.PROVIDER:
            return Selection(providers=wanted)
        case Kind.CATEGORY:
            return Selection(categories=wanted)


def names_of(article: Article) -> Iterator[Name]:
    """Give every name that `article` stands under."""
    for topic in article.topics:
        yield _named(Kind.TOPIC, topic)
    if article.provider is not None:
        yield Name(Kind.PROVIDER, article.provider.domain, article.provider.name)
    if article.category:
        yield _named(Kind.CATEGORY, article.category)


# Few names stand on many articles. One object for each is sent to another process once for a hundred articles.
@lru_cache(maxsize=4096)
def _named(kind: Kind, spelling: str) -> Name:
    return Name(kind, fold(spelling), spelling)


@lru_cache(maxsize=4096)
def _key_of(kind: str, folded: str) -> int:
    return key_of(f"{kind}/{folded}")
