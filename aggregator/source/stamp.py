"""Stamp: what tells one version of a file from another without reading it."""

from typing import NamedTuple


class Stamp(NamedTuple):
    """A file's inode, its size in bytes and its time of modification in nanoseconds since 1970.

    A tuple, since each refresh makes one of every file that is known: 0.1 s of 0.3 s for 100,000 files.
    """

    inode: int
    size: int
    modified_ns: int


# Matches no file: whatever has it is read again.
UNKNOWN = Stamp(-1, -1, -1)
