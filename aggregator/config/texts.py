"""Values that are text: taken as written, whatever YAML would make of No, 010 or 2021-01-01, and checked for what they stand for."""

import re
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, WithJsonSchema

from aggregator.config.cron import normalise_cron
from aggregator.config.written import did_you_mean, is_nothing, kind, quoted, suggestion
from aggregator.source.globs import compile_globs
from feeds.definition import Content, Order
from feeds.errors import SearchQueryError
from feeds.formats import FORMATS
from feeds.search_query import SearchQuery, parse_search_query
from feeds.slug import slug
from feeds.text import language_tag, legal

_ID = re.compile("[a-z0-9-]{1,100}")
_SOURCE_NAME = re.compile("[A-Za-z0-9_-]{1,100}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# Every automatic feed lies beside the configured ones; `all` is the one that lies among them.
_RESERVED_ID = "all"

# What `fields` can give another name. Never `secured`: nothing reads it, under whatever name.
ARTICLE_KEYS = (
    "title",
    "excerpt",
    "publishedDateTime",
    "updatedDateTime",
    "originalUrl",
    "webUrl",
    "id",
    "category",
    "type",
    "published",
    "removed",
    "deleted",
    "quality",
    "heat",
    "provider",
    "topics",
    "images",
    "related",
    "locale",
    "length",
    "featuredContent",
    "actions",
    "authors",
    "draft",
)

Choice = TypeVar("Choice", Content, Order)


def text_schema(**more: Any) -> WithJsonSchema:
    """Give the JSON Schema of text. Editors' YAML sees numbers and booleans where text as written is as good."""
    return WithJsonSchema({"type": ["string", "number", "boolean"], **more})


def text(value: object) -> str:
    """Give text as written, without the white space around it; raise ValueError where that is no text."""
    if not isinstance(value, str):
        raise ValueError(f"is {kind(value)}, expected text")  # noqa: TRY004  pydantic collects ValueError alone
    if is_nothing(value):
        hint = f"; to mean the word {value!r}, put it in quotation marks" if value else ""
        raise ValueError(f"is empty, expected text{hint}")
    if legal(value) != value:
        raise ValueError(f"{quoted(value)} holds a control character, expected printable text")
    return str(value).strip()


def some_text(value: object) -> str:
    """Give text as `text` does, but not the empty one."""
    found = text(value)
    if not found:
        raise ValueError("is empty, expected text")
    return found


def _identifier(value: object) -> str:
    word = some_text(value)
    if not _ID.fullmatch(word):
        better = slug(word)
        raise ValueError(
            f"{quoted(word)} is no id, expected at most 100 of a to z, 0 to 9 and -{did_you_mean(better)}"
        )
    return word


def _own_identifier(value: object) -> str:
    word = _identifier(value)
    if word == _RESERVED_ID:
        raise ValueError(f"{word!r} is the feed of everything, expected another id")
    return word


def _source_name(value: object) -> str:
    word = some_text(value)
    if not _SOURCE_NAME.fullmatch(word):
        raise ValueError(
            f"{quoted(word)} is no name of a source, expected at most 100 of A to Z, a to z, 0 to 9, _ and -"
        )
    return word


def _article_key(value: object) -> str:
    word = some_text(value)
    if word not in ARTICLE_KEYS:
        hint = suggestion(word, ARTICLE_KEYS) or f": {', '.join(ARTICLE_KEYS)}"
        raise ValueError(f"{quoted(word)} is no key of an article, expected one of those that are read{hint}")
    return word


def _foreign_key(value: object) -> str:
    word = some_text(value)
    if word == "secured":
        raise ValueError("'secured' is never read, expected another key")
    return word


def _language(value: object) -> str:
    word = some_text(value)
    tag = language_tag(word)
    if tag is None:
        raise ValueError(f"{quoted(word)} is no language tag (BCP 47), expected one such as en or de-CH")
    return tag


def _timezone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    word = some_text(value)
    try:
        return ZoneInfo(word)
    except (
        ValueError,
        OSError,
        KeyError,
    ) as error:  # KeyError: ZoneInfoNotFoundError; OSError: a folder of zones
        hint = suggestion(word, sorted(available_timezones()))
        raise ValueError(
            f"{quoted(word)} is no time zone, expected a name such as UTC or Europe/Berlin{hint}"
        ) from error


def _email(value: object) -> str:
    word = some_text(value)
    if not _EMAIL.fullmatch(word):
        raise ValueError(f"{quoted(word)} is no e-mail address, expected one such as desk@example.org")
    return word


def _pattern(value: object) -> str:
    word = some_text(value)
    if word.startswith("/") or ".." in word.split("/"):
        raise ValueError(
            f"{quoted(word)} leads out of the source's folder, expected a pattern below it such as **/*.md"
        )
    try:
        compile_globs([word])
    except re.error as error:
        raise ValueError(
            f"{quoted(word)} is no pattern, expected one such as **/*.md or 20[12]?/*.md"
        ) from error
    return word


def _format(value: object) -> str:
    word = some_text(value)
    if word not in FORMATS:
        raise ValueError(
            f"{quoted(word)} is no format, expected {_alternatives(FORMATS)}{suggestion(word, FORMATS)}"
        )
    return word


def _content(value: object) -> Content:
    return chosen(value, Content, "content")


def _order(value: object) -> Order:
    return chosen(value, Order, "order")


def chosen(value: object, choices: type[Choice], noun: str) -> Choice:
    """Give the one of `choices` that `value` names; raise ValueError where it names none."""
    word, known = some_text(value), [str(choice) for choice in choices]
    if word not in known:
        raise ValueError(
            f"{quoted(word)} is no {noun}, expected {_alternatives(known)}{suggestion(word, known)}"
        )
    return choices(word)


def _alternatives(words: Any) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def _cron(value: object) -> str:
    return normalise_cron(some_text(value))


def _query(value: object) -> SearchQuery:
    if isinstance(value, SearchQuery):
        return value
    try:
        return parse_search_query(some_text(value))
    except SearchQueryError as error:
        raise ValueError(str(error)) from error


Text = Annotated[str, BeforeValidator(text), text_schema()]
SomeText = Annotated[str, BeforeValidator(some_text), text_schema(pattern=r"\S")]
Identifier = Annotated[str, BeforeValidator(_identifier), text_schema(pattern="^[a-z0-9-]{1,100}$")]
OwnIdentifier = Annotated[
    str,
    BeforeValidator(_own_identifier),
    text_schema(pattern="^[a-z0-9-]{1,100}$", **{"not": {"const": _RESERVED_ID}}),
]
SourceName = Annotated[str, BeforeValidator(_source_name), text_schema(pattern="^[A-Za-z0-9_-]{1,100}$")]
ArticleKey = Annotated[
    str, BeforeValidator(_article_key), WithJsonSchema({"type": "string", "enum": list(ARTICLE_KEYS)})
]
ForeignKey = Annotated[str, BeforeValidator(_foreign_key), text_schema(**{"not": {"const": "secured"}})]
Language = Annotated[str, BeforeValidator(_language), text_schema(pattern="^[A-Za-z]")]
TimeZone = Annotated[ZoneInfo, BeforeValidator(_timezone), WithJsonSchema({"type": "string"})]
Email = Annotated[str, BeforeValidator(_email), WithJsonSchema({"type": "string", "pattern": "@"})]
Pattern = Annotated[str, BeforeValidator(_pattern), text_schema(pattern="^[^/]")]
FormatName = Annotated[
    str, BeforeValidator(_format), WithJsonSchema({"type": "string", "enum": list(FORMATS)})
]
ContentName = Annotated[
    Content, BeforeValidator(_content), WithJsonSchema({"type": "string", "enum": list(Content)})
]
OrderName = Annotated[Order, BeforeValidator(_order), WithJsonSchema({"type": "string", "enum": list(Order)})]
Cron = Annotated[str, BeforeValidator(_cron), WithJsonSchema({"type": "string"})]
Query = Annotated[SearchQuery, BeforeValidator(_query), text_schema(pattern=r"\S")]
