"""An Article as the text that the catalogue keeps, and back; the same article gives the same text.

The text is a JSON array of the fields in an order of their own, nested as they are. Another order, or another field, is another schema
(tables.SCHEMA_VERSION).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any, TypeVar

import orjson

from feeds.article import Action, Article, Author, Image, Provider, Related

_IMAGE = ("url", "width", "height", "title", "attribution", "is_cached")
_AUTHOR = ("name", "email", "url")
_ACTION = ("url", "type", "title", "length")
# What an entry shows: all but the article's place on disk, its own date of change and its marks, which come last.
_SHOWN = (
    "id",
    "title",
    "published",
    "excerpt",
    "body",
    "featured_content",
    "link",
    "original_url",
    "category",
    "type",
    "language",
    "duration",
    "topics",
    "is_published",
    "is_removed",
)
_NOT_SHOWN = ("source", "path", "updated", "quality", "heat")
_SHORT = ("title", "link", "excerpt", "published", "type", "quality")

_image, _author, _action = attrgetter(*_IMAGE), attrgetter(*_AUTHOR), attrgetter(*_ACTION)
_shown, _not_shown, _short = attrgetter(*_SHOWN), attrgetter(*_NOT_SHOWN), attrgetter(*_SHORT)

T = TypeVar("T")


def encode(article: Article) -> tuple[str, bytes, bytes]:
    """Write `article` as JSON text; give 16 bytes that tell what an entry shows from what it showed before, and 16 for all of the text."""
    shown = orjson.dumps(
        (
            *_shown(article),
            _plain_provider(article.provider),
            [_author(author) for author in article.authors],
            [_image(image) for image in article.images],
            [_plain_related(related) for related in article.related],
            [_action(action) for action in article.actions],
        )
    )
    record = b"[%b,%b]" % (shown, orjson.dumps(_not_shown(article)))
    return record.decode(), _digest(shown), _digest(record)


def decode(record: str, updated: datetime | None) -> Article:
    """Read what `encode` wrote; `updated` is the entry's effective time of change."""
    shown, (source, path, _, quality, heat) = orjson.loads(record)
    *plain, provider, authors, images, related, actions = shown
    values = dict(zip(_SHOWN, plain, strict=True))
    values["published"] = datetime.fromisoformat(values["published"])
    values["topics"] = tuple(values["topics"])
    return Article(
        **values,
        source=source,
        path=path,
        updated=updated,
        quality=quality,
        heat=heat,
        provider=_provider(provider),
        authors=tuple(_built(Author, _AUTHOR, author) for author in authors),
        images=_images(images),
        related=tuple(_related(one) for one in related),
        actions=tuple(_built(Action, _ACTION, action) for action in actions),
    )


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


def _plain_provider(provider: Provider | None) -> tuple[Any, ...] | None:
    if provider is None:
        return None
    images, authors = map(_image, provider.images), map(_author, provider.authors)
    return provider.name, provider.domain, list(images), list(authors)


def _plain_related(related: Related) -> tuple[Any, ...]:
    images = [_image(image) for image in related.images]
    return *_short(related), _plain_provider(related.provider), images


def _built(kind: Callable[..., T], names: Sequence[str], values: Sequence[Any]) -> T:
    return kind(**dict(zip(names, values, strict=True)))


def _images(plain: Sequence[Any]) -> tuple[Image, ...]:
    return tuple(_built(Image, _IMAGE, image) for image in plain)


def _provider(plain: Sequence[Any] | None) -> Provider | None:
    if plain is None:
        return None
    name, domain, images, authors = plain
    people = tuple(_built(Author, _AUTHOR, author) for author in authors)
    return Provider(name=name, domain=domain, images=_images(images), authors=people)


def _related(plain: Sequence[Any]) -> Related:
    title, link, excerpt, published, kind, quality, provider, images = plain
    return Related(
        title=title,
        link=link,
        excerpt=excerpt,
        published=None if published is None else datetime.fromisoformat(published),
        type=kind,
        quality=quality,
        provider=_provider(provider),
        images=_images(images),
    )
