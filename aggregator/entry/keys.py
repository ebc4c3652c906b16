"""Keys: numbers for identities and names, and for times, as the catalogue keeps them. Pure.

Keys are 63 bits of a SHA-256: the same on every machine, whatever the order of loading, so that ties between articles of the same second
break the same way everywhere.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def key_of(text: str) -> int:
    """Give the 63-bit key of an identity or a name."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) >> 1


def microseconds(moment: datetime) -> int:
    """Give an aware time in whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """Give the time (aware, UTC) that so many microseconds since 1970 are."""
    return _EPOCH + number * _MICROSECOND
