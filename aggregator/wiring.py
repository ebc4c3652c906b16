"""Wiring: the parts of one configuration, put together over an open catalogue."""

from dataclasses import dataclass

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.definitions import Definitions
from aggregator.delta_drafts import DeltaDrafts
from aggregator.draft import Drafts
from aggregator.feed_drafts import FeedDrafts
from aggregator.refresh import Refresh
from aggregator.site.pages import Pages


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything that one configuration decides: which feeds there are, what is published, how sources are read."""

    settings: Settings
    definitions: Definitions
    families: tuple[Drafts, ...]
    deltas: DeltaDrafts
    refresh: Refresh


def wire(settings: Settings, catalogue: Catalogue) -> Wiring:
    """Put the parts together."""
    definitions = Definitions(settings)
    formats = settings.defaults.formats
    feeds = FeedDrafts(definitions, settings.site, formats, settings.server.max_age)
    return Wiring(
        settings,
        definitions,
        families=(feeds, Pages(definitions, settings.site, formats)),
        deltas=DeltaDrafts(feeds),
        refresh=Refresh(settings, definitions, catalogue),
    )
