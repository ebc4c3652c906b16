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
