"""Names that are one letter apart: a letter too many, too few, wrong, or two of them in the wrong order. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

# Of AI and AR, or Go and Git, nobody means the other.
_SHORTEST = 5


def one_letter_apart(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give every pair of folded names of which one may be a slip for the other, each once, in order.

    Names that differ in a digit do not count: GPT-3 is not GPT-4. Takes time in proportion to the letters, not to the pairs.
    """
    by_rest: dict[str, set[str]] = defaultdict(set)
    for name in sorted({name for name in names if len(name) >= _SHORTEST}):
        for rest in {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}:
            by_rest[rest].add(name)
    pairs = {(one, other) for group in by_rest.values() for one in group for other in group if one < other}
    return (pair for pair in sorted(pairs) if _is_slip(*pair))


def _is_slip(one: str, other: str) -> bool:
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    changed = one[start : len(one) - end], other[start : len(other) - end]
    if any(character.isdigit() for part in changed for character in part):
        return False
    return max(map(len, changed)) == 1 or (len(changed[0]) == 2 and changed[0] == changed[1][::-1])  # noqa: PLR2004  two letters


def _common(one: str, other: str) -> int:
    """Count the letters with which both begin."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
