"""Writer: what was read from the files becomes the next generation, in one transaction.

A batch at a time, so that memory stays flat however many files there are; whatever a batch can't decide alone (two files with
one identity, a file that is gone) is settled before the end.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Row, func, select, type_coerce

from aggregator.catalogue.appearances import note_changes
from aggregator.catalogue.batches import batches
from aggregator.catalogue.bulk import insert_rows
from aggregator.catalogue.claims import claims_on, contested_keys, owners_of
from aggregator.catalogue.criteria import criteria
from aggregator.catalogue.deciding import next_change, winner
from aggregator.catalogue.entry_rows import EntryRows
from aggregator.catalogue.first_load import (
    asks_for_words,
    complete_words,
    create_indices_of_articles,
    create_indices_of_members,
    drop_indices,
)
from aggregator.catalogue.history import Memberships, close_archives, feed_key
from aggregator.catalogue.origins import Origins
from aggregator.catalogue.rankings import settle_rankings
from aggregator.catalogue.tables import (
    entries,
    feeds,
    files,
    generations,
    sources,
)
from aggregator.catalogue.unsound import the_generation
from aggregator.entry.keys import microseconds
from aggregator.entry.preparing import Prepared
from aggregator.source.stamp import Stamp
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

    digest     16 bytes that tell its content from others
    is_hidden  whether the last good version is to go as well
    origin     SOURCE/PATH from which the identity comes, None where it does not come from a place or the file has not moved
    """

    source: str
    path: str
    stamp: Stamp
    article: Prepared | None
    has_problems: bool
    digest: bytes = b""
    origin: str | None = None
    is_hidden: bool = False


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
        self.now, self._now_number = now, microseconds(now)
        self._keep_withdrawn = keep_withdrawn
        self._new_feeds: set[str] = set()
        self._redefined: set[str] = set()
        row = the_generation(connection.execute(select(generations)).all())
        self._number: int = row.number + 1
        self._as_of: datetime = row.as_of
        self._is_first = row.number == 0
        self._site: tuple[str | None, datetime | None] = (row.site_digest, row.site_changed)
        self.origins = Origins(connection)
        self.changed_identities: list[tuple[str, str]] = []
        self._memberships = Memberships(connection, definitions, self._number, now, is_first=self._is_first)
        self._open_keys: set[int] = set()
        self._has_changed = self._is_first
        self._owed_purge: bool = row.owes_purge
        self.has_words: bool = row.has_words
        self._is_without_indices = False
        if self._is_first:
            self.has_words = not words_later or asks_for_words(definitions)
        elif not self.has_words:
            complete_words(connection)
            self.has_words = True
        self._entries = EntryRows(connection, self._memberships, self._number, now, has_words=self.has_words)

    @property
    def owes_purge(self) -> bool:
        """Whether something was withdrawn of which the files of the database may still have a trace."""
        return self._owed_purge or self._entries.has_withdrawn

    def holding_articles(self, source: str, paths: Sequence[str]) -> frozenset[str]:
        """Give those of the files in which there was an article when they were read last."""
        if self._is_first:
            return frozenset()
        held: set[str] = set()
        for batch in batches(paths):
            theirs = (files.c.source == source, files.c.path.in_(batch), files.c.key.is_not(None))
            held.update(self._connection.execute(select(files.c.path).where(*theirs)).scalars())
        return frozenset(held)

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
        noted: dict[_Place, _Claim] = {}
        for source, group in groupby(
            sorted(reads, key=attrgetter("source", "path")), key=attrgetter("source")
        ):
            noted |= self._note_files(source, list(group))
        articles = {(read.source, read.path): read.article for read in reads if read.article is not None}
        hidden = {(read.source, read.path) for read in reads if read.is_hidden}
        self._settle_entries(articles, hidden, noted)

    def unsettled(self) -> tuple[tuple[str, str], ...]:
        """Give the files, as (source, path), that count now for an entry that was made from another: they are to be read again."""
        wanted = []
        owners = owners_of(self._connection, self._open_keys)
        for key, claims in claims_on(self._connection, self._open_keys).items():
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
            changed = self.now
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
        """Move the time from which `max_age` counts back, where that takes an article out of a feed, or brings one in.

        The latter where a clock that was ahead is right again.
        """
        for definition in self._definitions:
            if definition.selection.max_age is None:
                continue
            before, after = (dict(criteria(definition.selection, as_of)) for as_of in (self._as_of, self.now))
            was_young, is_young = before.pop("max_age"), after.pop("max_age")
            public = (entries.c.withdrawn_at.is_(None), *before.values())
            if self.now < self._as_of:
                came_in = select(entries.c.key).where(*public, ~was_young, is_young).limit(1)
                if self._connection.execute(came_in).first() is not None:
                    self._has_changed = True
                    self._memberships.define(definition)
                continue
            fell_out = select(entries.c.key).where(*public, was_young, ~is_young)
            keys = self._connection.execute(fell_out).scalars().all()
            if keys:
                self._has_changed = True
                self._memberships.leave(definition, keys)

    def finish(self, archive_size: int) -> int | None:
        """Settle what is open and make the generation; give its number, None where the public state is what it was.

        archive_size  how many entries an archive of an automatic feed holds; a configured one's holds as many as the feed
        """
        claimed = {key for key, claims in claims_on(self._connection, self._open_keys).items() if claims}
        self._entries.withdraw(sorted(self._open_keys - claimed))
        self._entries.purge(self._keep_withdrawn)
        self._entries.write_names()
        if self._is_without_indices:
            create_indices_of_articles(self._connection)
        self._memberships.fill()
        if self._is_without_indices:
            create_indices_of_members(self._connection)
        touched = self._memberships.touched
        self._close_archives(touched, archive_size)
        settle_rankings(self._connection, self._definitions, touched, self.now)
        digest, changed = self._site
        values: dict[str, Any] = {
            "site_digest": digest,
            "site_changed": changed,
            "has_words": self.has_words,
            "owes_purge": self.owes_purge,
        }
        if self._has_changed or self._entries.has_changed:
            values |= {"number": self._number, "as_of": self.now}
        self._connection.execute(generations.update().values(**values))
        note_changes(
            self._connection,
            self._definitions,
            touched,
            new=self._new_feeds,
            redefined=self._redefined,
            limit=archive_size,
            now=None if self._is_first else self.now,
        )
        return values.get("number")

    # Feeds

    def _close_archives(self, touched: set[int], archive_size: int) -> None:
        configured = {feed_key(definition): definition for definition in self._definitions}
        close_archives(self._connection, sorted(touched - configured.keys()), archive_size, self._number)
        for feed in sorted(touched & configured.keys()):
            if configured[feed].keeps_history:
                close_archives(self._connection, [feed], configured[feed].limit, self._number)

    # Files

    def _note_files(self, source: str, reads: Sequence[FileRead]) -> dict[_Place, _Claim]:
        """Keep what is known of files; give what each claims."""
        known = self._known_files(source, [read.path for read in reads])
        rows, noted = [], {}
        for read in reads:
            old = known.get(read.path)
            noted[source, read.path] = claim = self._claim(read, old)
            state, key, rank, due = claim
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
        return noted

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
            # What comes to pass by then can't be told from a file that can't be read: it is to be read when it changes.
            due = due if due and due > self._now_number else None
            if read.is_hidden and old.key is not None:
                # It claims its identity on: else an older file with the same would be published in its place.
                return State.UNPUBLISHED, old.key, rank, None
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
            due = next_change(article, self._now_number)
        return state, article.key, article.rank, due

    def _was_public(self, key: int, published: int) -> bool:
        # A clock that stepped back must not take back what has been published with this very date.
        same = (entries.c.key == key, type_coerce(entries.c.published, BigInteger) == published)
        statement = select(entries.c.key).where(entries.c.withdrawn_at.is_(None), *same)
        return self._connection.execute(statement).first() is not None

    # Entries

    def _settle_entries(
        self, articles: Mapping[_Place, Prepared], hidden: Collection[_Place], noted: Mapping[_Place, _Claim]
    ) -> None:
        """Write what counts of the articles, and withdraw what does not, or is `hidden` though it can't be read."""
        hidden_keys = {key for _, key, _, _ in map(noted.__getitem__, hidden) if key is not None}
        contested = contested_keys(
            self._connection, {article.key for article in articles.values()} | hidden_keys
        )
        self._open_keys |= contested
        chosen: dict[int, Prepared] = {}
        withdrawn = sorted(hidden_keys - contested)
        for place, article in articles.items():
            if article.key in contested:
                continue
            if noted[place][0] == State.PUBLIC:
                chosen[article.key] = article
            else:
                withdrawn.append(article.key)
        for key, claims in claims_on(self._connection, contested).items():
            best = winner(claims)
            if best is None:
                continue
            counting = (best.source, best.path)
            if counting in hidden or (counting in articles and best.state is not State.PUBLIC):
                withdrawn.append(key)
            elif counting in articles:
                chosen[key] = articles[counting]
        self._entries.withdraw(withdrawn)
        self._entries.write(chosen, are_new=self._is_first and not self._open_keys)
