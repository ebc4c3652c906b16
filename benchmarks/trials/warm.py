"""Warm: a server over a catalogue that is up to date: its start, and its refreshes that find nothing."""

import time
from collections.abc import Mapping

from benchmarks.bench import Bench
from benchmarks.peers.scan import scan
from benchmarks.reading import Reading, part_of
from benchmarks.server import Server, running

_EVERY_SECONDS = 3
_REFRESHES = 5
_LOOK_SECONDS = 0.25


def restart(bench: Bench) -> Mapping[str, Reading]:
    """Measure the time from the start of the process to /readyz, with nothing changed."""
    site = bench.site("warm", bench.files)
    ours, peers = [], []
    with running(site) as server:
        server.wait_for_refresh()
    for _ in range(2 * bench.repeats + 1):
        peers.append(scan(site.articles)[0])
        with running(site) as server:
            ours.append(server.seconds_to_ready())
    note = "the last good generation is served at once; the scan follows"
    return {"warm-restart": part_of(ours, peers, "s", note)}


def idle_refresh(bench: Bench) -> Mapping[str, Reading]:
    """Measure the processor time of all the server's processes, over refreshes that find nothing to do."""
    reload = f"{{every: {_EVERY_SECONDS}s, watch: false}}"
    site = bench.site("idle-refresh", bench.files, reload)
    peers = [scan(site.articles)[1] for _ in range(2 * bench.repeats + 1)]
    with running(site) as server:
        server.wait_for_refresh()
        begun = _refreshes(server)
        ours = []
        begun = _wait_for(server, begun + 1)
        for _ in range(_REFRESHES):
            before = server.cpu_seconds()
            ended = _wait_for(server, begun + 1)
            ours.append((server.cpu_seconds() - before) / (ended - begun))
            begun = ended
    note = f"all processes of the server, from the end of a refresh to the end of the next, {_EVERY_SECONDS} s apart"
    return {"idle-refresh": part_of(ours, peers, "s of CPU", note)}


def _wait_for(server: Server, count: int) -> int:
    """Wait until so many refreshes have ended; give their number."""
    while (ended := _refreshes(server)) < count:
        time.sleep(_LOOK_SECONDS)
    return ended


def _refreshes(server: Server) -> int:
    text = server.get("/metrics").body.decode()
    lines = (line for line in text.splitlines() if line.startswith("aggregator_refreshes_total"))
    return sum(int(float(line.rpartition(" ")[2])) for line in lines)
