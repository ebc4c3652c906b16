"""Facets of a search: by which topics, providers, types and times it can be narrowed, each a link to the search that does so."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

from aggregator.catalogue import Kind, Name, Snapshot
from aggregator.documents.search_request import SearchRequest, write_days
from aggregator.errors import SearchRequestError
from feeds.selection import NO_NAMES, Selection

_MOST = 10
_AGES = {timedelta(days=7): "Last week", timedelta(days=30): "Last month", timedelta(days=365): "Last year"}
_YEARS = 4

# Writes a search in its one form; raises SearchRequestError where there is no such search.
Canonical = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to narrow a search: how many articles that leaves, and the query of that search; of a chosen one, of the search without."""

    label: str
    articles: int
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """What a search can be narrowed by."""

    title: str
    options: tuple[Option, ...]


def facets_of(request: SearchRequest, snapshot: Snapshot, canonical: Canonical) -> tuple[Facet, ...]:
    """Give the facets of a search that have anything to choose."""
    selection = request.definition.selection
    found = (
        Facet("Topic", tuple(_options(request, "topic", _topics(selection, snapshot), canonical))),
        Facet("Provider", tuple(_options(request, "provider", _providers(selection, snapshot), canonical))),
        Facet("Type", tuple(_options(request, "type", _types(selection, snapshot), canonical))),
        Facet("Time", tuple(_times(request, snapshot, canonical))),
    )
    return tuple(facet for facet in found if facet.options)


# Value, label and number of articles.
_Counted = Sequence[tuple[str, str, int]]


def _topics(selection: Selection, snapshot: Snapshot) -> _Counted:
    chosen = {Name(Kind.TOPIC, value, value).key: value for value in selection.topics.any}
    counts = dict(snapshot.topic_counts(replace(selection, topics=NO_NAMES), _MOST))
    listed = snapshot.listed_by_key(counts.keys() | chosen.keys())
    keys = [*(key for key in chosen if key not in counts), *counts]
    return [
        (listed[key].folded, listed[key].name, counts.get(key, 0))
        if key in listed
        else (chosen[key], chosen[key], 0)
        for key in keys
    ]


def _providers(selection: Selection, snapshot: Snapshot) -> _Counted:
    counted = snapshot.value_counts(replace(selection, providers=NO_NAMES), "provider", _MOST)
    values = _with_chosen(counted, selection.providers.any)
    keys = {value: Name(Kind.PROVIDER, value, value).key for value, _ in values}
    listed = snapshot.listed_by_key(keys.values())
    return [
        (value, listed[keys[value]].name if keys[value] in listed else value, count)
        for value, count in values
    ]


def _types(selection: Selection, snapshot: Snapshot) -> _Counted:
    counted = snapshot.value_counts(replace(selection, types=NO_NAMES), "type", _MOST)
    return [(value, value.capitalize(), count) for value, count in _with_chosen(counted, selection.types.any)]


def _with_chosen(counted: Sequence[tuple[str, int]], chosen: Iterable[str]) -> list[tuple[str, int]]:
    known = {value for value, _ in counted}
    return [*((value, 0) for value in chosen if value not in known), *counted]


def _options(
    request: SearchRequest, parameter: str, counted: _Counted, canonical: Canonical
) -> Iterator[Option]:
    pairs = parse_qsl(request.query)
    for value, label, count in counted:
        is_chosen = (parameter, value) in pairs
        others = [pair for pair in pairs if pair != (parameter, value)]
        query = _written(others if is_chosen else [*pairs, (parameter, value)], canonical)
        if query is not None:
            yield Option(label, count, query, is_chosen)


def _times(request: SearchRequest, snapshot: Snapshot, canonical: Canonical) -> Iterator[Option]:
    selection, as_of = request.definition.selection, snapshot.as_of
    pairs = parse_qsl(request.query)
    others = [pair for pair in pairs if pair[0] not in {"max_age", "since"}]
    times = {as_of - age: (("max_age", write_days(age)), label) for age, label in _AGES.items()}
    newest = snapshot.newest() or as_of
    for year in range(newest.year, newest.year - _YEARS, -1):
        times[datetime(year, 1, 1, tzinfo=UTC)] = (("since", f"{year}-01-01"), f"Since {year}")
    counts = snapshot.counts_since(replace(selection, max_age=None, since=None), times)
    for moment, (pair, label) in times.items():
        is_chosen = pair in pairs
        query = _written(others if is_chosen else [*others, pair], canonical)
        if query is not None and (counts[moment] or is_chosen):
            yield Option(label, counts[moment], query, is_chosen)


def _written(pairs: Iterable[tuple[str, str]], canonical: Canonical) -> str | None:
    """Write a query; None where that would ask for more than a search may."""
    try:
        return canonical("&".join(f"{name}={quote(value, safe='')}" for name, value in pairs))
    except SearchRequestError:
        return None
