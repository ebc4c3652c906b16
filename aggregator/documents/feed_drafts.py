"""The feeds as documents: every feed in every format, and the list of them all in OPML."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from aggregator.catalogue import Snapshot, Version
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Delta, Edition
from aggregator.documents.shelf import Shelf
from feeds import history, opml
from feeds.article import Article
from feeds.definition import FeedDefinition
from feeds.document import FeedDocument, compose
from feeds.formats import FORMATS, Format
from feeds.history import archive_path, split_archive
from feeds.site import Site
from feeds.stories import Story
from feeds.written import Written

OPML_PATH = "/feeds.opml"
_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subscription:
    """The document that readers of a feed poll, in one format and at one state of the catalogue; to be made while that lasts.

    whole    makes the edition of all of it
    version  which entries it has; None for a feed that is complete (RFC 5005 section 2): what is not in its document is not in the
             feed, so that no part of it can stand for it
    """

    definition: FeedDefinition
    format: Format
    fingerprint: str
    version: Version | None
    whole: Callable[[], Edition]
    document: Callable[[], FeedDocument]

    def edition(self, document: FeedDocument, delta: Delta | None = None) -> Edition:
        """Render the document, or the part of it that `delta` tells."""
        return _edition(self.definition.path, self.format, document, document.updated, delta)


class FeedDrafts:
    """The feeds of one configuration, in the formats that it publishes.

    max_age       how long readers may keep a document
    current_only  whether to leave out archives, links to them, and the list of feeds
    """

    def __init__(
        self,
        definitions: Definitions,
        site: Site,
        formats: tuple[str, ...],
        max_age: timedelta,
        *,
        current_only: bool = False,
    ) -> None:
        self._ttl_minutes = int(max_age / _MINUTE)
        self._definitions = definitions
        self._site = site
        self._current_only = current_only
        self._shelf = Shelf()
        self._formats = {one.suffix: one for name, one in FORMATS.items() if name in formats}

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the feed document at `path`, such as /topics/ai.atom, None where there is none."""
        if path == OPML_PATH:
            return self._opml(snapshot)
        named = self._named(path, snapshot)
        if named is None:
            return None
        definition, number, chosen = named
        if number is not None:
            return self._archive(definition, number, chosen, snapshot)
        whole = self._subscription(definition, chosen, snapshot)
        return Draft(whole.fingerprint, whole.whole, whole.version)

    def subscription(self, path: str, snapshot: Snapshot) -> Subscription | None:
        """Give the document at `path` if it is one that readers poll."""
        named = self._named(path, snapshot)
        if named is None or named[1] is not None:
            return None
        return self._subscription(named[0], named[2], snapshot)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every feed in every format, with its archives, and of the list of feeds."""
        if not self._current_only:
            yield OPML_PATH
        for definition in self._definitions.all(snapshot):
            archives = range(1, self._archives(definition, snapshot) + 1)
            for stem in (definition.path, *(archive_path(definition.path, number) for number in archives)):
                for suffix in self._formats:
                    yield stem + suffix

    def _named(self, path: str, snapshot: Snapshot) -> tuple[FeedDefinition, int | None, Format] | None:
        """Give the feed, the number of the archive if it is one, and the format that `path` names, None where it names none."""
        stem, dot, ending = path.rpartition(".")
        chosen = self._formats.get(dot + ending)
        if chosen is None:
            return None
        feed, number = split_archive(stem)
        definition = self._definitions.find(feed, snapshot)
        return None if definition is None else (definition, number, chosen)

    def _subscription(self, definition: FeedDefinition, chosen: Format, snapshot: Snapshot) -> Subscription:
        # RSS alone says in the document how long it may be kept. While an article waits for its time it does not say so: a
        # number of minutes would outlast that moment for whoever reads it later (RSS 2.0, ttl).
        ttl = self._ttl_minutes if chosen.name == "rss" and snapshot.next_due() is None else None

        def composed(articles: Sequence[Article | Story | Written]) -> FeedDocument:
            return compose(
                definition,
                articles,
                self._site,
                snapshot.changed(definition.path),
                history=history.subscription(
                    definition.path,
                    self._archives(definition, snapshot),
                    is_complete=not definition.keeps_history,
                ),
                retractions=[(one.identity, one.when) for one in snapshot.retractions(definition)],
                ttl_minutes=ttl,
            )

        def document() -> FeedDocument:
            return composed(snapshot.stories(definition))

        def whole() -> Edition:
            # What is folded depends on more than its own entry.
            if definition.fold:
                told = document()
                return _edition(definition.path, chosen, told, told.updated)
            rows = snapshot.chosen(definition)
            kind = (snapshot.birth, definition.content, chosen.suffix)
            marks = [(row.key, row.revision, row.updated, *kind) for row in rows]
            known = self._shelf.find(marks)
            articles = iter(
                snapshot.articles([row for row, one in zip(rows, known, strict=True) if one is None])
            )
            told = composed([next(articles) if one is None else one for one in known])
            written = chosen.write(told)
            self._shelf.keep(marks, known, told.entries, written.entries)
            return _as_edition(definition.path, chosen, written.body, told.updated)

        fingerprint = f"{snapshot.fingerprint(definition)}.{ttl}"
        version = self._version(definition, snapshot) if definition.keeps_history else None
        return Subscription(definition, chosen, fingerprint, version, whole, document)

    def _version(self, definition: FeedDefinition, snapshot: Snapshot) -> Version:
        keys = frozenset(key for key, _ in snapshot.revisions(definition))
        basis = sha256(f"{snapshot.birth}|{definition}|{self._site}".encode()).digest()[:16]
        return Version(basis, snapshot.generation.number, keys)

    def _archive(
        self, definition: FeedDefinition, number: int, chosen: Format, snapshot: Snapshot
    ) -> Draft | None:
        """Give a closed archive. What it says moves with its own entries only; the feed's last change bounds its Last-Modified."""
        archives = self._archives(definition, snapshot)
        if number > archives:
            return None

        def make() -> Edition:
            place = history.archive(definition.path, number, archives)
            articles = snapshot.archived(definition, number)
            document = compose(definition, articles, self._site, None, history=place)
            changed = snapshot.changed(definition.path) or document.updated
            return _edition(place.path, chosen, document, max(changed, document.updated))

        return Draft(snapshot.archive_fingerprint(definition, number), make)

    def _archives(self, definition: FeedDefinition, snapshot: Snapshot) -> int:
        return 0 if self._current_only else snapshot.archives(definition)

    def _opml(self, snapshot: Snapshot) -> Draft:
        groups = tuple(
            self._group(title, definitions) for title, definitions in self._definitions.grouped(snapshot)
        )
        changed = snapshot.last_change() or _NEVER
        fingerprint = sha256(repr((self._site, groups, changed)).encode()).hexdigest()
        # A name may change, or go out of use, with an article that no feed shows any more.
        last_modified = max(changed, snapshot.generation.as_of)
        return Draft(fingerprint, lambda: self._opml_edition(groups, changed, last_modified))

    def _opml_edition(
        self, groups: tuple[opml.Group, ...], changed: datetime, last_modified: datetime
    ) -> Edition:
        body = opml.render(self._site.title, groups, changed)
        return Edition(path=OPML_PATH, media_type=opml.MEDIA_TYPE, body=body, last_modified=last_modified)

    def _group(self, title: str, definitions: tuple[FeedDefinition, ...]) -> opml.Group:
        # A reader wants each feed once, so the list names one format of each: the first that is published.
        suffix = next(iter(self._formats))
        subscriptions = (
            opml.Subscription(
                title=definition.title,
                feed_url=self._site.address(definition.path + suffix),
                page_url=self._site.address(definition.path),
                description=definition.description,
            )
            for definition in definitions
        )
        return opml.Group(title.capitalize(), tuple(subscriptions))


def _edition(
    path: str, chosen: Format, document: FeedDocument, last_modified: datetime, delta: Delta | None = None
) -> Edition:
    return _as_edition(path, chosen, chosen.render(document), last_modified, delta)


def _as_edition(
    path: str, chosen: Format, body: bytes, last_modified: datetime, delta: Delta | None = None
) -> Edition:
    return Edition(
        path=path + chosen.suffix,
        media_type=chosen.media_type,
        body=body,
        last_modified=last_modified,
        delta=delta,
    )
