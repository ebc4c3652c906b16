"""Stamp: what tells one version of a file from another without reading it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's inode, its size in bytes and its time of modification in nanoseconds since 1970."""

    inode: int
    size: int
    modified_ns: int


# Matches no file: whatever has it is read again.
UNKNOWN = Stamp(-1, -1, -1)
