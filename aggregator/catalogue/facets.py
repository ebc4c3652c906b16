"""Facets: how what a search finds is spread over topics, providers, types and time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from aggregator.catalogue.choosing import public
from aggregator.catalogue.criteria import Expression, criteria
from aggregator.catalogue.tables import entries, entry_topics
from feeds.selection import Selection


def count_topics(
    connection: Connection, selection: Selection, as_of: datetime, most: int
) -> Sequence[tuple[int, int]]:
    """Give the topics of what `selection` lets in, as key and number of articles, those with the most first."""
    count = func.count()
    statement = (
        select(entry_topics.c.topic, count)
        .join_from(entries, entry_topics, entry_topics.c.key == entries.c.key)
        .where(public(), *_expressions(selection, as_of))
        .group_by(entry_topics.c.topic)
        .order_by(count.desc(), entry_topics.c.topic)
        .limit(most)
    )
    return [(topic, number) for topic, number in connection.execute(statement)]


def count_values(
    connection: Connection, selection: Selection, as_of: datetime, column: str, most: int
) -> Sequence[tuple[str, int]]:
    """Give the same for a column of entries, such as `provider` or `type`."""
    count, value = func.count(), entries.c[column]
    statement = (
        select(value, count)
        .where(public(), value.is_not(None), *_expressions(selection, as_of))
        .group_by(value)
        .order_by(count.desc(), value)
        .limit(most)
    )
    return [(name, number) for name, number in connection.execute(statement)]


def count_since(
    connection: Connection, selection: Selection, as_of: datetime, times: Iterable[datetime]
) -> Mapping[datetime, int]:
    """Count what was published at or after each of these times."""
    times = tuple(times)
    counts = [func.count().filter(entries.c.published >= time) for time in times]
    statement = select(*counts).where(public(), *_expressions(selection, as_of))
    return dict(zip(times, connection.execute(statement).one(), strict=True))


def _expressions(selection: Selection, as_of: datetime) -> list[Expression]:
    return [expression for _, expression in criteria(selection, as_of)]
