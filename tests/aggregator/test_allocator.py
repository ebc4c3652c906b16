import platform
import subprocess
import sys

import pytest

# What the C library tells of itself (malloc_info(3)) once eight threads have each taken memory at the same time.
PROGRAM = """
import ctypes, sys, threading
from aggregator.allocator import keep_one_arena
if sys.argv[1] == "one":
    assert keep_one_arena()
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


def arenas(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no other C library has arenas")
def test_all_threads_take_memory_from_one_place() -> None:
    assert arenas("one") == 1
    assert arenas("many") > 1
