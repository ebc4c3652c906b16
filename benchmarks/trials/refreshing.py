"""Refreshing: how long answers take while many changed files are read, beside how long they take at rest."""

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.loads.steady import RATE, Answered, steady
from benchmarks.loopback import BenchmarkError
from benchmarks.reading import Reading, percentile
from benchmarks.server import Server, running
from benchmarks.sites import WATCHING, new_site

_PATHS = tuple(f"/feeds/all{suffix}" for suffix in (".rss", ".atom", ".json"))
_QUICK_ENOUGH = 0.99


def under_load(bench: Bench) -> Mapping[str, Reading]:
    """Measure a steady load, first at rest, then while a refresh runs, from its beginning to its end and no longer."""
    articles = bench.own_corpus("refreshing", bench.files)
    site = new_site(articles.parent, articles, WATCHING)
    rest, during, seconds = [], [], []
    with running(site) as server:
        server.wait_for_refresh()
        for _ in range(bench.repeats):
            rest += _times(_at_rest(server, bench.seconds))
            answered, begun, ended = _while_refreshing(server, articles, bench)
            during += _times([one for one in answered if begun <= one.sent <= ended])
            seconds.append(ended - begun)
    value = percentile(during, _QUICK_ENOUGH) / percentile(rest, _QUICK_ENOUGH)
    note = (
        f"p99 of {len(during):,} answers over {sum(seconds):.1f} s of refreshes, ÷ p99 of {len(rest):,} at rest; {RATE} requests/s "
        f"of 3 documents as gzip over 16 connections, on the same two processors; slowest {max(during):.0f} ms"
    )
    points = {"at rest": _distribution(rest), "while a refresh runs": _distribution(during)}
    ours, peer = (percentile(during, _QUICK_ENOUGH),), (percentile(rest, _QUICK_ENOUGH),)
    return {"refresh-p99": Reading(value=value, unit="ms", ours=ours, peer=peer, note=note, series=points)}


def _at_rest(server: Server, seconds: float) -> list[Answered]:
    # Once before it counts: what has to be rendered is rendered.
    steady(server.port, _PATHS, _after(min(1.0, seconds)))
    return steady(server.port, _PATHS, _after(seconds))


def _while_refreshing(server: Server, articles: Path, bench: Bench) -> tuple[list[Answered], float, float]:
    """Change files all at once, under load; give the answers, and when the refresh began and ended."""
    before = server.events()
    staged = _stage(articles, bench.changed)
    wanted = sum(1 for folder in staged.values() for _ in folder.iterdir())
    began = time.perf_counter()

    def is_over() -> bool:
        if time.perf_counter() - began > 300:
            raise BenchmarkError(f"a refresh of {wanted} files has not ended: {server.refreshes(before)}")
        return sum(one.read for one in server.refreshes(before)) >= wanted

    for folder, changed in staged.items():
        _swap(folder, changed)
    answered = steady(server.port, _PATHS, is_over)
    refreshes = [one for one in server.refreshes(before) if one.read]
    return answered, refreshes[0].ended - refreshes[0].seconds, refreshes[-1].ended


def _stage(articles: Path, count: int) -> dict[Path, Path]:
    """Write other versions of whole folders of articles beside the source, of `count` files at least; give where each belongs."""
    staging = articles.with_name("staged")
    shutil.rmtree(staging, ignore_errors=True)
    staged: dict[Path, Path] = {}
    for folder in sorted(articles.glob("*/*"), reverse=True):
        if count <= 0:
            break
        staged[folder] = staging / folder.relative_to(articles)
        staged[folder].mkdir(parents=True)
        for file in folder.iterdir():
            text = file.read_text(encoding="utf-8")
            (staged[folder] / file.name).write_text(
                f"{text}<p>Changed {time.time_ns()}</p>\n", encoding="utf-8"
            )
            count -= 1
    return staged


def _swap(folder: Path, changed: Path) -> None:
    """Put one folder in the place of another: for whoever looks, all of its files change at once."""
    old = changed.with_name(f"{changed.name}.old")
    folder.rename(old)
    changed.rename(folder)
    shutil.rmtree(old)


def _after(seconds: float) -> Callable[[], bool]:
    ends = time.perf_counter() + seconds
    return lambda: time.perf_counter() > ends


def _times(answered: list[Answered]) -> list[float]:
    return [one.seconds * 1000 for one in answered]


def _distribution(times: list[float]) -> list[tuple[float, float]]:
    """Give what a plot of a distribution needs: percentiles, denser towards the slowest."""
    parts = [*(part / 100 for part in range(99)), *(0.99 + part / 1000 for part in range(10)), 1.0]
    return [(part, percentile(times, part)) for part in parts]
