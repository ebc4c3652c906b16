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
    return _dumps(_plain(article))


def encode_with_digests(article: Article) -> tuple[str, bytes, bytes]:
    """Write `article`; give 16 bytes that tell what an entry shows from what it showed before, and 16 for all that is kept.

    What an entry shows is all but its place on disk, its own date of change and its marks.
    """
    plain = _plain(article)
    record = _dumps(plain)
    shown = {name: value for name, value in plain.items() if name not in _NOT_SHOWN}
    return record, _digest(_dumps(shown)), _digest(record)


def decode(record: str, updated: datetime) -> Article:
    """Read what `encode` wrote; `updated` is the entry's effective time of change."""
    return replace(_article(json.loads(record)), updated=updated)


_NOT_SHOWN = frozenset({"source", "path", "updated", "quality", "heat"})


def _dumps(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


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
