"""Exposition: figures in the text format of Prometheus. The only importer of prometheus_client.

Its own counters are not used: they cost several times what a dictionary does, and can't be added up over processes without files.
"""

from collections.abc import Iterator, Mapping

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from aggregator.monitoring.metrics import METRICS, SUBSCRIBERS, Figures, Key, Kind, Metric

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition(figures: Figures) -> bytes:
    """Write figures down; every metric is there, also where it has no value yet."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(figures))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Family]:
        counts = self._figures.counts
        levels = {**self._figures.levels, **_subscribers(self._figures)}
        for metric in METRICS:
            if metric.kind is Kind.HISTOGRAM:
                yield _histogram(metric, counts)
            elif metric.kind is Kind.COUNTER:
                counter = CounterMetricFamily(metric.name, metric.text, labels=metric.labels)
                yield _filled(counter, metric, counts)
            else:
                gauge = GaugeMetricFamily(metric.name, metric.text, labels=metric.labels)
                yield _filled(gauge, metric, levels)


def _filled(
    family: CounterMetricFamily | GaugeMetricFamily, metric: Metric, figures: Mapping[Key, float]
) -> Family:
    for (name, labels), value in sorted(figures.items()):
        if name == metric.name:
            family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, counts: Mapping[Key, float]) -> Family:
    buckets, reached = [], 0.0
    for index, bound in enumerate((*metric.bounds, float("inf"))):
        reached += counts.get(metric.bucket(index), 0)
        buckets.append(("+Inf" if bound == float("inf") else str(float(bound)), reached))
    family = HistogramMetricFamily(metric.name, metric.text)
    family.add_metric((), buckets, counts.get(metric.sum, 0))
    return family


def _subscribers(figures: Figures) -> Mapping[Key, float]:
    numbers: dict[Key, float] = {}
    for (feed, _format, _reader), number in figures.audience.items():
        key = SUBSCRIBERS.key(feed)
        numbers[key] = numbers.get(key, 0) + number
    return numbers
