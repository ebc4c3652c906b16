"""A Selection as SQL: one expression a criterion, in one place, so that select, fingerprint and explain can't disagree."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, column, exists, literal_column, not_, or_, select, table

from aggregator.catalogue.tables import entries, entry_topics
from aggregator.entry.names import Kind, Name
from feeds.definition import Order
from feeds.search_query import SearchQuery
from feeds.selection import Names, Selection

Expression = ColumnElement[bool]

# The column of `entries` that decides a criterion; those that are not here look into other tables.
DECIDING_COLUMNS = {
    "providers": "provider",
    "categories": "category",
    "types": "type",
    "languages": "language",
    "sources": "source",
    "min_quality": "quality",
    "min_heat": "heat",
    "max_age": "published",
    "since": "published",
}

# The full-text index is SQLite's FTS5, which SQLAlchemy has no type for; its statements stand in full_text.py.
_text_index = table("entry_text", column("rowid"))


def criteria(selection: Selection, as_of: datetime) -> Iterator[tuple[str, Expression]]:
    """Give each criterion that `selection` sets: its name in a feed's `where`, and the expression over `entries` that decides it.

    `as_of` is the time from which `max_age` counts back.
    """
    if selection.topics:
        yield "topics", _topics(selection.topics)
    for name, wanted in _conditions(selection):
        if wanted:
            yield name, _names(_column(name), wanted)
    if selection.min_quality is not None:
        yield "min_quality", _column("min_quality") >= selection.min_quality
    if selection.min_heat is not None:
        yield "min_heat", _column("min_heat") >= selection.min_heat
    if selection.max_age is not None:
        yield "max_age", _column("max_age") >= as_of - selection.max_age
    if selection.since is not None:
        yield "since", _column("since") >= selection.since
    if selection.match is not None:
        yield "match", _match(selection.match)


def _conditions(selection: Selection) -> Iterator[tuple[str, Names]]:
    for name in ("providers", "categories", "types", "languages", "sources"):
        yield name, getattr(selection, name)


def _column(criterion: str) -> ColumnElement[Any]:
    return entries.c[DECIDING_COLUMNS[criterion]]


def _names(value: ColumnElement[Any], names: Names) -> Expression:
    """Compare a column that holds one folded name, or NULL, which is none of any names."""
    parts: list[Expression] = []
    if names.any:
        parts.append(value.in_(names.any))
    parts += [value == name for name in names.all]
    if names.none:
        parts.append(or_(value.is_(None), value.not_in(names.none)))
    return and_(*parts)


def _topics(names: Names) -> Expression:
    parts: list[Expression] = []
    if names.any:
        parts.append(_has_topic(names.any))
    parts += [_has_topic((name,)) for name in names.all]
    if names.none:
        parts.append(not_(_has_topic(names.none)))
    return and_(*parts)


def _has_topic(folded: tuple[str, ...]) -> Expression:
    keys = [Name(Kind.TOPIC, name, name).key for name in folded]
    return exists().where(entry_topics.c.key == entries.c.key, entry_topics.c.topic.in_(keys))


def _match(query: SearchQuery) -> Expression:
    matching = select(_text_index.c.rowid).where(
        literal_column("entry_text").op("MATCH")(full_text_query(query))
    )
    return entries.c.key.in_(matching)


def full_text_query(query: SearchQuery) -> str:
    """Write `query` in the language of FTS5 (sqlite.org/fts5.html section 3), every term quoted, so no text of it is syntax."""
    wanted = " AND ".join("(" + " OR ".join(map(_quoted, group)) + ")" for group in query.all)
    if not query.none:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(map(_quoted, query.none))})"


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def ordering(order: Order) -> tuple[ColumnElement[Any], ...]:
    """Give the columns that order a feed: down to the key, so that the order is total and the same everywhere."""
    newest = (entries.c.published.desc(), entries.c.key)
    quality, heat = entries.c.quality.desc().nulls_last(), entries.c.heat.desc().nulls_last()
    return {
        Order.NEWEST: newest,
        Order.UPDATED: (entries.c.updated.desc(), entries.c.key),
        Order.HOTTEST: (heat, *newest),
        Order.BEST: (quality, heat, *newest),
    }[order]
