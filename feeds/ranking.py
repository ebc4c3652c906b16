"""What a ranked feed shows: the first of its candidates, and with some patience for what it showed before, so that it does not flap.

Marks move a little all the time. If the feed were cut off strictly at its limit, the two entries on either side would change places
with each of these moves, and readers would see each of them come, go and come again.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be shown: its key, and who it is from, which `per_provider` counts."""

    key: int
    provider: str


def margin_of(limit: int) -> int:
    """Give how many places a newcomer must be ahead of what it displaces: a tenth of the limit, one at least; none where one is shown."""
    return min(limit - 1, max(1, limit // 10))


def steady(
    ranked: Sequence[Candidate], shown: Collection[int], limit: int, per_provider: int | None = None
) -> frozenset[int]:
    """Give the keys of what a feed shows of `ranked`, the best first, when it showed `shown` before: `limit` at most.

    What was shown counts as `margin_of(limit)` places ahead of its place, and wins where that makes two equal. So what ranks among the
    first `limit - margin` is shown in any case, what does not rank among the first `limit + margin` never is, and nothing is displaced by
    what is not clearly better. With nothing shown before these are simply the first.

    per_provider  at most so many of one provider, None: no bound; displacing one another takes the same lead
    """
    margin, held = margin_of(limit), frozenset(shown)
    standing = {
        candidate: (place - margin, 0) if candidate.key in held else (place, 1)
        for place, candidate in enumerate(ranked)
    }
    taken: list[int] = []
    of_provider: Counter[str] = Counter()
    for candidate in sorted(standing, key=standing.__getitem__):
        if len(taken) == limit:
            break
        if per_provider is None or of_provider[candidate.provider] < per_provider:
            of_provider[candidate.provider] += 1
            taken.append(candidate.key)
    return frozenset(taken)
