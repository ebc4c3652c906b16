"""A million: what finding a topic's feed costs in a catalogue of a million articles, written by its own Writer, without files."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from aggregator.catalogue import Catalogue, FileRead, Kind, prepare
from aggregator.config import load
from aggregator.refreshes.garbage import uncollected
from aggregator.source.stamp import Stamp
from aggregator.wiring import Wiring, wire
from benchmarks.bench import Bench
from benchmarks.corpus import Sample, samples
from benchmarks.reading import Reading, percentile
from benchmarks.sites import Site, new_site
from feeds.article import Article, Provider

_BATCH = 2_000
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_ROUNDS = 5
_NEARLY_ALL = 0.99


def topic_queries(bench: Bench) -> Mapping[str, Reading]:
    """Measure, for each topic some times over: a snapshot, the feed's definition and its fingerprint, which is what a poll after a change asks."""
    empty = bench.folder / "no-articles"
    empty.mkdir(exist_ok=True)
    site = new_site(bench.folder / "sites" / f"million-{bench.million}", empty)
    settings = load(site.configuration)
    is_filled = _is_filled(site)
    catalogue = Catalogue.open(settings.store)
    try:
        wiring = wire(settings, catalogue)
        if not is_filled:
            _fill(catalogue, wiring, bench.million)
            (site.folder / "filled").touch()
        return {"million": _measured(catalogue, wiring, bench.million)}
    finally:
        catalogue.close()


def _measured(catalogue: Catalogue, wiring: Wiring, count: int) -> Reading:
    with catalogue.snapshot() as snapshot:
        paths = [f"/topics/{listed.slug}" for listed in snapshot.listed(Kind.TOPIC)]
    times, whole = [], []
    for number in range(_ROUNDS + 1):
        for path in paths:
            found, selected = _query(catalogue, wiring, path)
            if number:  # the first round warms what every later one finds warm
                times.append(found)
                whole.append(selected)
    note = (
        f"{count:,} articles, {len(paths)} topics, {len(times):,} queries; p50 {percentile(times, 0.5):.2f} ms; "
        f"p99 with the 50 articles read as well {percentile(whole, _NEARLY_ALL):.2f} ms"
    )
    value = percentile(times, _NEARLY_ALL)
    return Reading(value=value, unit="ms", ours=(value,), note=note)


def _query(catalogue: Catalogue, wiring: Wiring, path: str) -> tuple[float, float]:
    """Give the milliseconds to the fingerprint, and to the articles."""
    started = time.perf_counter()
    with catalogue.snapshot() as snapshot:
        definition = wiring.definitions.find(path, snapshot)
        if definition is None:
            raise LookupError(f"there is no feed at {path}, expected one of a topic that is listed")
        snapshot.fingerprint(definition)
        found = time.perf_counter()
        snapshot.select(definition)
        ended = time.perf_counter()
    return (found - started) * 1000, (ended - started) * 1000


def _is_filled(site: Site) -> bool:
    """Tell whether an earlier run has filled the catalogue; what is left of one that did not get to its end is deleted."""
    is_filled = (site.folder / "filled").exists()
    if not is_filled:
        site.forget()
    return is_filled


def _fill(catalogue: Catalogue, wiring: Wiring, count: int) -> None:
    definitions = wiring.definitions
    # Without the index of words, which no such query looks at: to make it would take most of the time.
    with catalogue.writing(definitions.configured, _NOW, words_later=True) as writer, uncollected():
        for batch in _batches(map(_read, samples(count))):
            writer.add(batch)
        writer.note_site(definitions.site_digest())
        writer.note_definitions(definitions.digests())
        writer.finish(wiring.settings.defaults.limit)


def _batches(reads: Iterable[FileRead]) -> Iterator[list[FileRead]]:
    pending = iter(reads)
    while batch := list(islice(pending, _BATCH)):
        yield batch


def _read(sample: Sample) -> FileRead:
    """Give what reading the article's file would have given."""
    name, domain = sample.provider
    article = Article(
        id=sample.url,
        source="news",
        path=str(sample.path),
        title=sample.title,
        published=sample.published,
        excerpt=sample.excerpt,
        body=f"<p>{sample.excerpt}</p>\n<p>{sample.text}</p>\n",
        link=sample.url,
        category="news",
        type="article",
        quality=sample.quality,
        heat=max(sample.heat, 0),
        provider=Provider(name=name, domain=domain),
        topics=sample.topics,
        is_published=sample.is_published,
    )
    return FileRead(
        source="news",
        path=article.path,
        stamp=Stamp(sample.number, 2_000, 0),
        article=prepare(article, has_words=False),
        has_problems=False,
    )
