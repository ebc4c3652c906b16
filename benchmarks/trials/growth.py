"""Growth: what a file costs in a cold build, at several sizes."""

from collections.abc import Mapping
from statistics import median

from benchmarks.bench import Bench
from benchmarks.reading import Reading
from benchmarks.trials.cold import publish_cold


def build(bench: Bench) -> Mapping[str, Reading]:
    """Measure `publish` at each size, less what it takes on an empty site; give the dearest file ÷ the cheapest."""
    times = {size: _seconds(bench, size) for size in (0, *bench.sizes)}
    net = {size: (times[size] - times[0]) / size * 1e6 for size in bench.sizes}
    gross = {size: times[size] / size * 1e6 for size in bench.sizes}
    told = "; ".join(
        f"{size:,}: {net[size]:.0f} µs ({gross[size]:.0f} with the start)" for size in bench.sizes
    )
    return {
        "growth": Reading(
            value=max(net.values()) / min(net.values()),
            unit="µs a file",
            ours=tuple(net.values()),
            note=f"less the {times[0]:.2f} s of a site without articles, which would hide at small sizes what grows; {told}",
            series={"net": list(net.items()), "gross": list(gross.items())},
        )
    }


def _seconds(bench: Bench, size: int) -> float:
    site = bench.site(f"growth-{size}", size)
    # What ends soon is repeated more often, for it is no less disturbed.
    repeats = bench.repeats if size >= max(bench.sizes) else 2 * bench.repeats + 1
    return median(publish_cold(site).seconds for _ in range(repeats))
