"""Wiring: the parts of one configuration, put together over an open catalogue."""

from dataclasses import dataclass

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.definitions import Definitions
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
    refresh: Refresh


def wire(settings: Settings, catalogue: Catalogue) -> Wiring:
    """Put the parts together."""
    definitions = Definitions(settings)
    formats = settings.defaults.formats
    families = (
        FeedDrafts(definitions, settings.site, formats, settings.server.max_age),
        Pages(definitions, settings.site, formats),
    )
    return Wiring(settings, definitions, families, Refresh(settings, definitions, catalogue))
