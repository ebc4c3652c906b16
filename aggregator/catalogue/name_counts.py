"""How often names are used, kept up to date by differences: the cost is that of the change, not of the archive."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.names import Kind, Name, names_of
from aggregator.catalogue.tables import names, spellings
from feeds.article import Article
from feeds.slug import slug, slug_with_suffix


class NameCounts:
    """The differences of one transaction."""

    def __init__(self) -> None:
        self._differences: Counter[Name] = Counter()

    def count(self, article: Article, difference: int) -> None:
        """Count an article that became public (1) or is so no more (-1)."""
        for name in names_of(article):
            self._differences[name] += difference

    def write(self, connection: Connection, changed: datetime | None) -> None:
        """Write the differences; `changed` is the time to note for every name concerned."""
        self._write_spellings(connection)
        by_key = {name.key: name for name in self._differences}
        known = _known(connection, sorted(by_key))
        for name in sorted(by_key.values(), key=lambda name: (name.kind, name.folded)):
            total, spelling = _usage(connection, name.key)
            if name.key in known:
                values = {"name": spelling or known[name.key], "articles": total, "changed": changed}
                statement = names.update().where(names.c.key == name.key).values(**values)
                connection.execute(statement.values(peak=func.max(names.c.peak, total)))
            elif total:
                _insert(connection, name, spelling, total, changed)

    def _write_spellings(self, connection: Connection) -> None:
        for name, difference in self._differences.items():
            same = (spellings.c.key == name.key, spellings.c.spelling == name.spelling)
            statement = spellings.update().where(*same).values(articles=spellings.c.articles + difference)
            if not connection.execute(statement).rowcount and difference:
                connection.execute(
                    spellings.insert().values(key=name.key, spelling=name.spelling, articles=difference)
                )
        connection.execute(spellings.delete().where(spellings.c.articles <= 0))


def _known(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    found = {}
    for batch in batches(keys):
        found.update(
            {row.key: row.name for row in connection.execute(select(names).where(names.c.key.in_(batch)))}
        )
    return found


def _usage(connection: Connection, key: int) -> tuple[int, str]:
    """Give how many articles use a name, and the spelling that most of them use (of equals, the first)."""
    statement = select(spellings.c.articles, spellings.c.spelling).where(spellings.c.key == key)
    rows = connection.execute(statement.order_by(spellings.c.articles.desc(), spellings.c.spelling)).all()
    return sum(row.articles for row in rows), rows[0].spelling if rows else ""


def _insert(connection: Connection, name: Name, spelling: str, total: int, changed: datetime | None) -> None:
    values = {
        "kind": name.kind,
        "folded": name.folded,
        "name": spelling,
        "articles": total,
        "peak": total,
        "changed": changed,
    }
    connection.execute(names.insert().values(key=name.key, slug=_free_slug(connection, name), **values))


def _free_slug(connection: Connection, name: Name) -> str:
    """Give a slug that no other name of this kind has. Once given it stays, so an address never changes hands."""
    wanted = name.folded if name.kind is Kind.PROVIDER else slug(name.folded)
    taken = select(names.c.key).where(names.c.kind == name.kind, names.c.slug == wanted)
    return wanted if connection.execute(taken).first() is None else slug_with_suffix(name.folded)
