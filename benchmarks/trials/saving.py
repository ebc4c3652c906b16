"""Saving: from the close of one changed file among many to the first answer that holds the change."""

import random
import time
from collections.abc import Mapping

from benchmarks.bench import Bench
from benchmarks.loads.poll import PAUSE_SECONDS, polling
from benchmarks.reading import Reading, absolute, percentile
from benchmarks.server import running
from benchmarks.sites import WATCHING, new_site

_FEED = "/feeds/all.rss"


def to_served(bench: Bench) -> Mapping[str, Reading]:
    """Measure it for one change at a time, at moments that chance chooses."""
    articles = bench.own_corpus("saving", bench.files)
    site = new_site(articles.parent, articles, WATCHING)
    chance = random.Random(5)
    waited = []
    with running(site) as server:
        server.wait_for_refresh()
        with polling(server.port, _FEED) as poller:
            poller.holds(b"")
            for number in range(bench.rounds):
                # A server that settles what it sees at fixed times must not be met at the same point of that each time.
                time.sleep(0.1 + chance.random() / 5)
                marker = f"Marker {number} of {time.time_ns()}"
                text = f"---\ntitle: {marker}\npublishedDateTime: 2022-01-01T00:00:{number % 60:02}Z\n---\n{marker}\n"
                (articles / "changing.md").write_text(text, encoding="utf-8")
                waited.append(poller.seconds_until(marker.encode(), time.perf_counter()) * 1000)
    note = f"one poll every {PAUSE_SECONDS * 1000:g} ms over one connection; slowest {max(waited):.0f} ms, p90 {percentile(waited, 0.9):.0f} ms"
    return {"saved-to-served": absolute(waited, "ms", note)}
