"""The exposition, read back by the parser that comes with Prometheus' own library."""

from prometheus_client.parser import text_string_to_metric_families

from aggregator.monitoring.metrics import CONNECTIONS, METRICS, REFRESH_SECONDS, REQUESTS, Figures
from aggregator.server.exposition import exposition


def read(figures: Figures) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition(figures).decode())
        for sample in family.samples
    }


def test_every_metric_is_there_with_type_and_text_also_without_a_value() -> None:
    text = exposition(Figures()).decode()
    for metric in METRICS:
        assert f"# HELP {metric.name} {metric.text}\n" in text
        assert f"# TYPE {metric.name} {metric.kind}\n" in text


def test_counters_and_gauges_have_their_labels_and_values() -> None:
    counts = {REQUESTS.key("/feeds/all", "atom", "200"): 3}
    found = read(Figures(counts=counts, levels={CONNECTIONS.key(): 2}))
    labels = (("feed", "/feeds/all"), ("format", "atom"), ("status", "200"))
    assert (found[REQUESTS.name, labels], found[CONNECTIONS.name, ()]) == (3, 2)


def test_buckets_hold_what_falls_into_them_and_into_the_ones_before() -> None:
    counts = {REFRESH_SECONDS.bucket(0): 2, REFRESH_SECONDS.bucket(2): 1, REFRESH_SECONDS.sum: 0.5}
    counts[REFRESH_SECONDS.bucket(len(REFRESH_SECONDS.bounds))] = 4
    found = read(Figures(counts=counts))
    name = f"{REFRESH_SECONDS.name}_bucket"
    assert [found[name, (("le", bound),)] for bound in ("0.01", "0.025", "0.05", "600.0", "+Inf")] == [
        2,
        2,
        3,
        3,
        7,
    ]
    assert (found[f"{REFRESH_SECONDS.name}_count", ()], found[f"{REFRESH_SECONDS.name}_sum", ()]) == (7, 0.5)


def test_subscribers_of_a_feed_are_those_of_all_its_readers_and_formats() -> None:
    audience = {("/a", "atom", "x"): 1, ("/a", "rss", "x"): 2, ("/a", "atom", "y"): 4, ("/b", "atom", "x"): 8}
    found = read(Figures(audience=audience))
    assert [found["aggregator_feed_subscribers", (("feed", feed),)] for feed in ("/a", "/b")] == [7, 8]


def test_the_same_figures_are_the_same_text_whatever_the_order() -> None:
    keys = [REQUESTS.key(f"/feeds/{name}", "atom", "200") for name in "abc"]
    forth, back = (dict.fromkeys(order, 1.0) for order in (keys, keys[::-1]))
    assert exposition(Figures(counts=forth)) == exposition(Figures(counts=back))
