"""Growth: what one more file costs in a cold build of a small site, and of a large one."""

from collections.abc import Mapping
from itertools import pairwise
from statistics import median

from benchmarks.bench import Bench
from benchmarks.reading import Reading
from benchmarks.trials.cold import publish_cold

_MICROSECONDS = 1e6


def build(bench: Bench) -> Mapping[str, Reading]:
    """Measure `publish` at each size; give what one more file costs between the largest two, ÷ the same between the smallest two.

    Not the time of each size ÷ its files, which the note and the plot have as well: that falls as sites grow, since the interpreter
    starts once, and the first articles bring nearly all of the feeds. What it would take for it to rise, it hides.
    """
    times = {size: _seconds(bench, size) for size in bench.sizes}
    whole = [(float(size), seconds / size * _MICROSECONDS) for size, seconds in times.items()]
    more = [
        (float(larger), (times[larger] - times[smaller]) / (larger - smaller) * _MICROSECONDS)
        for smaller, larger in pairwise(bench.sizes)
    ]
    costs = [cost for _, cost in whole]
    told = ", ".join(f"{size:,} files {times[size]:.2f} s" for size in bench.sizes)
    note = f"{told}; as µs a file {', '.join(f'{cost:.0f}' for cost in costs)}, dearest ÷ cheapest {max(costs) / min(costs):.2f}"
    series = {"more": more, "whole": whole}
    (_, first), *_, (_, last) = more
    if min(first, last) <= 0:
        note = f"a larger site took less time: too disturbed to tell; {note}"
    value = None if min(first, last) <= 0 else last / first
    return {
        "growth": Reading(
            value=value, unit="µs a file", ours=(last,), peer=(first,), note=note, series=series
        )
    }


def _seconds(bench: Bench, size: int) -> float:
    site = bench.site(f"growth-{size}", size)
    # What ends soon is repeated more often, for it is no less disturbed.
    repeats = bench.repeats if size >= max(bench.sizes) else 2 * bench.repeats + 1
    return median(publish_cold(site).seconds for _ in range(repeats))
