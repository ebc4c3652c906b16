"""Criteria in words: what a feed wants, as its editor would write it, and what an article has. Pure."""

from datetime import datetime

from aggregator.catalogue import Found, Verdict
from aggregator.config.measures import format_duration
from aggregator.documents.definitions import Lacking
from aggregator.explain.standing import moment
from feeds.search_query import SearchQuery
from feeds.selection import Names, Selection


def wanted(criterion: str, selection: Selection) -> str:
    """Say what a criterion of `selection` asks for: `60`, `any of ai, deep learning`, `30d`."""
    value = getattr(selection, criterion)
    if isinstance(value, Names):
        parts = {"any of": value.any, "all of": value.all, "none of": value.none}
        return "; ".join(f"{mode} {', '.join(names)}" for mode, names in parts.items() if names)
    if isinstance(value, SearchQuery):
        return _query(value)
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, int) else format_duration(value)


def found(verdict: Verdict, selection: Selection) -> str:
    """Say what the article has that decided: `article has 53`."""
    if verdict.criterion == "match" and selection.match is not None:
        return _terms(selection.match, verdict.found)
    if isinstance(verdict.found, datetime):
        return f"article was published {moment(verdict.found)}"
    if verdict.found is None or verdict.found == ():
        return "article has none"
    shown = ", ".join(verdict.found) if isinstance(verdict.found, tuple) else str(verdict.found)
    return f"article has {shown}"


def lacking(feed: Lacking) -> str:
    """Say why there is no such feed yet; nothing of one that would have articles enough."""
    if feed.articles >= feed.min_articles:
        return ""
    have = "article has" if feed.articles == 1 else "articles have"
    return f"there is no such feed yet, {feed.kind}.min_articles {feed.min_articles}: {feed.articles} {have} its name"


def _terms(query: SearchQuery, occurring: Found) -> str:
    """Name the terms that decided: what is lacking or unwanted, else what is there."""
    has = occurring if isinstance(occurring, tuple) else ()
    lacking = [_group(group) for group in query.all if not set(group) & set(has)]
    unwanted = [_term(term) for term in query.none if term in has]
    reasons = [f"lacks {group}" for group in lacking] + [f"has {term}" for term in unwanted]
    return f"article {' and '.join(reasons) or f'has {_listed(has)}'}"


def _listed(terms: tuple[str, ...]) -> str:
    return " and ".join(map(_term, terms))


def _query(query: SearchQuery) -> str:
    return " ".join([*map(_group, query.all), *(f"-{_term(term)}" for term in query.none)])


def _group(terms: tuple[str, ...]) -> str:
    return " OR ".join(map(_term, terms))


def _term(term: str) -> str:
    return f'"{term}"' if " " in term else term
