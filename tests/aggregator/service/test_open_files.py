"""How many files a server may have open, in processes that began with few."""

import resource
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from aggregator.service.open_files import allow_many_files
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "expected"), [(256, 1024, (1024, 1024)), (1024, 1024, (1024, 1024))]
)
def test_fault_41_as_many_files_as_are_allowed(soft: int, hard: int, expected: tuple[int, int]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard)], capture_output=True, text=True, check=True
    )
    assert tuple(map(int, done.stdout.split())) == expected


def test_fault_41_and_not_more_than_one_process_can_use() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "256", str(hard)], capture_output=True, text=True, check=True
    )
    soft = int(done.stdout.split()[0])
    assert 256 < soft <= 65_536
