"""First load: what is done otherwise while an empty catalogue is filled, of which nobody reads anything yet.

Indices are made once all rows are there, from what is sorted then: kept up to date row by row, they took a fifth of what a first load
of 100,000 files writes (measured). The words of the articles are indexed after it, unless a feed asks for words.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Index, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.full_text import add_texts, missing_texts
from aggregator.catalogue.tables import entries, entry_topics, files, generations, memberships, records
from aggregator.entry.preparing import words_in
from feeds.definition import FeedDefinition

# By it a first load finds the files with one identity.
_NEEDED = "files_by_key"


def drop_indices(connection: Connection) -> None:
    """Do without the indices that only readers and later refreshes need."""
    for index in _indices():
        index.drop(connection)


def create_indices_of_articles(connection: Connection) -> None:
    """Make them again, but for those of the members of feeds, who are found by these."""
    for index in _indices():
        if index.table is not memberships:
            index.create(connection)


def create_indices_of_members(connection: Connection) -> None:
    """Make the others."""
    for index in _indices():
        if index.table is memberships:
            index.create(connection)


def asks_for_words(definitions: Sequence[FeedDefinition]) -> bool:
    """Tell whether any feed is chosen by full text."""
    return any(definition.selection.match is not None for definition in definitions)


def complete_words(connection: Connection) -> None:
    """Index the words of every public article that is not in the full-text index yet."""
    for batch in batches(missing_texts(connection)):
        rows = connection.execute(select(records).where(records.c.key.in_(batch))).all()
        add_texts(connection, [(row.key, *words_in(row.record)) for row in rows])
    connection.execute(generations.update().values(has_words=True))


def _indices() -> Iterator[Index]:
    for table in (files, entries, records, entry_topics, memberships):
        yield from sorted(
            (index for index in table.indexes if index.name != _NEEDED), key=lambda index: str(index.name)
        )
