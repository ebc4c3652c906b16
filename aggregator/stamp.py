"""Stamp: what tells one version of a file from another without reading it."""

from typing import NamedTuple


class Stamp(NamedTuple):
    """A file's inode, its size in bytes and its time of modification in nanoseconds since 1970.

    A tuple, as are the others that go from process to process by the hundred thousand: those are sent in a tenth of the time.
    """

    inode: int
    size: int
    modified_ns: int


# Matches no file: whatever has it is read again.
UNKNOWN = Stamp(-1, -1, -1)
