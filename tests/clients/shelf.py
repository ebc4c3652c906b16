"""The store of a reader that is built on a parser: entries by their ids, and the archives that it has read (RFC 5005 section 4.2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.clients.client import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a parser found: the entries, and the address of the archive before it, None where it has or knows none."""

    entries: tuple[Seen, ...]
    previous: str | None = None


class Shelf:
    """A Client over a parser.

    get_feed     gives the document that a subscription has now, None: the one that it had
    get_archive  gives the document at an address
    """

    def __init__(
        self, get_feed: Callable[[str], Document | None], get_archive: Callable[[str], Document]
    ) -> None:
        self._get_feed = get_feed
        self._get_archive = get_archive
        self._url = ""
        self._read: set[str] = set()
        self._entries: dict[str, Seen] = {}

    def subscribe(self, url: str) -> None:
        self._url = url

    def poll(self) -> None:
        document = self._get_feed(self._url)
        if document is None:
            return
        # The newest document counts where two have an entry.
        for one in reversed([document, *self._archives_before(document)]):
            self._entries.update((entry.id, entry) for entry in one.entries)

    def held(self) -> list[Seen]:
        return list(self._entries.values())

    def _archives_before(self, document: Document) -> Iterator[Document]:
        """Walk back to an archive that has been read: archives do not change, so nothing new lies behind it."""
        while document.previous and document.previous not in self._read:
            self._read.add(document.previous)
            document = self._get_archive(document.previous)
            yield document
