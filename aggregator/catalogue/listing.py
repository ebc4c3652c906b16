"""Listing: the names that articles stand under, which are topics, providers and categories, as readers see them."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.tables import names
from aggregator.entry.names import Kind, Listed, Name

# Asked for each document of a name.
_NAMED = Ready(
    select(names.c.folded, names.c.name, names.c.slug, names.c.articles).where(
        names.c.kind == bindparam("kind"),
        names.c.slug == bindparam("slug"),
        names.c.peak >= bindparam("peak"),
    )
)


def listed(connection: Connection, kind: Kind, min_articles: int) -> tuple[Listed, ...]:
    """Give every name of a kind that ever had so many public articles at once, by slug."""
    statement = select(names).where(names.c.kind == kind, names.c.peak >= min_articles).order_by(names.c.slug)
    return tuple(_listed(row) for row in connection.execute(statement))


def named(connection: Connection, kind: Kind, slug: str, min_articles: int) -> Listed | None:
    """Give the name with this slug, None where there is none with so many articles."""
    rows = _NAMED.rows(connection, kind=str(kind), slug=slug, peak=min_articles)
    if not rows:
        return None
    folded, name, slug, articles = rows[0]
    return Listed(kind=kind, folded=folded, name=name, slug=slug, articles=articles)


def listed_by_key(connection: Connection, keys: Collection[int], min_articles: int) -> Mapping[int, Listed]:
    """Give names by their keys, those that ever had so many articles."""
    found: dict[int, Listed] = {}
    for batch in batches(sorted(keys)):
        statement = select(names).where(names.c.key.in_(batch), names.c.peak >= min_articles)
        found.update((row.key, _listed(row)) for row in connection.execute(statement))
    return found


def spelling(connection: Connection, kind: Kind, folded: str) -> str | None:
    """Give the spelling of a name that most public articles use, or used last; None where none ever had that name."""
    statement = select(names.c.name).where(names.c.key == Name(kind, folded, folded).key)
    return connection.execute(statement).scalar_one_or_none()


def _listed(row: Row[Any]) -> Listed:
    return Listed(kind=Kind(row.kind), folded=row.folded, name=row.name, slug=row.slug, articles=row.articles)
