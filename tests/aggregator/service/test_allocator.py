import os
import platform
import subprocess
import sys

import pytest

# What the C library tells of itself (malloc_info(3)) once eight threads have each taken memory at the same time.
PROGRAM = """
import ctypes, sys, threading
from aggregator.service.allocator import keep_one_arena
if sys.argv[1] == "wanted":
    print(keep_one_arena(), flush=True)
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


pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no other C library has arenas")


def told(how: str, **environment: str) -> str:
    command = [sys.executable, "-c", PROGRAM, how]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **environment}
    ).stdout


def arenas(text: str) -> int:
    return text.count("<heap nr=")


def test_all_threads_take_memory_from_one_place() -> None:
    wanted = told("wanted")
    assert wanted.startswith("True")
    assert arenas(wanted) == 1
    assert arenas(told("as it was")) > 1


@pytest.mark.parametrize(
    "environment", [{"MALLOC_ARENA_MAX": "3"}, {"GLIBC_TUNABLES": "glibc.malloc.arena_max=3"}]
)
def test_an_operator_decides_how_many_places_there_are(environment: dict[str, str]) -> None:
    wanted = told("wanted", **environment)
    assert wanted.startswith("False")
    assert arenas(wanted) == 3
