"""Wiring: the parts of one configuration, put together over an open catalogue."""

from dataclasses import dataclass

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.definitions import Definitions
from aggregator.delta_drafts import DeltaDrafts
from aggregator.draft import Drafts
from aggregator.feed_drafts import FeedDrafts
from aggregator.refresh import Refresh
from aggregator.search_drafts import SearchDrafts
from aggregator.site.pages import Pages


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything that one configuration decides: which feeds there are, what is published, how sources are read."""

    settings: Settings
    definitions: Definitions
    families: tuple[Drafts, ...]
    deltas: DeltaDrafts
    searches: SearchDrafts
    refresh: Refresh


def wire(settings: Settings, catalogue: Catalogue) -> Wiring:
    """Put the parts together."""
    definitions = Definitions(settings)
    defaults, max_age = settings.defaults, settings.server.max_age
    formats = defaults.formats
    feeds = FeedDrafts(definitions, settings.site, formats, max_age)
    return Wiring(
        settings,
        definitions,
        families=(feeds, Pages(definitions, settings.site, formats, settings.timezone)),
        deltas=DeltaDrafts(feeds),
        searches=SearchDrafts(settings.site, formats, defaults.limit, defaults.content, max_age),
        refresh=Refresh(settings, definitions, catalogue),
    )
