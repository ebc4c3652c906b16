"""The rows of entries: written when an article becomes public or changes, withdrawn when it is public no more, and forgotten in the end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, select, type_coerce

from aggregator.catalogue.batches import batches
from aggregator.catalogue.bulk import insert_rows
from aggregator.catalogue.deciding import Ruling, Standing, rule
from aggregator.catalogue.full_text import add_texts, remove_texts
from aggregator.catalogue.history import Memberships
from aggregator.catalogue.name_counts import NameCounts
from aggregator.catalogue.tables import Moment, entries, entry_topics
from aggregator.catalogue.tables import records as record_table
from aggregator.entry import records
from aggregator.entry.keys import microseconds
from aggregator.entry.names import Kind
from aggregator.entry.preparing import Prepared, unique_names, words_in


class EntryRows:
    """What one transaction does to entries, with the names they are counted under and the feeds they are members of.

    has_words      whether the full-text index is kept as well
    has_changed    whether anything readers see has changed
    has_withdrawn  whether anything was withdrawn
    """

    def __init__(
        self,
        connection: Connection,
        memberships: Memberships,
        generation: int,
        now: datetime,
        *,
        has_words: bool,
    ) -> None:
        self._connection = connection
        self._memberships = memberships
        self._number = generation
        self._now, self._now_number = now, microseconds(now)
        self._has_words = has_words
        self._names = NameCounts()
        self.has_changed = False
        self.has_withdrawn = False

    def write(self, chosen: Mapping[int, Prepared], *, are_new: bool) -> None:
        """Write what counts now, by the key of its identity; `are_new` where none of them can be there already."""
        standing = {} if are_new else self._standing(sorted(chosen))
        rulings = {key: rule(article, standing.get(key), self._now_number) for key, article in chosen.items()}
        changed = {key: ruling for key, ruling in rulings.items() if ruling is not None}
        if not changed:
            return
        self.has_changed = True
        known = sorted(changed.keys() & standing.keys())
        self._memberships.touch(known)
        self._forget(known)
        self._insert({key: (chosen[key], ruling) for key, ruling in changed.items()})
        returned = [key for key in known if standing[key].withdrawn_at is not None]
        edited = [key for key in known if changed[key].updated > standing[key].updated]
        self._memberships.follow({key: chosen[key] for key in changed}, returned, edited)

    def withdraw(self, keys: Sequence[int]) -> None:
        """Take entries from the public; what stays is what a retraction needs."""
        for batch in batches(keys):
            theirs = (entries.c.key.in_(batch), entries.c.withdrawn_at.is_(None))
            public = self._connection.execute(select(entries.c.key).where(*theirs)).scalars().all()
            if not public:
                continue
            self.has_changed = self.has_withdrawn = True
            self._memberships.touch(public)
            public = self._forget_unseen(public)
            if not public:
                continue
            self._discount(public)
            self._connection.execute(record_table.delete().where(record_table.c.key.in_(public)))
            remove_texts(self._connection, public)
            values = {"withdrawn_at": self._now, "revision": self._number}
            self._connection.execute(entries.update().where(entries.c.key.in_(public)).values(**values))

    def purge(self, keep_withdrawn: timedelta) -> None:
        """Forget what was withdrawn so long ago that every reader has been told."""
        before = self._now - keep_withdrawn
        statement = select(entries.c.key).where(entries.c.withdrawn_at < before)
        keys = self._connection.execute(statement).scalars().all()
        if not keys:
            return
        self.has_changed = True
        self._memberships.touch(keys)
        self._memberships.remove(keys)
        for batch in batches(keys):
            for table in (entries, entry_topics):
                self._connection.execute(table.delete().where(table.c.key.in_(batch)))

    def write_names(self) -> None:
        """Write how often each name is used now."""
        self._names.write(self._connection)

    def _insert(self, chosen: Mapping[int, tuple[Prepared, Ruling]]) -> None:
        articles = [article for article, _ in chosen.values()]
        insert_rows(self._connection, entries, [self._entry_row(*pair) for pair in chosen.values()])
        insert_rows(self._connection, record_table, [(one.key, one.record) for one in articles])
        insert_rows(self._connection, entry_topics, [row for one in articles for row in _topic_rows(one)])
        if self._has_words:
            add_texts(self._connection, [(one.key, *(one.words or words_in(one.record))) for one in articles])
        self._names.add(chain.from_iterable(one.names for one in articles))

    def _entry_row(self, article: Prepared, ruling: Ruling) -> tuple[Any, ...]:
        return (
            article.key,
            article.identity,
            article.source,
            article.path,
            article.published,
            ruling.updated,
            ruling.first_seen,
            None,
            self._number,
            article.content,
            article.whole,
            article.category,
            article.type,
            article.language,
            article.provider,
            article.quality,
            article.heat,
            article.has_own_page,
        )

    def _forget_unseen(self, keys: Sequence[int]) -> Sequence[int]:
        """Forget entries that this very refresh made: nobody has seen them, so nobody is to be told. Give the others."""
        made_now = (entries.c.revision == self._number, entries.c.first_seen == self._now)
        unseen = set(
            self._connection.execute(
                select(entries.c.key).where(entries.c.key.in_(keys), *made_now)
            ).scalars()
        )
        self._forget(sorted(unseen))
        self._memberships.remove(sorted(unseen))
        return [key for key in keys if key not in unseen]

    def _forget(self, keys: Sequence[int]) -> None:
        for batch in batches(keys):
            self._discount(batch)
            for table in (entries, record_table, entry_topics):
                self._connection.execute(table.delete().where(table.c.key.in_(batch)))
            remove_texts(self._connection, batch)

    def _discount(self, keys: Sequence[int]) -> None:
        statement = select(record_table.c.record).where(record_table.c.key.in_(keys))
        for record in self._connection.execute(statement).scalars():
            self._names.subtract(unique_names(records.decode(record, self._now)))

    def _standing(self, keys: Sequence[int]) -> dict[int, Standing]:
        columns = [entries.c[name] for name in Standing.__slots__]
        wanted = [
            type_coerce(column, BigInteger) if isinstance(column.type, Moment) else column
            for column in columns
        ]
        found = {}
        for batch in batches(keys):
            for key, *values in self._connection.execute(
                select(entries.c.key, *wanted).where(entries.c.key.in_(batch))
            ):
                found[key] = Standing(**dict(zip(Standing.__slots__, values, strict=True)))
        return found


def _topic_rows(article: Prepared) -> Iterator[tuple[int, int, int]]:
    for name, key in zip(article.names, article.name_keys, strict=True):
        if name.kind is Kind.TOPIC:
            yield key, article.published, article.key
