"""The history of a feed as addresses and links: RFC 5005, feed paging and archiving."""

import re
from dataclasses import dataclass

_ARCHIVE = re.compile(r"(.+)/archive/([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A document's place in the history of its feed. Paths have no suffix; None: there is no such document.

    path         of the document itself
    current      of the feed as it is now (section 4), None in that document
    previous     of the archive that ends where this document begins
    next         of the archive that begins where this one ends
    is_complete  whether what the document does not hold is not in the feed (section 2)
    """

    path: str
    current: str | None = None
    previous: str | None = None
    next: str | None = None
    is_complete: bool = False

    @property
    def is_archive(self) -> bool:
        """Tell whether the document is a closed archive."""
        return self.current is not None


def archive_path(feed: str, number: int) -> str:
    """Give the path of a feed's archive, which are counted from 1, the oldest."""
    return f"{feed}/archive/{number}"


def split_archive(path: str) -> tuple[str, int | None]:
    """Give the path of the feed, and the number of the archive, None where `path` is that of the feed itself."""
    match = _ARCHIVE.fullmatch(path)
    return (path, None) if match is None else (match[1], int(match[2]))


def subscription(feed: str, archives: int, *, is_complete: bool) -> History:
    """Give the place of the document that readers subscribe to, of a feed with so many closed archives."""
    previous = archive_path(feed, archives) if archives else None
    return History(path=feed, previous=previous, is_complete=is_complete)


def archive(feed: str, number: int, archives: int) -> History:
    """Give the place of an archive among `archives` closed ones."""
    return History(
        path=archive_path(feed, number),
        current=feed,
        previous=archive_path(feed, number - 1) if number > 1 else None,
        next=archive_path(feed, number + 1) if number < archives else None,
    )
