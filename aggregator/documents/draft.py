"""Draft: a document that can be made, known by what it depends on; making it costs, so it is made only when that changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aggregator.catalogue import Snapshot, Version
from aggregator.documents.edition import Edition


@dataclass(frozen=True, slots=True)
class Draft:
    """A document at one state of the catalogue. The same `fingerprint` means that `make` would give the same edition.

    version        which entries it has, for whoever holds it to be told later what is new; None where that is not offered
    last_modified  when what it is made from changed last, though the document may not have; None where the edition knows
    """

    fingerprint: str
    make: Callable[[], Edition]
    version: Version | None = None
    last_modified: datetime | None = None


class Drafts(Protocol):
    """A family of documents by the path of their address, such as the feeds, or the pages for people."""

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the document at `path`, None where this family has none. To be made while the snapshot lasts."""
        ...

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every document there is."""
        ...
