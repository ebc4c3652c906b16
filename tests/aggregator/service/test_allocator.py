import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no other C library has arenas")

HOLD_LITTLE = """
import sys
from aggregator.service.allocator import hold_little
if sys.argv[1] == "wanted":
    print(hold_little(), flush=True)
"""

# What the C library tells of itself (malloc_info(3)) once eight threads have each taken memory at the same time.
PLACES = (
    HOLD_LITTLE
    + """
import ctypes, threading
at_once = threading.Barrier(8)
def take():
    at_once.wait()
    held = [bytes(100_000) for _ in range(10)]
    at_once.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""
)

# How many KiB more are in use once four pieces each of three, two and one megabyte have come and gone. Between two of them lies what is kept,
# so that they can't be given back as one end of the heap; what is kept would else find room in holes from before, which every run has others of.
LARGE = (
    HOLD_LITTLE
    + """
KEPT = 100_000
def in_use():
    line, = [line for line in open("/proc/self/smaps_rollup") if line.startswith("Anonymous:")]
    return int(line.split()[1])
del (one := [bytearray(1_000_000)])[:]
holes_filled = [bytearray(KEPT) for _ in range(100)]
before, kept = in_use(), []
for size in (3_000_000, 2_000_000, 1_000_000):
    pieces = []
    for _ in range(4):
        pieces.append(bytearray(size))
        kept.append(bytearray(KEPT))
    pieces.clear()
print(in_use() - before - len(kept) * KEPT // 1024)
"""
)


def told(program: str, how: str, **environment: str) -> list[str]:
    command = [sys.executable, "-c", program, how]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout.splitlines()


def arenas(lines: list[str]) -> int:
    return "\n".join(lines).count("<heap nr=")


def test_all_threads_take_memory_from_one_place() -> None:
    wanted = told(PLACES, "wanted")
    assert wanted[0] == "True"
    assert arenas(wanted) == 1
    assert arenas(told(PLACES, "as it was")) > 1


def test_large_pieces_are_given_back() -> None:
    kibibytes = int(told(LARGE, "wanted")[-1])
    assert kibibytes < 512
    assert int(told(LARGE, "as it was")[-1]) > 2048


@pytest.mark.parametrize(
    "environment", [{"MALLOC_ARENA_MAX": "3"}, {"GLIBC_TUNABLES": "glibc.malloc.arena_max=3"}]
)
def test_an_operator_decides_how_many_places_there_are(environment: dict[str, str]) -> None:
    wanted = told(PLACES, "wanted", **environment)
    assert wanted[0] == "False"
    assert arenas(wanted) == 3


def test_an_operator_decides_what_is_large() -> None:
    wanted = told(LARGE, "wanted", MALLOC_MMAP_THRESHOLD_="8000000")
    assert wanted[0] == "False"
    assert int(wanted[-1]) > 2048
