"""Lists: all topics, all providers, all categories, with how many articles each has, by name or by that number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.catalogue import Kind, Listed, Snapshot
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft
from aggregator.site.page_drafts import draft_of
from aggregator.site.rendering import Templates
from feeds.selection import fold


class Sort(StrEnum):
    """The order of a list."""

    NAME = "name"
    ARTICLES = "articles"


@dataclass(frozen=True, slots=True)
class Row:
    """A name in a list: what it is called, the path of its feed, and how many public articles it has."""

    label: str
    path: str
    articles: int


class Lists:
    """The lists of one configuration."""

    def __init__(self, definitions: Definitions, templates: Templates) -> None:
        self._definitions = definitions
        self._templates = templates

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the list at `path`, such as /topics or /topics?sort=articles; None where there is none."""
        place, _, query = path.partition("?")
        if place[1:] not in set(Kind):
            return None
        kind, sort = Kind(place[1:]), _sort(query)
        listed = self._definitions.listed(kind, snapshot)
        if listed is None:
            return None
        rows = _sorted([self._row(one) for one in listed if one.articles], sort)

        def make() -> bytes:
            return self._templates.render("list.html", kind=kind, rows=rows, sort=sort, section=place)

        return draft_of(path, make, snapshot, kind, sort, rows)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:  # noqa: ARG002  the protocol of every family
        """Give the path of every list, in its first order only: a tree has no place for others."""
        yield from (f"/{kind}" for kind in self._definitions.kinds())

    def _row(self, listed: Listed) -> Row:
        return Row(self._definitions.label(listed), listed.path, listed.articles)


def list_address(path: str, query: str) -> str:
    """Give the address of the page that is meant where `path` is asked for with `query`: lists have an order, all else ignores it."""
    if path[1:] not in set(Kind):
        return path
    sort = _sort(query)
    return path if sort is Sort.NAME else f"{path}?sort={sort}"


def _sort(query: str) -> Sort:
    """Give the order that a query asks for; the first where it asks for none that there is."""
    wanted = [piece.removeprefix("sort=") for piece in query.split("&") if piece.startswith("sort=")]
    return Sort(wanted[0]) if wanted and wanted[0] in set(Sort) else Sort.NAME


def _sorted(rows: Sequence[Row], sort: Sort) -> tuple[Row, ...]:
    by_name = sorted(rows, key=lambda row: (fold(row.label), row.path))
    return tuple(by_name if sort is Sort.NAME else sorted(by_name, key=lambda row: -row.articles))
