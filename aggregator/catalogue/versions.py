"""Which entries a version of a feed's document had, known by the digest of its bytes, so that a reader that holds it can be told what is new.

RFC 3229 calls that version the base instance. The newest few of each document are kept, and so many in all: whoever holds an older
one gets the whole document.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from aggregator.catalogue.tables import versions

# A reader that asks once a day holds the version of yesterday: of a feed that changes more often than every hour, it gets the whole.
_KEPT_OF_A_DOCUMENT = 24
# About 600 bytes each.
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Version:
    """The entries of a document at one generation.

    basis       digest of all that decides the document besides its entries: versions of another basis can't be compared
    generation  at which it was made: an entry with a later revision has changed since
    keys        of its entries
    """

    basis: bytes
    generation: int
    keys: frozenset[int]

    def holds(self, key: int, revision: int) -> bool:
        """Tell whether the version has the entry as it is in this revision."""
        return key in self.keys and revision <= self.generation


def keep_versions(connection: Connection, made: Mapping[tuple[str, str], Version]) -> None:
    """Keep versions by path and digest (in hexadecimal) of their documents; forget the oldest where there are too many."""
    for (path, digest), version in made.items():
        of_path = versions.c.path == path
        connection.execute(versions.delete().where(of_path, versions.c.digest == bytes.fromhex(digest)))
        connection.execute(versions.insert().values(_row(path, digest, version)))
        oldest = select(versions.c.number).where(of_path).order_by(versions.c.number.desc())
        oldest = oldest.limit(1).offset(_KEPT_OF_A_DOCUMENT)
        connection.execute(versions.delete().where(of_path, versions.c.number <= oldest.scalar_subquery()))
    newest = select(func.max(versions.c.number)).scalar_subquery()
    connection.execute(versions.delete().where(versions.c.number <= newest - _KEPT))


def newest_version(connection: Connection, path: str, digests: Sequence[str]) -> tuple[str, Version] | None:
    """Give the newest known version of a document among these, with its digest; None where none is known."""
    wanted = [bytes.fromhex(digest) for digest in digests]
    statement = select(versions).where(versions.c.path == path, versions.c.digest.in_(wanted))
    row = connection.execute(statement.order_by(versions.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    keys = struct.unpack(f"<{len(row.entry_keys) // 8}Q", row.entry_keys)
    return row.digest.hex(), Version(row.basis, row.generation, frozenset(keys))


def _row(path: str, digest: str, version: Version) -> dict[str, object]:
    keys = sorted(version.keys)
    return {
        "path": path,
        "digest": bytes.fromhex(digest),
        "basis": version.basis,
        "generation": version.generation,
        "entry_keys": struct.pack(f"<{len(keys)}Q", *keys),
    }
