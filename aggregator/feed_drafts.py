"""The feeds as documents: every feed in every format, and the list of them all in OPML."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from aggregator.catalogue import Snapshot
from aggregator.definitions import Definitions
from aggregator.draft import Draft
from aggregator.edition import Edition
from feeds import history, opml
from feeds.definition import FeedDefinition
from feeds.document import FeedDocument, compose
from feeds.formats import FORMATS, Format
from feeds.history import archive_path, split_archive
from feeds.site import Site

OPML_PATH = "/feeds.opml"
_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class FeedDrafts:
    """The feeds of one configuration, in the formats that it publishes.

    max_age  how long readers may keep a document
    """

    def __init__(
        self, definitions: Definitions, site: Site, formats: tuple[str, ...], max_age: timedelta
    ) -> None:
        self._ttl_minutes = int(max_age / _MINUTE)
        self._definitions = definitions
        self._site = site
        self._formats = {one.suffix: one for name, one in FORMATS.items() if name in formats}

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the feed document at `path`, such as /topics/ai.atom, None where there is none."""
        if path == OPML_PATH:
            return self._opml(snapshot)
        stem, dot, ending = path.rpartition(".")
        chosen = self._formats.get(dot + ending)
        if chosen is None:
            return None
        feed, number = split_archive(stem)
        definition = self._definitions.find(feed, snapshot)
        if definition is None:
            return None
        if number is None:
            return self._subscription(definition, chosen, snapshot)
        return self._archive(definition, number, chosen, snapshot)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every feed in every format, with its archives, and of the list of feeds."""
        yield OPML_PATH
        for definition in self._definitions.all(snapshot):
            archives = range(1, snapshot.archives(definition) + 1)
            for stem in (definition.path, *(archive_path(definition.path, number) for number in archives)):
                for suffix in self._formats:
                    yield stem + suffix

    def _subscription(self, definition: FeedDefinition, chosen: Format, snapshot: Snapshot) -> Draft:
        # RSS alone says in the document how long it may be kept. While an article waits for its time it does not say so: a
        # number of minutes would outlast that moment for whoever reads it later (RSS 2.0, ttl).
        ttl = self._ttl_minutes if chosen.name == "rss" and snapshot.next_due() is None else None

        def make() -> Edition:
            changed = snapshot.changed(definition.path)
            document = compose(
                definition,
                snapshot.select(definition),
                self._site,
                changed,
                history=history.subscription(
                    definition.path, snapshot.archives(definition), is_complete=not definition.keeps_history
                ),
                retractions=[(one.identity, one.when) for one in snapshot.retractions(definition)],
                ttl_minutes=ttl,
            )
            return _edition(definition.path, chosen, document, document.updated)

        return Draft(f"{snapshot.fingerprint(definition)}.{ttl}", make)

    def _archive(
        self, definition: FeedDefinition, number: int, chosen: Format, snapshot: Snapshot
    ) -> Draft | None:
        """Give a closed archive. What it says moves with its own entries only; the feed's last change bounds its Last-Modified."""
        archives = snapshot.archives(definition)
        if number > archives:
            return None

        def make() -> Edition:
            place = history.archive(definition.path, number, archives)
            articles = snapshot.archived(definition, number)
            document = compose(definition, articles, self._site, None, history=place)
            changed = snapshot.changed(definition.path) or document.updated
            return _edition(place.path, chosen, document, max(changed, document.updated))

        return Draft(snapshot.archive_fingerprint(definition, number), make)

    def _opml(self, snapshot: Snapshot) -> Draft:
        groups = tuple(
            self._group(title, definitions) for title, definitions in self._definitions.grouped(snapshot)
        )
        changed = snapshot.last_change() or _NEVER
        fingerprint = sha256(repr((self._site, groups, changed)).encode()).hexdigest()
        return Draft(fingerprint, lambda: self._opml_edition(groups, changed))

    def _opml_edition(self, groups: tuple[opml.Group, ...], changed: datetime) -> Edition:
        body = opml.render(self._site.title, groups, changed)
        return Edition(path=OPML_PATH, media_type=opml.MEDIA_TYPE, body=body, last_modified=changed)

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


def _edition(path: str, chosen: Format, document: FeedDocument, last_modified: datetime) -> Edition:
    return Edition(
        path=path + chosen.suffix,
        media_type=chosen.media_type,
        body=chosen.render(document),
        last_modified=last_modified,
    )
