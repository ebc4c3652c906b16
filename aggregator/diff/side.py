"""Side: one of two sites that are compared."""

from dataclasses import dataclass

from aggregator.catalogue import Snapshot
from aggregator.config import Settings
from aggregator.documents.definitions import Definitions
from aggregator.entry.keys import key_of
from feeds.definition import FeedDefinition


@dataclass(frozen=True, slots=True)
class Side:
    """A configuration, and what a catalogue holds of its sources."""

    settings: Settings
    definitions: Definitions
    snapshot: Snapshot

    def feeds(self) -> dict[str, FeedDefinition]:
        """Give every feed by its path."""
        return {definition.path: definition for definition in self.definitions.all(self.snapshot)}

    def shown(self, definition: FeedDefinition) -> list[int]:
        """Give the keys of the entries that a feed's document has, in its order."""
        if definition.fold:
            return [key_of(story.lead.id) for story in self.snapshot.stories(definition)]
        return [key for key, _ in self.snapshot.revisions(definition)]
