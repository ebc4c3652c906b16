"""What reading a file gave, and the same packed to be sent from one process to another."""

import marshal
import pickle
from collections.abc import Sequence
from typing import NamedTuple

from aggregator.entry.names import Kind, Name
from aggregator.entry.preparing import Prepared
from aggregator.frontmatter.reading import Outcome
from aggregator.source.stamp import Stamp

_NOTHING_TO_TELL = Outcome()
_NAMES = Prepared._fields.index("names")


class Taken(NamedTuple):
    """What reading one file gave. The stamp is UNKNOWN where the file is to be read again the next time.

    digest    16 bytes that tell its content from others, none where it could not be read
    prepared  the article of the outcome, made ready, where that was wanted
    """

    path: str
    stamp: Stamp
    digest: bytes
    outcome: Outcome
    prepared: Prepared | None = None


def pack(several: Sequence[Taken]) -> bytes:
    """Write what `unpack` reads, in a process of the same program.

    By marshal, which knows plain values only, and each name once: pickle takes 16 µs a file there and 9 back, this 3 and 4 (measured).
    """
    numbers: dict[Name, int] = {}
    rows = []
    for path, stamp, digest, outcome, prepared in several:
        told = None if outcome == _NOTHING_TO_TELL else pickle.dumps(outcome)
        fields = None
        if prepared is not None:
            used = [numbers.setdefault(name, len(numbers)) for name in prepared.names]
            fields = (*prepared[:_NAMES], used, *prepared[_NAMES + 1 :])
        rows.append((path, tuple(stamp), digest, told, fields))
    names = [(name.kind.value, name.folded, name.spelling) for name in numbers]
    return marshal.dumps((names, rows))


def unpack(packed: bytes) -> list[Taken]:
    """Read what `pack` wrote. Nothing else: it is trusted."""
    written, rows = marshal.loads(packed)  # noqa: S302  from our own process
    names = [Name(Kind(kind), folded, spelling) for kind, folded, spelling in written]
    return [
        Taken(
            path,
            Stamp(*stamp),
            digest,
            _NOTHING_TO_TELL if told is None else pickle.loads(told),  # noqa: S301  likewise
            None
            if fields is None
            else Prepared._make(
                [*fields[:_NAMES], tuple([names[number] for number in fields[_NAMES]]), *fields[_NAMES + 1 :]]
            ),
        )
        for path, stamp, digest, told, fields in rows
    ]
