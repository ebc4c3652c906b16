"""Resting: the memory of a server that has served every topic's and provider's feed once, and has nothing to do."""

import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from benchmarks.bench import Bench
from benchmarks.loopback import BenchmarkError
from benchmarks.reading import Reading, absolute
from benchmarks.server import Server, running

_GZIP = {"Accept-Encoding": "gzip"}
_REST_SECONDS = 3
_SUFFIXES = (".rss", ".atom", ".json")


def memory(bench: Bench) -> Mapping[str, Reading]:
    """Measure the memory of all processes of a server that has started over a catalogue that is up to date."""
    site = bench.site("resting", bench.files)
    # The first load is what cold-memory is about.
    with running(site) as server:
        server.wait_for_refresh()
    with running(site) as server:
        server.wait_for_refresh()
        started = server.memory_mib()
        stems = sorted(_stems(server))
        for stem in stems:
            for suffix in _SUFFIXES:
                if server.get(stem + suffix, _GZIP).status != 200:
                    raise BenchmarkError(f"{stem}{suffix} can't be had, expected a feed of feeds.opml")
        time.sleep(_REST_SECONDS)
        note = f"sum of PSS over its processes; {len(stems)} feeds in 3 formats, gzip; {started:.0f} MiB before the first request"
        return {"resting-memory": absolute([server.memory_mib()], "MiB", note)}


def _stems(server: Server) -> Iterator[str]:
    """Give the paths of the feeds of topics and providers, without a suffix."""
    for outline in ET.fromstring(server.get("/feeds.opml").body).iter("outline"):
        path = urlsplit(outline.get("xmlUrl", "")).path
        if path.startswith(("/topics/", "/providers/")):
            yield path.rpartition(".")[0]
