"""The feeds as documents: every feed in every format, and the list of them all in OPML."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from aggregator.catalogue import Snapshot
from aggregator.definitions import Definitions
from aggregator.draft import Draft
from aggregator.edition import Edition
from feeds import opml
from feeds.definition import FeedDefinition
from feeds.document import compose
from feeds.formats import FORMATS, Format
from feeds.site import Site

OPML_PATH = "/feeds.opml"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class FeedDrafts:
    """The feeds of one configuration, in the formats that it publishes."""

    def __init__(self, definitions: Definitions, site: Site, formats: tuple[str, ...]) -> None:
        self._definitions = definitions
        self._site = site
        self._formats = {one.suffix: one for name, one in FORMATS.items() if name in formats}

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the feed document at `path`, such as /topics/ai.atom, None where there is none."""
        if path == OPML_PATH:
            return self._opml(snapshot)
        stem, dot, ending = path.rpartition(".")
        chosen = self._formats.get(dot + ending)
        definition = self._definitions.find(stem, snapshot) if chosen is not None else None
        if chosen is None or definition is None:
            return None
        return Draft(snapshot.fingerprint(definition), lambda: self._feed(definition, chosen, snapshot))

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every feed in every format, and of the list of feeds."""
        yield OPML_PATH
        for definition in self._definitions.all(snapshot):
            for suffix in self._formats:
                yield definition.path + suffix

    def _feed(self, definition: FeedDefinition, chosen: Format, snapshot: Snapshot) -> Edition:
        articles = snapshot.select(definition)
        document = compose(definition, articles, self._site, snapshot.changed(definition.path))
        return Edition(
            path=definition.path + chosen.suffix,
            media_type=chosen.media_type,
            body=chosen.render(document),
            last_modified=document.updated,
        )

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
