"""Which entries a feed may show, in its order, as statements; and their articles. Used for reading, and for deciding what a ranking shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, func, or_, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.criteria import criteria, ordering
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import entries, entry_topics
from aggregator.catalogue.tables import records as record_table
from aggregator.entry import records
from aggregator.entry.keys import moment_of
from aggregator.entry.names import Kind, Name
from feeds.article import Article
from feeds.definition import FeedDefinition, Order
from feeds.selection import EVERYTHING, Names


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry that a document may show: its key, the generation of its last change, when it counts as updated, whose it is."""

    key: int
    revision: int
    updated: datetime
    provider: str


CHOSEN = (
    entries.c.key,
    entries.c.revision,
    entries.c.updated,
    func.coalesce(entries.c.provider, "").label("provider"),
)


def public() -> ColumnElement[bool]:
    """Give the condition that an entry is not withdrawn."""
    return entries.c.withdrawn_at.is_(None)


# A topic's own feed reads one range of one index; the general criterion would look at every article.
_OF_TOPICS = (
    select(*CHOSEN).where(public()).join_from(entry_topics, entries, entries.c.key == entry_topics.c.key)
)
_NEWEST_OF_TOPIC = (entry_topics.c.published.desc(), entry_topics.c.key)
_FIRST_OF_TOPIC = Ready(
    _OF_TOPICS.where(entry_topics.c.topic == bindparam("topic"))
    .order_by(*_NEWEST_OF_TOPIC)
    .limit(bindparam("limit", type_=Integer))
)


def rows_of(connection: Connection, statement: Select[Any]) -> Sequence[Chosen]:
    """Give what a statement of CHOSEN finds."""
    return [Chosen(*row) for row in connection.execute(statement)]


def first_rows(connection: Connection, definition: FeedDefinition, as_of: datetime) -> Sequence[Chosen]:
    """Give what `first_of` finds."""
    topic = _only_topic(definition)
    if topic is None or definition.per_provider is not None:
        return rows_of(connection, first_of(definition, as_of))
    rows = _FIRST_OF_TOPIC.rows(connection, topic=topic, limit=definition.limit)
    return [Chosen(key, revision, moment_of(updated), provider) for key, revision, updated, provider in rows]


def articles_of(connection: Connection, chosen: Sequence[Chosen]) -> tuple[Article, ...]:
    """Give the articles of entries, each with its effective `updated`."""
    found: dict[int, str] = {}
    for batch in batches([row.key for row in chosen]):
        statement = select(record_table).where(record_table.c.key.in_(batch))
        found.update((row.key, row.record) for row in connection.execute(statement))
    return tuple(records.decode(found[row.key], row.updated) for row in chosen)


def first_of(definition: FeedDefinition, as_of: datetime, keeping: Collection[int] = ()) -> Select[Any]:
    """Give the statement for the first entries of a feed, as its order, its limit and its bound for providers say.

    keeping  the keys of entries that the bound for providers lets pass
    """
    statement = select(*CHOSEN).where(public())
    order = ordering(definition.order)
    topic = _only_topic(definition)
    if topic is not None:
        statement = _OF_TOPICS.where(entry_topics.c.topic == topic)
        order = _NEWEST_OF_TOPIC
    else:
        statement = statement.where(*(expression for _, expression in criteria(definition.selection, as_of)))
    if definition.per_provider is None:
        return statement.order_by(*order).limit(definition.limit)
    ranked = statement.add_columns(
        func.row_number()
        .over(partition_by=func.coalesce(entries.c.provider, ""), order_by=order)
        .label("of_provider"),
        func.row_number().over(order_by=order).label("place"),
    ).subquery()
    chosen = select(ranked.c.key, ranked.c.revision, ranked.c.updated, ranked.c.provider).where(
        or_(ranked.c.of_provider <= definition.per_provider, ranked.c.key.in_(keeping))
    )
    return chosen.order_by(ranked.c.place).limit(definition.limit)


def _only_topic(definition: FeedDefinition) -> int | None:
    """Give the key of the topic when the feed is one topic's newest articles and nothing else."""
    wanted = definition.selection.topics
    if definition.order is not Order.NEWEST or len(wanted.any) != 1:
        return None
    if replace(definition.selection, topics=EVERYTHING.topics) != EVERYTHING or wanted != Names(
        any=wanted.any
    ):
        return None
    return Name(Kind.TOPIC, wanted.any[0], wanted.any[0]).key
