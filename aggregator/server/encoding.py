"""Which content codings a request accepts, the best first. Pure."""

import re
from functools import lru_cache

from aggregator.documents.edition import CODINGS, IDENTITY

# A content coding or *, and its weight: 0 to 1 with at most three decimals (RFC 9110 section 12.4.2).
_MEMBER = re.compile(
    r"(?P<coding>[!#$%&'*+.^_`|~0-9a-z-]+)"
    r"(?:[ \t]*;[ \t]*q=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
)
_ANY = "*"

# RFC 9110 section 8.4.1.3: the old name is to be taken for the same coding.
_OTHER_NAMES = {"x-gzip": "gzip"}

# Of equal weights, the smallest form goes first and the plain bytes last.
_RANKS = {coding: rank for rank, coding in enumerate((*CODINGS, IDENTITY))}

# Who says no more than * has not shown that it knows the newer ones; what is named goes before what is not.
_RANKS_UNNAMED = {coding: len(_RANKS) + rank for rank, coding in enumerate(("gzip", "br", "zstd", IDENTITY))}


# Programs send one of a few dozen values; the bound holds the memory where one sends a million.
@lru_cache(maxsize=256)
def acceptable_codings(accept_encoding: str | None) -> tuple[str, ...]:
    """Give the codings that can be sent to who asked with this Accept-Encoding, the best first (RFC 9110 section 12.5.3).

    Without the header all are acceptable, and none at all is best. Members that can't be read are left out.
    Empty: nothing that can be made here is acceptable, not even the plain bytes.
    """
    if accept_encoding is None:
        return (IDENTITY, *CODINGS)
    weights = _weights(accept_encoding)
    standings = (_standing(coding, weights) for coding in _RANKS)
    return tuple(coding for *_, coding in sorted(standing for standing in standings if standing is not None))


def _standing(coding: str, weights: dict[str, float]) -> tuple[float, int, str] | None:
    """Give what sorts the acceptable codings, the best first; None where `coding` is not acceptable."""
    if coding in weights:
        weight, rank = weights[coding], _RANKS[coding]
    elif _ANY in weights:
        weight, rank = weights[_ANY], _RANKS_UNNAMED[coding]
    elif coding == IDENTITY:
        return (0.0, _RANKS[coding], coding)
    else:
        return None
    return (-weight, rank, coding) if weight else None


def _weights(accept_encoding: str) -> dict[str, float]:
    members = (_MEMBER.fullmatch(member.strip(" \t").lower()) for member in accept_encoding.split(","))
    return {
        _OTHER_NAMES.get(member["coding"], member["coding"]): float(member["weight"] or 1)
        for member in members
        if member is not None
    }
