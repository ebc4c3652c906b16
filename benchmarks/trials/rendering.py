"""Rendering: the first request for a feed of 50 entries after one of them has changed, in each format, beside feedgen used naively."""

import json
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.loopback import BenchmarkError
from benchmarks.peers import naive_feedgen
from benchmarks.reading import Reading, part_of
from benchmarks.server import Server, running
from benchmarks.sites import WATCHING, new_site

_STEM = "/feeds/all"
_FORMATS = ("rss", "atom", "json")


def first_requests(bench: Bench) -> Mapping[str, Reading]:
    """Measure whole requests, over a connection that is open, as the bytes are: without a coding."""
    articles = bench.own_corpus("rendering", min(bench.files, 10_000))
    site = new_site(articles.parent, articles, WATCHING)
    ours: dict[str, list[float]] = {kind: [] for kind in _FORMATS}
    peers: dict[str, list[float]] = {kind: [] for kind in _FORMATS}
    with running(site) as server:
        server.wait_for_refresh()
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            for number in range(bench.rounds):
                _change(server, articles / "changing.md", number)
                # Each is the first now and then: what they share is made once.
                for turn in range(len(_FORMATS)):
                    kind = _FORMATS[(number + turn) % len(_FORMATS)]
                    ours[kind].append(_ask(connection, f"{_STEM}.{kind}"))
        items = json.loads(server.get(f"{_STEM}.json").body)["items"]
    for kind in _FORMATS:
        peers[kind] = naive_feedgen.milliseconds("atom" if kind == "atom" else "rss", items)
    note = {"json": "feedgen has no JSON: beside its RSS"}
    return {f"render-{kind}": part_of(ours[kind], peers[kind], "ms", note.get(kind, "")) for kind in _FORMATS}


def _change(server: Server, file: Path, number: int) -> None:
    """Change one article of the feed, and wait until the server has taken it up."""
    before = server.events()
    text = f"---\ntitle: Version {number}\npublishedDateTime: 2022-01-01T00:00:00Z\ntopics: [Changing]\n---\nVersion {number}\n"
    file.write_text(text, encoding="utf-8")
    server.wait_for_refresh(before)


def _ask(connection: HTTPConnection, path: str) -> float:
    """Ask for a document; give the milliseconds until all of it has come."""
    started = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise BenchmarkError(f"{path} answered {response.status}, expected 200")
    return (time.perf_counter() - started) * 1000
