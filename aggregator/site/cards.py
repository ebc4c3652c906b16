"""Cards: articles as lists of them show them, with links to the pages here of all that they name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.catalogue import Kind, Listed, Name, Snapshot, names_of
from aggregator.documents.definitions import Definitions
from feeds.article import Article, Image
from feeds.content import excerpt_of
from feeds.coverage import Coverage, coverage_of
from feeds.definition import Content
from feeds.selection import fold
from feeds.site import page_path
from feeds.stories import Story
from feeds.text import (
    host_of,
    is_right_to_left,
    is_web_address,
    language_tag,
    one_line,
    truncate,
    uri,
)

_EXCERPT_LENGTH = 220
# Narrower ones are logos and buttons.
_NARROWEST_PICTURE = 200

_KINDS = {"video": "Video", "course": "Course", "download": "Download", "audio": "Audio"}


@dataclass(frozen=True, slots=True)
class Link:
    """What a name leads to: the path of a page here, None where there is none."""

    label: str
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One article in short.

    path      of its page here
    original  where it is to be read elsewhere, None where that is nowhere
    at        whose page that is, in words
    kind      what it is where it is no plain article, empty otherwise
    language  None where that is not known; direction likewise, where it is the usual one
    """

    title: str
    path: str
    published: datetime
    original: str | None = None
    at: str = ""
    provider: Link | None = None
    topics: tuple[Link, ...] = ()
    kind: str = ""
    duration: str = ""
    excerpt: str = ""
    picture: Image | None = None
    language: str | None = None
    direction: str | None = None
    coverage: tuple[Coverage, ...] = ()


class Cards:
    """Makes cards of the articles of one configuration."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def of(self, stories: Sequence[Story], snapshot: Snapshot) -> tuple[Card, ...]:
        """Give a card of each story."""
        listed: dict[int, Listed] = {}
        for kind in (Kind.TOPIC, Kind.PROVIDER):
            names = (name for story in stories for name in names_of(story.lead))
            keys = {name.key for name in names if name.kind is kind}
            listed |= self._definitions.listed_by_key(kind, keys, snapshot)
        return tuple(_card(story, listed) for story in stories)


def picture_of(article: Article) -> Image | None:
    """Give the picture that stands for an article."""
    for image in article.images:
        is_wide = image.width is None or image.width >= _NARROWEST_PICTURE
        if is_wide and is_web_address(image.url):
            return image
    return None


def original_of(article: Article) -> str | None:
    """Give the address elsewhere at which an article is to be read."""
    addresses = (address for address in (article.link, article.original_url) if address)
    return next((uri(address) for address in addresses if is_web_address(address)), None)


def _card(story: Story, listed: Mapping[int, Listed]) -> Card:
    article = story.lead
    original, language = original_of(article), language_tag(article.language)
    provider = _provider(article, listed)
    return Card(
        title=one_line(article.title) or "Untitled",
        path=page_path(article.id),
        published=article.published,
        original=original,
        at=provider.label if provider else host_of(original) if original else "",
        provider=provider,
        topics=tuple(_topics(article, listed)),
        kind=_KINDS.get((article.type or "").lower(), ""),
        duration=_clock(article.duration),
        excerpt=truncate(one_line(excerpt_of(article, Content.EXCERPT)), _EXCERPT_LENGTH),
        picture=picture_of(article),
        language=language,
        direction="rtl" if is_right_to_left(language) else None,
        coverage=tuple(coverage_of(other, page_path(other.id)) for other in story.others),
    )


def _provider(article: Article, listed: Mapping[int, Listed]) -> Link | None:
    provider = article.provider
    if provider is None:
        return None
    label = one_line(provider.name) or one_line(provider.domain)
    return Link(label, _path(Name(Kind.PROVIDER, provider.domain, label), listed))


def _topics(article: Article, listed: Mapping[int, Listed]) -> Iterable[Link]:
    for topic in article.topics:
        label = one_line(topic)
        if label:
            yield Link(label, _path(Name(Kind.TOPIC, fold(topic), topic), listed))


def _path(name: Name, listed: Mapping[int, Listed]) -> str | None:
    known = listed.get(name.key)
    return None if known is None else known.path


def _clock(seconds: int | None) -> str:
    """Say how long a film takes, as players do."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
