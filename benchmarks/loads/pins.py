"""Which processor what runs on, where a row is about one: servers on the first, the load on the second."""

import os
import shutil
from collections.abc import Sequence


def pins() -> tuple[Sequence[str], Sequence[str]] | None:
    """Give what pins a command of a server, and of a load; None where there are not two processors, or no taskset."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2 or shutil.which("taskset") is None:
        return None
    first, second, *_ = available
    return ("taskset", "-c", str(first)), ("taskset", "-c", str(second))


def pins_of_two() -> tuple[Sequence[str], Sequence[str]]:
    """Give what pins servers to two processors and their load to a third; where there is no third they share, and nothing is pinned."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 3 or shutil.which("taskset") is None:
        return (), ()
    first, second, third, *_ = available
    return ("taskset", "-c", f"{first},{second}"), ("taskset", "-c", str(third))
