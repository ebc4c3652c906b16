"""Pages: which page for people is at a path. Knows the catalogue and the feed definitions; nothing of HTTP."""

from collections.abc import Iterator

from aggregator.catalogue import Snapshot
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft, Drafts
from aggregator.documents.edition import Edition
from aggregator.site.article_page import ArticlePages
from aggregator.site.assets import ASSETS
from aggregator.site.cards import Cards
from aggregator.site.feed_page import FeedPages
from aggregator.site.home import Home
from aggregator.site.lists import Lists
from aggregator.site.rendering import Templates


class Pages:
    """The pages of one configuration, and the files that they load, as documents by the path of their address."""

    def __init__(self, definitions: Definitions, templates: Templates) -> None:
        cards = Cards(definitions)
        self._families: tuple[Drafts, ...] = (
            Home(definitions, cards, templates),
            ArticlePages(cards, templates, has_pictures=templates.has_pictures),
            Lists(definitions, templates),
            FeedPages(definitions, cards, templates),
        )

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at `path`, None where there is none."""
        if path in ASSETS:
            return _asset(path, snapshot)
        drafts = (family.find(path, snapshot) for family in self._families)
        return next((draft for draft in drafts if draft is not None), None)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every page there is."""
        yield from ASSETS
        for family in self._families:
            yield from family.paths(snapshot)


def _asset(path: str, snapshot: Snapshot) -> Draft:
    asset = ASSETS[path]

    def make() -> Edition:
        return Edition(
            path=path,
            media_type=asset.media_type,
            body=asset.body,
            last_modified=snapshot.generation.as_of,
        )

    return Draft("static", make)
