"""What a file means for the entry it speaks of: which of several files counts, and what changes. Pure: values in, values out.

Times are microseconds since 1970, as the database keeps them, but those of claims.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aggregator.entry.preparing import Prepared
from feeds.article import State


@dataclass(frozen=True, slots=True)
class Claim:
    """A file's claim to an identity: what it says of its own state, and when it was last updated."""

    source: str
    path: str
    state: State
    rank: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the catalogue holds of an entry now."""

    published: int
    updated: int
    first_seen: int
    withdrawn_at: int | None
    content: bytes
    whole: bytes


class Ruling(NamedTuple):
    """What an entry shall be: when it counts as updated, and when it was first seen."""

    updated: int
    first_seen: int


def winner(claims: Iterable[Claim]) -> Claim | None:
    """Choose the file that counts among all that claim one identity, None where there is none.

    A version that is not due yet does not displace one that is; of files updated at the same time the first by name counts.
    """
    ordered = sorted(claims, key=lambda claim: (claim.source, claim.path))
    return max(ordered, key=lambda claim: (claim.state is not State.SCHEDULED, claim.rank), default=None)


def unripe(article: Prepared, now: int) -> int | None:
    """Give the `updated` of an article that says one of the future, None where it does not."""
    return article.updated if article.updated is not None and article.updated > now else None


def next_change(article: Prepared, now: int) -> int | None:
    """Give when the file of a public article is to be read again, though nobody touches it; None where it is not."""
    moments = [moment for moment in (unripe(article, now), article.ripens) if moment is not None]
    return min(moments, default=None)


def _claimed(article: Prepared, now: int) -> int:
    """Give when the article says that it was updated.

    An `updated` of the future is not believed until its time has come. To take it for now instead would give each machine, and each
    new catalogue, another time, and so other bytes (E1).
    """
    said = article.published if unripe(article, now) is not None else article.rank
    return min(said, now)


def rule(article: Prepared, standing: Standing | None, now: int) -> Ruling | None:
    """Decide what the entry of the public `article` becomes at `now`; None where it stays what it is.

    `updated` moves only when the article says so or its content changed (RFC 4287 section 4.2.15), or when it comes back after
    having been withdrawn (RFC 6721 section 3: a later `updated` than the tombstone's `when`); it never lies in the future.
    """
    claimed = _claimed(article, now)
    if standing is None:
        return Ruling(updated=claimed, first_seen=now)
    if standing.withdrawn_at is not None:
        updated = now
    elif article.content == standing.content:
        updated = max(standing.updated, claimed)
    else:
        updated = claimed if claimed > standing.updated else max(now, standing.updated)
    if standing.withdrawn_at is None and article.whole == standing.whole and updated == standing.updated:
        return None
    return Ruling(updated=updated, first_seen=standing.first_seen)
