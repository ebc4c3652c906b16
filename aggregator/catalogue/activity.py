"""Activity: how many articles each topic or provider had a week, and which of them had the most."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, func, literal, select, type_coerce

from aggregator.catalogue.choosing import public
from aggregator.catalogue.tables import entries, entry_topics
from aggregator.entry.keys import microseconds
from aggregator.entry.names import Kind, Name

_WEEK = timedelta(weeks=1)
_WEEK_MICROSECONDS = _WEEK // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """So many weeks, the last of which ends with `until` (aware, UTC)."""

    until: datetime
    weeks: int

    @property
    def start(self) -> datetime:
        """When the first week begins; what was published right then is left out."""
        return self.until - self.weeks * _WEEK


def weekly(connection: Connection, kind: Kind, span: Span) -> Mapping[int, Sequence[int]]:
    """Give the articles of each week, the oldest first, by the key of the name; names without any in that time are left out."""
    named = {
        Kind.TOPIC: entry_topics.c.topic,
        Kind.PROVIDER: entries.c.provider,
        Kind.CATEGORY: entries.c.category,
    }[kind]
    week, published = _week(span), entries.c.published
    statement = (
        select(named, week, func.count())
        .where(public(), named.is_not(None), published > span.start, published <= span.until)
        .group_by(named, week)
    )
    if kind is Kind.TOPIC:
        statement = statement.join_from(entries, entry_topics, entry_topics.c.key == entries.c.key)
    found: defaultdict[int, list[int]] = defaultdict(lambda: [0] * span.weeks)
    for name, place, count in connection.execute(statement):
        key = name if kind is Kind.TOPIC else Name(kind, name, name).key
        found[key][place] = count
    return found


def busiest(activity: Mapping[int, Sequence[int]], most: int) -> Sequence[int]:
    """Give the keys of the names with the most articles in that time, those first."""
    return sorted(activity, key=lambda key: (-sum(activity[key]), key))[:most]


def _week(span: Span) -> ColumnElement[int]:
    # Counted back from the end, so that the last moment is within the last week.
    ago = literal(microseconds(span.until)) - type_coerce(entries.c.published, BigInteger)
    return (span.weeks - 1 - ago // _WEEK_MICROSECONDS).label("week")
