"""The search page: what a search finds, by which it can be narrowed, and its feed. A search costs what searches as feeds may cost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aggregator.catalogue import FOUND_END, FOUND_START, Excerpt, Snapshot
from aggregator.documents.definitions import Definitions
from aggregator.documents.draft import Draft
from aggregator.documents.search_drafts import title_of
from aggregator.documents.search_request import PATH, SearchRequest, parse_search
from aggregator.errors import SearchRequestError
from aggregator.site.cards import Card, Cards
from aggregator.site.page_drafts import draft_of
from aggregator.site.rendering import Templates
from aggregator.site.search_facets import facets_of
from feeds.definition import Content, Order
from feeds.search_query import write_search_query
from feeds.stories import Story

PAGE_SIZE = 20
# Each page costs as much as all before it.
MOST_PAGES = 50

_NUMBER = re.compile("[1-9][0-9]?")
_FOUND = re.compile(f"{FOUND_START}([^{FOUND_END}]*){FOUND_END}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is what was searched for."""

    text: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: its card, and what is marked of its title and text; empty where nothing is."""

    card: Card
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of what a search finds. `shown` is of how many articles there are pages; newer and older are queries, None at the ends."""

    hits: tuple[Hit, ...]
    total: int
    number: int
    pages: int
    newer: str | None
    older: str | None


class SearchPages:
    """The searches of one configuration, as pages. A SearchFamily.

    limit, content  of the feed of a search that does not say
    """

    def __init__(self, definitions: Definitions, templates: Templates, limit: int, content: Content) -> None:
        self._cards = Cards(definitions)
        self._templates = templates
        self._limit = limit
        self._content = content

    def answers(self, path: str) -> bool:
        """Tell whether `path` is that of the search page."""
        return path == PATH

    def address(self, path: str, query: str) -> str:
        """Give the canonical address of the page that `query` asks for; raise SearchRequestError."""
        request, number = self._read(query)
        return _address(path, request.query, number)

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at a canonical address such as /search?q=tides, None where it is no search or there are fewer pages."""
        place, _, query = path.partition("?")
        if place != PATH:
            return None
        request, number = self._read(query)
        stretch = snapshot.stretch(request.definition, (number - 1) * PAGE_SIZE, PAGE_SIZE)
        pages = min(max(1, -(-stretch.total // PAGE_SIZE)), MOST_PAGES)
        if number > pages:
            return None
        keys = [one.key for one in stretch.chosen]

        def make() -> bytes:
            cards = self._cards.of(tuple(map(Story, snapshot.articles(stretch.chosen))), snapshot)
            excerpts = snapshot.excerpts(request.definition.selection, keys)
            hits = tuple(_hit(card, excerpts.get(key)) for key, card in zip(keys, cards, strict=True))
            turned = {
                "newer": _query(request.query, number - 1) if number > 1 else None,
                "older": _query(request.query, number + 1) if number < pages else None,
            }
            results = Results(hits=hits, total=stretch.total, number=number, pages=pages, **turned)
            return self._page(request, results, snapshot)

        # Facets count the whole archive, so that whatever changed may have changed this page.
        return draft_of(path, make, snapshot, request, number, snapshot.generation.number, snapshot.as_of)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:  # noqa: ARG002  the protocol of every family
        """Give none: there are as many searches as there are questions."""
        return iter(())

    def _read(self, query: str) -> tuple[SearchRequest, int]:
        pieces = query.split("&")
        numbers = [piece.removeprefix("page=") for piece in pieces if piece.startswith("page=")]
        rest = "&".join(piece for piece in pieces if not piece.startswith("page="))
        return self._parsed(rest), _number(numbers)

    def _parsed(self, query: str) -> SearchRequest:
        return parse_search(query, limit=self._limit, content=self._content)

    def _page(self, request: SearchRequest, results: Results, snapshot: Snapshot) -> bytes:
        definition = request.definition
        wanted = definition.selection.match
        own = {"q", "order"}
        return self._templates.render(
            "search.html",
            title=title_of(definition, snapshot),
            words="" if wanted is None else write_search_query(wanted),
            order=definition.order,
            orders=tuple(Order),
            kept=[pair for pair in parse_qsl(request.query) if pair[0] not in own],
            query=f"?{request.query}" if request.query else "",
            facets=facets_of(request, snapshot, lambda query: self._parsed(query).query),
            results=results,
            section=PATH,
        )


def _number(written: list[str]) -> int:
    if not written:
        return 1
    if len(written) > 1 or not _NUMBER.fullmatch(written[0]) or int(written[0]) > MOST_PAGES:
        raise SearchRequestError([f"page: expected once, a whole number from 1 to {MOST_PAGES}"])
    return int(written[0])


def _address(path: str, query: str, number: int) -> str:
    whole = _query(query, number)
    return f"{path}?{whole}" if whole else path


def _query(query: str, number: int) -> str:
    page = f"page={number}" if number > 1 else ""
    return "&".join(filter(None, (query, page)))


def _hit(card: Card, excerpt: Excerpt | None) -> Hit:
    if excerpt is None:
        return Hit(card, (), ())
    return Hit(card, pieces_of(excerpt.title), pieces_of(excerpt.text))


def pieces_of(marked: str) -> tuple[Piece, ...]:
    """Take a text apart where it is marked."""
    parts = _FOUND.split(marked)
    return tuple(Piece(text, place % 2 == 1) for place, text in enumerate(parts) if text)
