"""Allocator: how the C library keeps memory in a process that runs for months."""

import ctypes
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Option:
    """One of mallopt(3): its number in malloc.h, what it is set to, and by which names whoever starts the process sets it."""

    number: int
    value: int
    variable: str
    tunable: str

    def is_set(self) -> bool:
        return self.variable in os.environ or self.tunable in os.environ.get("GLIBC_TUNABLES", "")


# glibc gives threads arenas of their own, each of which holds what its busiest moment took. Python's threads, which take turns, gain nothing
# by that: 1,350 rounds of changes and polls left a server and its keeper with 110 MB in place of 118 (measured).
_ARENAS = _Option(-8, 1, "MALLOC_ARENA_MAX", "glibc.malloc.arena_max")
# What glibc begins with, and would raise to whatever was freed last. Then what several threads need at once, such as a megabyte each to
# compress a document, stays with the process: of two, three and four at once 1.0, 1.4 and 2.1 MB, and of this nothing, for half a
# millisecond a document (measured).
_LARGE = _Option(-3, 128 * 1024, "MALLOC_MMAP_THRESHOLD_", "glibc.malloc.mmap_threshold")


def hold_little() -> bool:
    """Have all threads of this process take memory from one place, before any is started, and give large pieces back as soon as they are free.

    Tell whether the C library does all that. What the environment says of either counts for more.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl and macOS have none
    if mallopt is None:
        return False
    settled = [not one.is_set() and mallopt(one.number, one.value) == 1 for one in (_ARENAS, _LARGE)]
    return all(settled)
