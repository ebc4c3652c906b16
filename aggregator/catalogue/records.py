"""An Article as the text that the catalogue keeps, and back. Absent values are left out; the same article gives the same text."""

import json
from collections.abc import Hashable
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from feeds.article import Action, Article, Author, Image, Provider, Related


def encode(article: Article) -> tuple[str, bytes, bytes]:
    """Write `article` as JSON text; give 16 bytes that tell what an entry shows from what it showed before, and 16 for all of the text.

    What an entry shows is all but its place on disk, its own date of change and its marks.
    """
    shown = _plain_fields(article)
    others = {name: shown.pop(name) for name in _NOT_SHOWN if name in shown}
    text = _dumps(shown)
    # Two objects written as one: what is shown need not be written twice for its digest.
    record = f"{text[:-1]},{_dumps(others)[1:]}"
    return record, _digest(text), _digest(record)


def decode(record: str, updated: datetime | None) -> Article:
    """Read what `encode` wrote; `updated` is the entry's effective time of change."""
    return replace(_article(json.loads(record)), updated=updated)


_NOT_SHOWN = ("source", "path", "updated", "quality", "heat")
_WRITTEN_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _digest(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


@cache
def _defaults(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))  # type: ignore[arg-type]  # a class


def _plain_fields(value: Any) -> dict[str, Any]:
    found = {}
    for name, default in _defaults(value.__class__):
        item = getattr(value, name)
        if item is not default and item != default:
            found[name] = item if type(item) in _WRITTEN_AS_THEY_ARE else _plain(item)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [item if type(item) in _WRITTEN_AS_THEY_ARE else _plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else _plain_fields(value)


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
