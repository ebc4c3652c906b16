"""An Article as the text that the catalogue keeps, and back. Absent values are left out; the same article gives the same text."""

import json
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from feeds.article import Action, Article, Author, Image, Provider, Related


def encode(article: Article) -> str:
    """Write `article` as JSON text."""
    return json.dumps(_plain(article), ensure_ascii=False, separators=(",", ":"))


def decode(record: str, updated: datetime) -> Article:
    """Read what `encode` wrote; `updated` is the entry's effective time of change."""
    return replace(_article(json.loads(record)), updated=updated)


def digest(text: str) -> bytes:
    """Give 16 bytes that tell one record from another."""
    return blake2b(text.encode(), digest_size=16).digest()


def content_digest(article: Article) -> bytes:
    """Give the digest of what an entry shows: without its place on disk, its own dates of change and its marks."""
    shown = replace(article, source="", path="", updated=None, quality=None, heat=None)
    return digest(encode(shown))


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        return {name: _plain(item) for name, item, default in named if default is MISSING or item != default}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _article(plain: dict[str, Any]) -> Article:
    return Article(
        **plain
        | {
            "published": datetime.fromisoformat(plain["published"]),
            "updated": _moment(plain.get("updated")),
            "provider": _provider(plain.get("provider")),
            "authors": tuple(Author(**author) for author in plain.get("authors", ())),
            "topics": tuple(plain.get("topics", ())),
            "images": _images(plain),
            "related": tuple(_related(related) for related in plain.get("related", ())),
            "actions": tuple(Action(**action) for action in plain.get("actions", ())),
        }
    )


def _provider(plain: dict[str, Any] | None) -> Provider | None:
    if plain is None:
        return None
    authors = tuple(Author(**author) for author in plain.get("authors", ()))
    return Provider(**plain | {"images": _images(plain), "authors": authors})


def _related(plain: dict[str, Any]) -> Related:
    return Related(
        **plain
        | {
            "published": _moment(plain.get("published")),
            "provider": _provider(plain.get("provider")),
            "images": _images(plain),
        }
    )


def _images(plain: dict[str, Any]) -> tuple[Image, ...]:
    return tuple(Image(**image) for image in plain.get("images", ()))
