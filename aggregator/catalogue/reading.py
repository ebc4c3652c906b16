"""Snapshot: everything that is asked of the catalogue, answered from one state of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from operator import index

from sqlalchemy import Connection, func, select

from aggregator.catalogue import changes, explaining, facets, full_text, inventory, listing, whereabouts
from aggregator.catalogue.activity import Span, weekly
from aggregator.catalogue.batches import batches
from aggregator.catalogue.changes import Retraction, latest
from aggregator.catalogue.choosing import Chosen, articles_of, public
from aggregator.catalogue.criteria import full_text_query
from aggregator.catalogue.explaining import Tally, Verdict
from aggregator.catalogue.history import EVERYTHING, feed_key, last_archive
from aggregator.catalogue.inventory import Duplicate
from aggregator.catalogue.owner import noted_owner
from aggregator.catalogue.paging import Stretch, stretch_of
from aggregator.catalogue.rankings import shown_by, stories_among
from aggregator.catalogue.ready import Ready
from aggregator.catalogue.showing import archived_in, shown_in
from aggregator.catalogue.tables import entries, generations
from aggregator.catalogue.tables import records as record_table
from aggregator.catalogue.unsound import made_sense_of, the_generation
from aggregator.catalogue.versions import Version, newest_version
from aggregator.catalogue.whereabouts import Entry, KnownFile
from aggregator.entry import records
from aggregator.entry.keys import moment_of
from aggregator.entry.names import Kind, Listed
from aggregator.errors import NoWordsError
from aggregator.source.stamp import Stamp
from feeds.article import Article
from feeds.definition import FeedDefinition
from feeds.selection import Selection
from feeds.stories import Story


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole state of the catalogue, and the time at which it was made. Number 0 is a catalogue that was never filled."""

    number: int
    as_of: datetime


_NOW = Ready(
    select(
        generations.c.number,
        generations.c.as_of,
        generations.c.site_changed,
        generations.c.has_words,
        generations.c.birth,
        generations.c.configuration,
        generations.c.site_tag,
    )
)


def hour_of(moment: datetime) -> datetime:
    """Give when the hour began in which a moment is."""
    return moment.replace(minute=0, second=0, microsecond=0)


class Snapshot:
    """The catalogue at one generation. Valid inside `Catalogue.snapshot()` only.

    as_of  the time from which ages count back: that of the generation, or the hour that it is `now` where that is later. No feed changes
           but by a generation, which tells every reader; what is asked for once, such as a search, is to be right when it is asked for
    """

    def __init__(self, connection: Connection, now: datetime | None = None) -> None:
        self._connection = connection
        number, as_of, site_changed, has_words, birth, *owner = the_generation(_NOW.rows(connection))
        with made_sense_of("its generation"):
            self.generation = Generation(index(number), moment_of(as_of))
            self._site_changed = None if site_changed is None else moment_of(site_changed)
        self.as_of = self.generation.as_of if now is None else max(self.generation.as_of, hour_of(now))
        self.has_words = bool(has_words)
        # Tells what was made from this database from what was made from one that stood in its place before.
        self.birth: int = birth
        self.owner = noted_owner(*owner)
        # What the feed asked for last shows: its fingerprint, its articles and their revisions are asked for one after another.
        self._last_shown: tuple[FeedDefinition | None, Sequence[Chosen]] = (None, ())
        self._archives: dict[str, int] = {}
        self._changed: dict[str, datetime | None] = {}

    def select(self, definition: FeedDefinition) -> tuple[Article, ...]:
        """Give the articles of a feed in its order, each with its effective `updated`."""
        return tuple(story.lead for story in self.stories(definition))

    def stories(self, definition: FeedDefinition) -> tuple[Story, ...]:
        """Give the same with what is folded into each article, where the feed folds."""
        articles = self._articles(self._shown(definition))
        if not definition.fold:
            return tuple(map(Story, articles))
        return stories_among(definition, articles, shown_by(self._connection, definition))

    def stretch(self, definition: FeedDefinition, start: int, count: int) -> Stretch:
        """Give a stretch of all that fits a feed's selection, in its order, from place `start` on, and how much there is in all."""
        self._expect_words(definition.selection)
        return stretch_of(self._connection, definition, self.as_of, start, count)

    def articles(self, chosen: Sequence[Chosen]) -> tuple[Article, ...]:
        """Give the articles of entries, each with its effective `updated`."""
        return self._articles(chosen)

    def archives(self, definition: FeedDefinition) -> int:
        """Give how many closed archives a feed has; they are counted from 1, the oldest."""
        if not definition.keeps_history:
            return 0
        path = definition.path
        if path not in self._archives:
            self._archives[path] = last_archive(self._connection, feed_key(definition))
        return self._archives[path]

    def archived(self, definition: FeedDefinition, number: int) -> tuple[Article, ...]:
        """Give the articles of a closed archive, newest first: those of its arrivals that are public still."""
        return self._articles(archived_in(self._connection, definition, number))

    def retractions(self, definition: FeedDefinition) -> tuple[Retraction, ...]:
        """Give what a feed held and was withdrawn, and is still remembered, the latest first; not more than fits into a document."""
        return changes.retractions(self._connection, feed_key(definition))

    def chosen(self, definition: FeedDefinition) -> Sequence[Chosen]:
        """Give which entries a feed that does not fold shows, in the order of `select`; `articles` gives what they say."""
        return self._shown(definition)

    def revisions(self, definition: FeedDefinition) -> tuple[tuple[int, int], ...]:
        """Give the key and the revision of each article of a feed that does not fold, in the order of `select`."""
        return tuple((row.key, row.revision) for row in self._shown(definition))

    def appearance(self, definition: FeedDefinition) -> bytes:
        """Give 16 bytes that are the same as long as the feed shows the same: its entries as they are, their order, what was withdrawn."""
        shown = self._shown(definition)
        digests: dict[int, bytes] = {}
        for batch in batches([row.key for row in shown]):
            statement = select(entries.c.key, entries.c.content).where(entries.c.key.in_(batch))
            digests.update((row.key, row.content) for row in self._connection.execute(statement))
        parts = (
            definition.title,
            [(row.key, digests[row.key], row.updated) for row in shown],
            sorted(shown_by(self._connection, definition)) if definition.fold else [],
            [(one.identity, one.when) for one in self.retractions(definition)],
        )
        return blake2b(repr(parts).encode(), digest_size=16).digest()

    def version(self, path: str, digests: Sequence[str]) -> tuple[str, Version] | None:
        """Give the newest known version of the document at `path` among these digests, with its digest; None where none is known."""
        return newest_version(self._connection, path, digests)

    def fingerprint(self, definition: FeedDefinition) -> str:
        """Give a text that is the same as long as the feed's document is: entries, their revisions, and its last change.

        A folded feed's document depends on all that it looks at.
        """
        decided = sorted(shown_by(self._connection, definition)) if definition.fold else []
        return self._fingerprint(definition, self._shown(definition)) + "".join(f".{key}" for key in decided)

    def archive_fingerprint(self, definition: FeedDefinition, number: int) -> str:
        """Give the same for an archive."""
        return self._fingerprint(definition, archived_in(self._connection, definition, number))

    def _fingerprint(self, definition: FeedDefinition, shown: Sequence[Chosen]) -> str:
        parts = [f"{row.key}.{row.revision}" for row in shown]
        change = (self.birth, self.changed(definition.path), self.archives(definition))
        return sha256(f"{definition}|{change}|{parts}".encode()).hexdigest()

    def _articles(self, shown: Sequence[Chosen]) -> tuple[Article, ...]:
        return articles_of(self._connection, shown)

    def changed(self, path: str) -> datetime | None:
        """Give the time of the last real change of the feed at `path`, None where there was none since the first load."""
        if path not in self._changed:
            self._changed[path] = changes.feed_changed(self._connection, path)
        return latest([self._site_changed, self._changed[path]])

    def last_change(self) -> datetime | None:
        """Give the time at which anything public last changed, None where nothing ever was."""
        return latest([self.changed(EVERYTHING), changes.newest_change(self._connection)])

    def explain(self, definition: FeedDefinition, identity_key: int) -> tuple[Verdict, ...] | None:
        """Give what each criterion of the feed says of the public article with this key; None where there is no such article."""
        self._expect_words(definition.selection)
        return explaining.explain(self._connection, definition.selection, self.as_of, identity_key)

    def tally(self, selection: Selection) -> Tally:
        """Count what a selection lets in, and each of its criteria by itself."""
        self._expect_words(selection)
        return explaining.tally(self._connection, selection, self.as_of)

    def values(self, criterion: str) -> tuple[str, ...]:
        """Give every folded value by which public articles are judged by a criterion such as `types`."""
        return explaining.values(self._connection, criterion)

    def file(self, source: str, path: str) -> KnownFile | None:
        """Give what is known of the file at `path` below a source's folder."""
        return whereabouts.file_at(self._connection, source, path)

    def files_of(self, identity_key: int) -> tuple[KnownFile, ...]:
        """Give every file that claims an identity."""
        return whereabouts.files_of(self._connection, identity_key)

    def files_in(self, *states: str) -> tuple[KnownFile, ...]:
        """Give every file in one of these states."""
        return whereabouts.files_in(self._connection, *states)

    def entry(self, identity_key: int) -> Entry | None:
        """Give the article with this key, whether it is public still or was withdrawn."""
        return whereabouts.entry(self._connection, identity_key)

    def entry_from(self, source: str, path: str) -> Entry | None:
        """Give the article that came from a file, which may be gone."""
        return whereabouts.entry_from(self._connection, source, path)

    def entry_at(self, address: str) -> Entry | None:
        """Give the public article that is to be read, or first appeared, at a URL."""
        return whereabouts.entry_at(self._connection, address)

    def listed(self, kind: Kind, min_articles: int = 1) -> tuple[Listed, ...]:
        """Give every name of a kind that ever had so many public articles at once, by slug."""
        return listing.listed(self._connection, kind, min_articles)

    def named(self, kind: Kind, slug: str, min_articles: int = 1) -> Listed | None:
        """Give the name with this slug, None where there is none with so many articles."""
        return listing.named(self._connection, kind, slug, min_articles)

    def listed_by_key(self, keys: Collection[int], min_articles: int = 1) -> Mapping[int, Listed]:
        """Give names by their keys, those that ever had so many articles."""
        return listing.listed_by_key(self._connection, keys, min_articles)

    def weekly(self, kind: Kind, span: Span) -> Mapping[int, Sequence[int]]:
        """Give the articles of each week of `span` by the key of the name they stand under."""
        return weekly(self._connection, kind, span)

    def topic_counts(self, selection: Selection, most: int) -> Sequence[tuple[int, int]]:
        """Give the most frequent topics of what a selection lets in, as key and number of articles."""
        self._expect_words(selection)
        return facets.count_topics(self._connection, selection, self.as_of, most)

    def value_counts(self, selection: Selection, column: str, most: int) -> Sequence[tuple[str, int]]:
        """Give the most frequent values of a column, such as `provider` or `type`, of what a selection lets in."""
        self._expect_words(selection)
        return facets.count_values(self._connection, selection, self.as_of, column, most)

    def counts_since(self, selection: Selection, times: Iterable[datetime]) -> Mapping[datetime, int]:
        """Count what a selection lets in that was published at or after each of these times."""
        self._expect_words(selection)
        return facets.count_since(self._connection, selection, self.as_of, times)

    def excerpts(self, selection: Selection, keys: Sequence[int]) -> Mapping[int, full_text.Excerpt]:
        """Give what the full-text query of a selection finds in these entries; nothing where it has none."""
        if selection.match is None:
            return {}
        return full_text.excerpts(self._connection, full_text_query(selection.match), keys)

    def newest(self) -> datetime | None:
        """Give the time at which the newest public article was published, None where there is none."""
        latest = func.max(entries.c.published, type_=entries.c.published.type)
        moment: datetime | None = self._connection.execute(select(latest).where(public())).scalar_one()
        return moment

    def identities(self) -> Sequence[str]:
        """Give the identity of every public article, in a fixed order."""
        statement = select(entries.c.identity).where(public()).order_by(entries.c.key)
        return self._connection.execute(statement).scalars().all()

    def spelling(self, kind: Kind, folded: str) -> str | None:
        """Give the spelling of a name that most public articles use, or used last; None where none ever had that name."""
        return listing.spelling(self._connection, kind, folded)

    def article(self, identity_key: int) -> Article | None:
        """Give the public article with this key."""
        statement = (
            select(record_table.c.record, entries.c.updated)
            .join_from(entries, record_table, record_table.c.key == entries.c.key)
            .where(public(), entries.c.key == identity_key)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else records.decode(row.record, row.updated)

    def identities_with_own_page(self) -> Sequence[str]:
        """Give the identity of every public article that is to be read at this site, in no order that means anything but a fixed one."""
        statement = select(entries.c.identity).where(public(), entries.c.own_page).order_by(entries.c.key)
        return self._connection.execute(statement).scalars().all()

    def count(self) -> int:
        """Count the public articles."""
        return self._connection.execute(
            select(func.count()).select_from(entries).where(public())
        ).scalar_one()

    def states(self) -> dict[str, int]:
        """Count the files by state."""
        return inventory.states(self._connection)

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """Give the time at which the next scheduled article goes live.

        after  None: also one whose time has come, but whose file can't be read; else of those that are due later
        """
        return inventory.next_due(self._connection, after)

    def due(self, source: str, now: datetime) -> tuple[str, ...]:
        """Give the files of a source whose time has come."""
        return inventory.due(self._connection, source, now)

    def stamps(self, source: str, *, trust_problems: bool) -> dict[str, Stamp]:
        """Give what is known of the files of a source by path.

        Files in which something was wrong are UNKNOWN unless `trust_problems`: what was wrong is not kept here, so a process
        that has not read them yet must.
        """
        return inventory.stamps(self._connection, source, trust_problems=trust_problems)

    def stamps_at(self, source: str, paths: Sequence[str]) -> dict[str, Stamp]:
        """Give what is known of these files of a source by path, of those that are known."""
        return inventory.stamps_at(self._connection, source, paths)

    def readings(self) -> dict[str, str]:
        """Give the digest of how each source was read the last time."""
        return inventory.readings(self._connection)

    def duplicates(self) -> tuple[Duplicate, ...]:
        """Give every file that another one with the same identity outdates, whether the world may see that one or not."""
        return inventory.duplicates(self._connection)

    def _shown(self, definition: FeedDefinition) -> Sequence[Chosen]:
        if self._last_shown[0] != definition:
            self._expect_words(definition.selection)
            found = shown_in(self._connection, definition, self.as_of, self.archives(definition))
            self._last_shown = (definition, found)
        return self._last_shown[1]

    def _expect_words(self, selection: Selection) -> None:
        """Refuse to look for words in an index that would not find all of them: what is missing would look withdrawn."""
        if selection.match is not None and not self.has_words:
            raise NoWordsError("The index of words is being made. Please ask again.")
