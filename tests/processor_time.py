from collections.abc import Callable
from time import thread_time

_TRIES = 5


def least_seconds(work: Callable[[], object], enough: float) -> float:
    """Give the processor seconds that `work` takes in this thread, the fewest of some tries, which end when one took fewer than `enough`.

    A processor that others share makes the same work take several times as long, a hypervisor's above all; it never takes less.
    """
    least = float("inf")
    for _ in range(_TRIES):
        began = thread_time()
        work()
        least = min(least, thread_time() - began)
        if least < enough:
            break
    return least
