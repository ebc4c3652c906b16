"""Writer: what was read from the files becomes the next generation, in one transaction.

A batch at a time, so that memory stays flat however many files there are; whatever a batch can't decide alone (two files with
one identity, a file that is gone) is settled before the end.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Row, func, select, type_coerce

from aggregator.catalogue.appearances import note_changes
from aggregator.catalogue.batches import batches
from aggregator.catalogue.bulk import insert_rows
from aggregator.catalogue.criteria import criteria
from aggregator.catalogue.deciding import Claim, Ruling, Standing, rule, unripe, winner
from aggregator.catalogue.first_load import (
    asks_for_words,
    complete_words,
    create_indices_of_articles,
    create_indices_of_members,
    drop_indices,
)
from aggregator.catalogue.full_text import add_texts, remove_texts
from aggregator.catalogue.history import Memberships, close_archives, feed_key
from aggregator.catalogue.name_counts import NameCounts
from aggregator.catalogue.origins import Origins
from aggregator.catalogue.rankings import settle_rankings
from aggregator.catalogue.tables import (
    Moment,
    entries,
    entry_topics,
    feeds,
    files,
    generations,
    sources,
)
from aggregator.catalogue.tables import records as record_table
from aggregator.entry import records
from aggregator.entry.keys import microseconds
from aggregator.entry.names import Kind
from aggregator.entry.preparing import Prepared, unique_names, words_in
from aggregator.stamp import Stamp
from feeds.article import State, state_of
from feeds.definition import FeedDefinition

BROKEN = "broken"
SKIPPED = "skipped"

# Source and path.
_Place = tuple[str, str]
# The state of a file, the key of its article, its rank and when it is due, as the database keeps them.
_Claim = tuple[str, int | None, int | None, int | None]


class FileRead(NamedTuple):
    """What reading a file gave: an article, or none and problems (it keeps its last good version), or neither (no article).

    digest  16 bytes that tell its content from others
    origin  SOURCE/PATH from which the identity comes, None where it does not come from a place or the file has not moved
    """

    source: str
    path: str
    stamp: Stamp
    article: Prepared | None
    has_problems: bool
    digest: bytes = b""
    origin: str | None = None


class Writer:
    """One transaction's work. Made by `Catalogue.writing()`, which commits it whole or not at all."""

    def __init__(
        self,
        connection: Connection,
        definitions: Sequence[FeedDefinition],
        now: datetime,
        keep_withdrawn: timedelta,
        *,
        words_later: bool = False,
    ) -> None:
        self._connection = connection
        self._definitions = definitions
        self._now, self._now_number = now, microseconds(now)
        self._keep_withdrawn = keep_withdrawn
        self._new_feeds: set[str] = set()
        self._redefined: set[str] = set()
        row = connection.execute(select(generations)).one()
        self._number: int = row.number + 1
        self._as_of: datetime = row.as_of
        self._is_first = row.number == 0
        self._site: tuple[str | None, datetime | None] = (row.site_digest, row.site_changed)
        self._names = NameCounts()
        self.origins = Origins(connection)
        self.changed_identities: list[tuple[str, str]] = []
        self._memberships = Memberships(connection, definitions, self._number, now, is_first=self._is_first)
        self._open_keys: set[int] = set()
        self._has_changed = self._is_first
        self.owes_purge: bool = row.owes_purge
        self.has_words: bool = row.has_words
        self._is_without_indices = False
        if self._is_first:
            self.has_words = not words_later or asks_for_words(definitions)
        elif not self.has_words:
            complete_words(connection)
            self.has_words = True

    def remove(self, source: str, paths: Sequence[str]) -> None:
        """Take note that files are gone."""
        self.origins.note_gone(source, paths)
        for batch in batches(paths):
            theirs = (files.c.source == source, files.c.path.in_(batch))
            keys = self._connection.execute(
                select(files.c.key).where(*theirs, files.c.key.is_not(None))
            ).scalars()
            self._open_keys.update(keys)
            self._connection.execute(files.delete().where(*theirs))

    def remove_sources_except(self, names: Iterable[str]) -> None:
        """Take note that only these sources are configured: the files of all others are gone."""
        for source in sorted(set(self._sources()) - set(names)):
            paths = (
                self._connection.execute(select(files.c.path).where(files.c.source == source)).scalars().all()
            )
            self.remove(source, paths)
            self._connection.execute(sources.delete().where(sources.c.name == source))

    def _sources(self) -> Iterator[str]:
        """Give every source that has files, by as many looks at the key of their table. DISTINCT would look at every file."""
        source = ""
        while source is not None:
            statement = select(func.min(files.c.source)).where(files.c.source > source)
            source = self._connection.execute(statement).scalar_one()
            if source is not None:
                yield source

    def add(self, reads: Sequence[FileRead]) -> None:
        """Take note of what was read from files, a few thousand at the most at a time."""
        if self._is_first and not self._is_without_indices:
            drop_indices(self._connection)
            self._is_without_indices = True
        states: dict[_Place, str] = {}
        for source, group in groupby(
            sorted(reads, key=attrgetter("source", "path")), key=attrgetter("source")
        ):
            states |= self._note_files(source, list(group))
        articles = {(read.source, read.path): read.article for read in reads if read.article is not None}
        self._settle_entries(articles, states)

    def unsettled(self) -> tuple[tuple[str, str], ...]:
        """Give the files, as (source, path), that count now for an entry that was made from another: they are to be read again."""
        wanted = []
        owners = self._owners(self._open_keys)
        for key, claims in self._claims(self._open_keys).items():
            best = winner(claims)
            if (
                best is not None
                and owners.get(key) != (best.source, best.path)
                and (key in owners or best.state is State.PUBLIC)
            ):
                wanted.append((best.source, best.path))
        return tuple(sorted(wanted))

    def note_reading(self, source: str, reading: str) -> None:
        """Keep the digest of how a source was read."""
        self._connection.execute(sources.delete().where(sources.c.name == source))
        self._connection.execute(sources.insert().values(name=source, reading=reading))

    def note_site(self, digest: str) -> None:
        """Keep the digest of all that every feed's document depends on besides articles and definition."""
        known, changed = self._site
        if known == digest:
            return
        if known is not None:
            changed = self._now
            self._has_changed = True
        self._site = (digest, changed)

    def note_definitions(self, digests: Mapping[str, str]) -> None:
        """Keep the digests of the configured feeds' definitions, by path; one that differs is a change of its feed."""
        known = {row.path: row.digest for row in self._connection.execute(select(feeds))}
        for path in sorted(known.keys() - digests.keys()):
            self._connection.execute(feeds.delete().where(feeds.c.path == path))
            self._memberships.forget(path)
        for definition in self._definitions:
            digest = digests[definition.path]
            if known.get(definition.path) == digest:
                continue
            self._has_changed = True
            self._memberships.define(definition)
            if definition.path in known:
                self._redefined.add(definition.path)
                self._connection.execute(
                    feeds.update().where(feeds.c.path == definition.path).values(digest=digest)
                )
            else:
                self._connection.execute(
                    feeds.insert().values(path=definition.path, digest=digest, changed=None)
                )
                self._new_feeds.add(definition.path)

    def note_age(self) -> None:
        """Move the time from which `max_age` counts back, where that takes an article out of a feed."""
        for definition in self._definitions:
            if definition.selection.max_age is None:
                continue
            before, after = (
                dict(criteria(definition.selection, as_of)) for as_of in (self._as_of, self._now)
            )
            fell_out = (before.pop("max_age"), ~after.pop("max_age"), *before.values())
            statement = select(entries.c.key).where(entries.c.withdrawn_at.is_(None), *fell_out)
            keys = self._connection.execute(statement).scalars().all()
            if keys:
                self._has_changed = True
                self._memberships.leave(definition, keys)

    def finish(self, archive_size: int) -> int | None:
        """Settle what is open and make the generation; give its number, None where the public state is what it was.

        archive_size  how many entries an archive of an automatic feed holds; a configured one's holds as many as the feed
        """
        claimed = {key for key, claims in self._claims(self._open_keys).items() if claims}
        self._withdraw(sorted(self._open_keys - claimed))
        self._purge_withdrawn()
        self._names.write(self._connection)
        if self._is_without_indices:
            create_indices_of_articles(self._connection)
        self._memberships.fill()
        if self._is_without_indices:
            create_indices_of_members(self._connection)
        touched = self._memberships.touched
        self._close_archives(touched, archive_size)
        settle_rankings(self._connection, self._definitions, touched, self._now)
        digest, changed = self._site
        values: dict[str, Any] = {
            "site_digest": digest,
            "site_changed": changed,
            "has_words": self.has_words,
            "owes_purge": self.owes_purge,
        }
        if self._has_changed:
            values |= {"number": self._number, "as_of": self._now}
        self._connection.execute(generations.update().values(**values))
        note_changes(
            self._connection,
            self._definitions,
            touched,
            new=self._new_feeds,
            redefined=self._redefined,
            limit=archive_size,
            now=None if self._is_first else self._now,
        )
        return values.get("number")

    # Feeds

    def _close_archives(self, touched: set[int], archive_size: int) -> None:
        configured = {feed_key(definition): definition for definition in self._definitions}
        close_archives(self._connection, sorted(touched - configured.keys()), archive_size, self._number)
        for feed in sorted(touched & configured.keys()):
            if configured[feed].keeps_history:
                close_archives(self._connection, [feed], configured[feed].limit, self._number)

    def _purge_withdrawn(self) -> None:
        """Forget what was withdrawn so long ago that every reader has been told."""
        before = self._now - self._keep_withdrawn
        statement = select(entries.c.key).where(entries.c.withdrawn_at < before)
        keys = self._connection.execute(statement).scalars().all()
        if not keys:
            return
        self._has_changed = True
        self._memberships.touch(keys)
        self._memberships.remove(keys)
        for batch in batches(keys):
            for table in (entries, entry_topics):
                self._connection.execute(table.delete().where(table.c.key.in_(batch)))

    # Files

    def _note_files(self, source: str, reads: Sequence[FileRead]) -> dict[_Place, str]:
        """Keep what is known of files; give the state of each."""
        known = self._known_files(source, [read.path for read in reads])
        rows, states = [], {}
        for read in reads:
            old = known.get(read.path)
            state, key, rank, due = self._claim(read, old)
            states[source, read.path] = state
            if old is not None and old.key is not None and old.key != key:
                self._open_keys.add(old.key)
                if old.state == state == State.PUBLIC:
                    self.changed_identities.append((source, read.path))
            stamp = (read.stamp.inode, read.stamp.size, read.stamp.modified_ns)
            row = (source, read.path, *stamp, state, key, rank, due)
            rows.append((*row, read.has_problems, read.digest, read.origin))
        for batch in batches(list(known)):
            self._connection.execute(files.delete().where(files.c.source == source, files.c.path.in_(batch)))
        insert_rows(self._connection, files, rows)
        return states

    def _known_files(self, source: str, paths: Sequence[str]) -> dict[str, Row[Any]]:
        if self._is_first:
            return {}
        found = {}
        for batch in batches(paths):
            statement = select(files).where(files.c.source == source, files.c.path.in_(batch))
            found.update({row.path: row for row in self._connection.execute(statement)})
        return found

    def _claim(self, read: FileRead, old: Row[Any] | None) -> _Claim:
        article = read.article
        if article is None and read.has_problems and old is not None:
            rank, due = (value and microseconds(value) for value in (old.rank, old.due))
            return old.state, old.key, rank, due
        if article is None:
            return BROKEN if read.has_problems else SKIPPED, None, None, None
        state = state_of(article, self._now_number)
        if state is State.SCHEDULED and self._was_public(article.key, article.published):
            state = State.PUBLIC
        due = None
        # Of nothing else: how long readers may go without asking must not tell of what they can't see.
        if state is State.SCHEDULED:
            due = article.published
        elif state is State.PUBLIC:
            due = unripe(article, self._now_number)
        return state, article.key, article.rank, due

    def _was_public(self, key: int, published: int) -> bool:
        # A clock that stepped back must not take back what has been published with this very date.
        return self._any_entry(
            entries.c.key == key, type_coerce(entries.c.published, BigInteger) == published
        )

    # Entries

    def _settle_entries(self, articles: Mapping[_Place, Prepared], states: Mapping[_Place, str]) -> None:
        contested = self._contested({article.key for article in articles.values()})
        self._open_keys |= contested
        chosen: dict[int, Prepared] = {}
        withdrawn = []
        for place, article in articles.items():
            if article.key in contested:
                continue
            if states[place] == State.PUBLIC:
                chosen[article.key] = article
            else:
                withdrawn.append(article.key)
        for key, claims in self._claims(contested).items():
            best = winner(claims)
            if best is None or (best.source, best.path) not in articles:
                continue
            if best.state is State.PUBLIC:
                chosen[key] = articles[best.source, best.path]
            else:
                withdrawn.append(key)
        self._withdraw(withdrawn)
        self._write(chosen)

    def _write(self, chosen: Mapping[int, Prepared]) -> None:
        standing = self._standing(sorted(chosen))
        rulings = {key: rule(article, standing.get(key), self._now_number) for key, article in chosen.items()}
        changed = {key: ruling for key, ruling in rulings.items() if ruling is not None}
        if not changed:
            return
        self._has_changed = True
        known = sorted(changed.keys() & standing.keys())
        self._memberships.touch(known)
        self._forget(known)
        self._insert({key: (chosen[key], ruling) for key, ruling in changed.items()})
        returned = [key for key in known if standing[key].withdrawn_at is not None]
        edited = [key for key in known if changed[key].updated > standing[key].updated]
        self._memberships.follow({key: chosen[key] for key in changed}, returned, edited)

    def _insert(self, chosen: Mapping[int, tuple[Prepared, Ruling]]) -> None:
        articles = [article for article, _ in chosen.values()]
        insert_rows(self._connection, entries, [self._entry_row(*pair) for pair in chosen.values()])
        insert_rows(self._connection, record_table, [(one.key, one.record) for one in articles])
        insert_rows(self._connection, entry_topics, [row for one in articles for row in _topic_rows(one)])
        if self.has_words:
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

    def _withdraw(self, keys: Sequence[int]) -> None:
        """Take entries from the public; what stays is what a retraction needs."""
        for batch in batches(keys):
            theirs = (entries.c.key.in_(batch), entries.c.withdrawn_at.is_(None))
            public = self._connection.execute(select(entries.c.key).where(*theirs)).scalars().all()
            if not public:
                continue
            self._has_changed = self.owes_purge = True
            self._memberships.touch(public)
            public = self._forget_unseen(public)
            if not public:
                continue
            self._discount(public)
            self._connection.execute(record_table.delete().where(record_table.c.key.in_(public)))
            remove_texts(self._connection, public)
            values = {"withdrawn_at": self._now, "revision": self._number}
            self._connection.execute(entries.update().where(entries.c.key.in_(public)).values(**values))

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

    # What stands

    def _standing(self, keys: Sequence[int]) -> dict[int, Standing]:
        if self._is_first and not self._open_keys:
            return {}
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

    def _contested(self, keys: Collection[int]) -> set[int]:
        """Give the identities that several files claim."""
        found: set[int] = set()
        for batch in batches(sorted(keys)):
            statement = select(files.c.key).where(files.c.key.in_(batch)).group_by(files.c.key)
            found.update(self._connection.execute(statement.having(func.count() > 1)).scalars())
        return found

    def _claims(self, keys: Iterable[int]) -> dict[int, list[Claim]]:
        found: dict[int, list[Claim]] = {}
        for batch in batches(sorted(keys)):
            statement = select(files.c.key, files.c.source, files.c.path, files.c.state, files.c.rank).where(
                files.c.key.in_(batch)
            )
            for row in self._connection.execute(statement):
                found.setdefault(row.key, []).append(Claim(row.source, row.path, State(row.state), row.rank))
        return found

    def _owners(self, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
        found = {}
        for batch in batches(sorted(keys)):
            public = (entries.c.key.in_(batch), entries.c.withdrawn_at.is_(None))
            for row in self._connection.execute(
                select(entries.c.key, entries.c.source, entries.c.path).where(*public)
            ):
                found[row.key] = (row.source, row.path)
        return found

    def _any_entry(self, *conditions: Any) -> bool:
        statement = select(entries.c.key).where(entries.c.withdrawn_at.is_(None), *conditions).limit(1)
        return self._connection.execute(statement).first() is not None


def _topic_rows(article: Prepared) -> Iterator[tuple[int, int, int]]:
    for name, key in zip(article.names, article.name_keys, strict=True):
        if name.kind is Kind.TOPIC:
            yield key, article.published, article.key
