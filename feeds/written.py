"""What one format wrote of a feed, entry by entry, so that the next document with the same entries need not write them again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it stands in the documents of one format, and the dates that a feed takes from it (aware, UTC)."""

    published: datetime
    updated: datetime
    text: bytes


@dataclass(frozen=True, slots=True)
class Writing:
    """A document in pieces: what stands before its entries, each of them, and what stands behind them."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes
    separator: bytes = b""

    @property
    def body(self) -> bytes:
        """The whole document."""
        return b"".join((self.head, self.separator.join(self.entries), self.tail))


def in_pieces(body: bytes, opening: bytes, tail: bytes) -> Writing:
    """Take a document apart, each entry of which begins with `opening`; nothing else in it may hold those bytes."""
    head, *entries = body.removesuffix(tail).split(opening)
    return Writing(head, tuple(opening + entry for entry in entries), tail)


def in_place(written: Mapping[int, Written], fresh: Sequence[bytes]) -> Iterator[bytes]:
    """Give the entries of a document in its order: those written before by their places, and between them the fresh ones."""
    texts = iter(fresh)
    for place in range(len(written) + len(fresh)):
        known = written.get(place)
        yield next(texts) if known is None else known.text
