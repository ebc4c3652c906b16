"""Any bytes as what stands behind the question mark of /search: a search with one canonical query, or a refusal; FTS5 takes what is left."""

import re
import sqlite3
from urllib.parse import parse_qsl

from aggregator.catalogue.criteria import full_text_query
from aggregator.documents.search_request import MOST_ENTRIES, SearchRequest, parse_search
from aggregator.errors import SearchRequestError
from feeds.definition import Content
from feeds.selection import fold

_CANONICAL = re.compile("(?:[A-Za-z0-9._~&=-]|%[0-9A-F]{2})*")
_INDEX = sqlite3.connect(":memory:")
_INDEX.execute('CREATE VIRTUAL TABLE t USING fts5(title, tokenize = "unicode61 remove_diacritics 2")')
_NAMES = {"topic": "topics", "category": "categories", "type": "types", "language": "languages"}


def check(data: bytes) -> None:
    query = data.decode("utf-8", "surrogateescape")
    try:
        found = _search(query)
    except SearchRequestError as error:
        assert error.problems
        assert all(problem and problem.isprintable() for problem in error.problems)
        return
    assert _CANONICAL.fullmatch(found.query)
    assert _search(found.query) == found
    assert 1 <= found.definition.limit <= MOST_ENTRIES
    _check_names(query, found)
    match = found.definition.selection.match
    if match is not None:
        _INDEX.execute("SELECT rowid FROM t WHERE t MATCH ?", (full_text_query(match),)).fetchall()


def _search(query: str) -> SearchRequest:
    return parse_search(query, limit=50, content=Content.EXCERPT)


def _check_names(query: str, found: SearchRequest) -> None:
    """Compare the names with what the standard library reads of the query."""
    pairs = parse_qsl(query.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    for name, field in _NAMES.items():
        given = {fold(value) for key, value in pairs if key == name and value.strip()}
        assert set(getattr(found.definition.selection, field).any) == given
