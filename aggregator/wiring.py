"""Wiring: the parts of one configuration, put together over an open catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.documents.definitions import Definitions
from aggregator.documents.delta_drafts import DeltaDrafts
from aggregator.documents.draft import Drafts
from aggregator.documents.feed_drafts import FeedDrafts
from aggregator.documents.search_drafts import SearchDrafts
from aggregator.refreshes.given_up import GivenUp
from aggregator.refreshes.refresh import Refresh
from aggregator.server import Addresses
from aggregator.site.pages import Pages
from aggregator.site.rendering import Templates
from aggregator.site.search_page import SearchPages
from feeds.formats import FORMATS


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything that one configuration decides: which feeds there are, what is published, how sources are read.

    families   every document that the server has; tree: the same as a static tree has them, whose pages have no search
    templates  of pages that are served
    """

    settings: Settings
    definitions: Definitions
    families: tuple[Drafts, ...]
    tree: tuple[Drafts, ...]
    templates: Templates
    deltas: DeltaDrafts
    searches: SearchDrafts
    search_pages: SearchPages
    refresh: Refresh


def wire(settings: Settings, catalogue: Catalogue, given_up: GivenUp | None = None) -> Wiring:
    """Put the parts together. `given_up` is what an earlier one knows of files at which refreshes hang."""
    definitions = Definitions(settings)
    defaults, max_age = settings.defaults, settings.server.max_age
    formats = defaults.formats
    served = _templates(settings, definitions, is_served=True)
    fixed = _templates(settings, definitions, is_served=False)
    feeds = FeedDrafts(definitions, settings.site, formats, max_age)
    return Wiring(
        settings,
        definitions,
        families=(feeds, Pages(definitions, served)),
        tree=(feeds, Pages(definitions, fixed)),
        templates=served,
        deltas=DeltaDrafts(feeds),
        searches=SearchDrafts(settings.site, formats, defaults.limit, defaults.content, max_age),
        search_pages=SearchPages(definitions, served, defaults.limit, defaults.content),
        refresh=Refresh(settings, definitions, catalogue, given_up=given_up),
    )


def addresses_of(settings: Settings, formats: Sequence[str]) -> Addresses:
    """Give the addresses without a document, where feeds are published in these formats."""
    return Addresses(
        moved={f"/feeds/{old}": f"/feeds/{new}" for old, new in settings.moved.items()},
        gone=frozenset(f"/feeds/{old}" for old in settings.gone),
        formats=tuple(formats),
    )


def _templates(settings: Settings, definitions: Definitions, *, is_served: bool) -> Templates:
    return Templates(
        settings.site,
        [one for name, one in FORMATS.items() if name in settings.defaults.formats],
        settings.timezone,
        kinds=definitions.kinds(),
        has_pictures=settings.pictures,
        is_served=is_served,
    )
