"""Paging: any stretch of all that fits a feed's selection, beyond what its document shows. For people, who turn pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func

from aggregator.catalogue.choosing import Chosen, first_of, rows_of
from feeds.definition import FeedDefinition


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many entries in a feed's order, and how many there are in all."""

    total: int
    chosen: Sequence[Chosen]


def stretch_of(
    connection: Connection, definition: FeedDefinition, as_of: datetime, start: int, count: int
) -> Stretch:
    """Give the entries of a feed from place `start` on, 0 the first, at most `count`; no bound for providers is regarded."""
    unbound = replace(definition, per_provider=None, limit=count)
    statement = first_of(unbound, as_of)
    every = statement.with_only_columns(func.count()).limit(None).order_by(None)
    total = connection.execute(every).scalar_one()
    return Stretch(total, rows_of(connection, statement.offset(start)) if start < total else ())
