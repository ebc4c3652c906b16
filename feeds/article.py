"""An article as every part of the system sees it: frozen values, tuples for collections, aware UTC times.

What is deliberately not here: `secured`. The front matter reader drops it before an Article exists.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by its absolute URL; width and height in pixels, None where unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    attribution: str | None = None
    is_cached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person by name; address and page where the article gives them."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who first published an article. `domain` is lower-case and identifies the provider; `name` is shown."""

    name: str
    domain: str
    images: tuple[Image, ...] = ()
    authors: tuple[Author, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a reader may do with an article, such as a download. `type` is a media type or a word."""

    url: str
    type: str | None = None
    title: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another article on the same story, in short form."""

    title: str
    link: str
    excerpt: str = ""
    published: datetime | None = None
    type: str | None = None
    quality: int | None = None
    provider: Provider | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article. All text is plain text except `body` and `featured_content`, which are sanitised HTML.

    id            permanent identity, an absolute IRI that never changes with title, file name or site address
    source, path  where its file lies: the source's name, and the POSIX path below the source's folder
    published     when it was, or will be, published (aware, UTC)
    updated       its last significant change, None where the article does not say
    link          where it is to be read (absolute URL), None: on its own page at this site
    original_url  where it first appeared, None where the article does not say
    quality, heat 0..100, None where unknown
    duration      of a video, in whole seconds
    """

    id: str
    source: str
    path: str
    title: str
    published: datetime
    updated: datetime | None = None
    excerpt: str = ""
    body: str = ""
    featured_content: str = ""
    link: str | None = None
    original_url: str | None = None
    category: str | None = None
    type: str | None = None
    language: str | None = None
    quality: int | None = None
    heat: int | None = None
    duration: int | None = None
    provider: Provider | None = None
    authors: tuple[Author, ...] = ()
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    actions: tuple[Action, ...] = ()
    is_published: bool = True
    is_removed: bool = False


class State(StrEnum):
    """Whether the world may see an article."""

    PUBLIC = "public"
    SCHEDULED = "scheduled"
    UNPUBLISHED = "unpublished"
    REMOVED = "removed"


Time_co = TypeVar("Time_co", datetime, int, covariant=True)
Time = TypeVar("Time", datetime, int)


class Publishable(Protocol[Time_co]):
    """What decides whether the world may see an article: an Article has it, and so has whatever was made of one.

    Its time is an aware one, or a count of microseconds since 1970.
    """

    @property
    def published(self) -> Time_co: ...
    @property
    def is_published(self) -> bool: ...
    @property
    def is_removed(self) -> bool: ...


def state_of(article: Publishable[Time], now: Time) -> State:
    """Decide, here and nowhere else, whether `article` may leave the server at `now`."""
    if article.is_removed:
        return State.REMOVED
    if not article.is_published:
        return State.UNPUBLISHED
    if article.published > now:
        return State.SCHEDULED
    return State.PUBLIC
