"""How often names are used, kept up to date by differences: the cost is that of the change, not of the archive."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from aggregator.catalogue.batches import batches
from aggregator.catalogue.tables import names, spellings
from aggregator.entry.names import Kind, Name
from feeds.slug import slug, slug_with_suffix


class NameCounts:
    """The differences of one transaction."""

    def __init__(self) -> None:
        self._differences: Counter[Name] = Counter()

    def add(self, names: Iterable[Name]) -> None:
        """Count the names of articles that became public."""
        self._differences.update(names)

    def subtract(self, names: Iterable[Name]) -> None:
        """Count the names of articles that are public no more."""
        self._differences.subtract(names)

    def write(self, connection: Connection) -> None:
        """Write the differences."""
        self._write_spellings(connection)
        by_key = {name.key: name for name in self._differences}
        keys = sorted(by_key)
        known, usages = _known(connection, keys), _usages(connection, keys)
        unused = _Usage(0, "")
        _update(connection, {key: usages.get(key, unused) for key in known}, known)
        fresh = sorted(
            (by_key[key] for key in usages.keys() - known.keys()), key=lambda name: (name.kind, name.folded)
        )
        for name in fresh:
            _insert(connection, name, usages[name.key])

    def _write_spellings(self, connection: Connection) -> None:
        rows = [
            {"key": name.key, "spelling": name.spelling, "articles": difference}
            for name, difference in self._differences.items()
            if difference
        ]
        if rows:
            added = insert(spellings)
            total = spellings.c.articles + added.excluded.articles
            connection.execute(added.on_conflict_do_update(set_={"articles": total}), rows)
        connection.execute(spellings.delete().where(spellings.c.articles <= 0))


@dataclass(frozen=True, slots=True)
class _Usage:
    """How many articles use a name, and the spelling that most of them use (of equals, the first)."""

    articles: int
    spelling: str


def _known(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    found = {}
    for batch in batches(keys):
        found.update(
            {row.key: row.name for row in connection.execute(select(names).where(names.c.key.in_(batch)))}
        )
    return found


def _usages(connection: Connection, keys: Sequence[int]) -> dict[int, _Usage]:
    """Give how each name is used, by its key; those that no article uses are left out."""
    found: dict[int, _Usage] = {}
    for batch in batches(keys):
        statement = select(spellings).where(spellings.c.key.in_(batch))
        for row in connection.execute(statement.order_by(spellings.c.articles.desc(), spellings.c.spelling)):
            first = found.get(row.key)
            found[row.key] = _Usage(
                (first.articles if first else 0) + row.articles, first.spelling if first else row.spelling
            )
    return found


def _update(connection: Connection, usages: Mapping[int, _Usage], known: Mapping[int, str]) -> None:
    rows = [
        {"which": key, "spelt": usage.spelling or known[key], "used": usage.articles}
        for key, usage in usages.items()
    ]
    if rows:
        used = bindparam("used", type_=names.c.articles.type)
        values = {
            "name": bindparam("spelt"),
            "articles": used,
            "peak": func.max(names.c.peak, used),
        }
        connection.execute(names.update().where(names.c.key == bindparam("which")).values(**values), rows)


def _insert(connection: Connection, name: Name, usage: _Usage) -> None:
    values = {
        "kind": name.kind,
        "folded": name.folded,
        "name": usage.spelling,
        "articles": usage.articles,
        "peak": usage.articles,
    }
    connection.execute(names.insert().values(key=name.key, slug=_free_slug(connection, name), **values))


def _free_slug(connection: Connection, name: Name) -> str:
    """Give a slug that no other name of this kind has. Once given it stays, so an address never changes hands."""
    wanted = name.folded if name.kind is Kind.PROVIDER else slug(name.folded)
    taken = select(names.c.key).where(names.c.kind == name.kind, names.c.slug == wanted)
    return wanted if connection.execute(taken).first() is None else slug_with_suffix(name.folded)
