"""Explaining: what each criterion of a feed says of one article, with the value that it looked at; and how many articles each lets in.

Every verdict is the value of the very expression that select uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from aggregator.catalogue.criteria import DECIDING_COLUMNS, criteria
from aggregator.catalogue.tables import entries, entry_topics, names
from feeds.search_query import SearchQuery
from feeds.selection import Selection

# What a criterion looked at: names (of topics, of the provider …; of `match`, those of its terms that occur), a mark, or a date.
Found = tuple[str, ...] | int | datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion says of one article, and the value in the article that decided."""

    criterion: str
    holds: bool
    found: Found


@dataclass(frozen=True, slots=True)
class Tally:
    """How many public articles a selection lets in, and how many each of its criteria would by itself."""

    articles: int
    alone: Mapping[str, int]


def explain(
    connection: Connection, selection: Selection, as_of: datetime, key: int
) -> tuple[Verdict, ...] | None:
    """Give what each criterion says of the public article with this key; None where there is no such article."""
    named = list(criteria(selection, as_of))
    columns = [func.coalesce(expression, False) for _, expression in named]
    statement = select(entries, *columns).where(_public(), entries.c.key == key)
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    holds = row[len(entries.columns) :]
    return tuple(
        Verdict(name, bool(value), _found(connection, name, selection, row))
        for (name, _), value in zip(named, holds, strict=True)
    )


def tally(connection: Connection, selection: Selection, as_of: datetime) -> Tally:
    """Count what a selection lets in."""
    named = list(criteria(selection, as_of))
    columns: list[ColumnElement[Any]] = [func.count().filter(and_(True, *(one for _, one in named)))]  # noqa: FBT003  SQL's own
    columns += [func.count().filter(expression) for _, expression in named]
    total, *alone = connection.execute(select(*columns).select_from(entries).where(_public())).one()
    return Tally(total, dict(zip((name for name, _ in named), alone, strict=True)))


def values(connection: Connection, criterion: str) -> tuple[str, ...]:
    """Give every value, folded, that public articles have in the column that decides a criterion."""
    column = entries.c[DECIDING_COLUMNS[criterion]]
    statement = select(column).where(_public(), column.is_not(None)).distinct().order_by(column)
    return tuple(connection.execute(statement).scalars())


def _found(connection: Connection, criterion: str, selection: Selection, row: Row[Any]) -> Found:
    if criterion == "topics":
        return _topics(connection, row.key)
    if criterion == "match" and selection.match is not None:
        return _terms(connection, selection.match, row.key)
    value: Found | str = row._mapping[entries.c[DECIDING_COLUMNS[criterion]]]  # noqa: SLF001  public, in spite of its name
    return (value,) if isinstance(value, str) else value


def _topics(connection: Connection, key: int) -> tuple[str, ...]:
    statement = select(names.c.name).join_from(entry_topics, names, entry_topics.c.topic == names.c.key)
    statement = statement.where(entry_topics.c.key == key).order_by(names.c.folded)
    return tuple(connection.execute(statement).scalars())


def _terms(connection: Connection, query: SearchQuery, key: int) -> tuple[str, ...]:
    """Give the terms of `query` that occur in an article, by the expression of `match` for each alone."""
    terms = list(dict.fromkeys((*(term for group in query.all for term in group), *query.none)))
    queries = [Selection(match=SearchQuery(((term,),), ())) for term in terms]
    columns = [
        expression
        for one in queries
        for _, expression in criteria(one, datetime.min)  # noqa: DTZ901  match knows no time
    ]
    row = connection.execute(select(*columns).where(entries.c.key == key)).one()
    return tuple(term for term, occurs in zip(terms, row, strict=True) if occurs)


def _public() -> ColumnElement[bool]:
    return entries.c.withdrawn_at.is_(None)
