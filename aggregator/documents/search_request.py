"""Search requests: from the query of an address such as /search.atom?q=tides to the feed that is asked for. Pure.

One search has one canonical query, in whatever order, case and escapes it was written: its feed's address, and its key wherever the
feed is kept. What can't be understood is refused as a whole, with every parameter at fault named: to leave out what somebody
asked for would answer another question.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from aggregator.config.addresses import domain
from aggregator.config.texts import chosen, text
from aggregator.config.written import quoted, suggestion
from aggregator.errors import SearchRequestError
from feeds.definition import Content, FeedDefinition, Order
from feeds.errors import SearchQueryError
from feeds.search_query import SearchQuery, parse_search_query, write_search_query
from feeds.selection import Names, Selection, fold

PATH = "/search"
MOST_ENTRIES = 200

_LONGEST = 2000
_MOST_PARAMETERS = 64
_MOST_NAMES = 10
_LONGEST_NAME = 100
_MOST_TOLD = 8

# Added to addresses by whoever passes them on, to follow their readers: they ask for nothing (rule E5).
_TRACKING = re.compile("utm_.*|fbclid|gclid|msclkid")

_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_DAYS = re.compile("([1-9][0-9]{0,4})d")
# From 1900 on: of earlier years strftime leaves out zeros.
_DATE = re.compile("(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile("[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search: the feed that it asks for, and its canonical query, without a question mark, empty where it asks for everything.

    The definition's path is that of every search, and its title is empty: what a search is called is for those who know how
    topics are spelled.
    """

    definition: FeedDefinition
    query: str


def parse_search(query: str, *, limit: int, content: Content) -> SearchRequest:
    """Parse what stands behind the question mark, as it came, bytes beyond ASCII as surrogates or characters.

    Raises SearchRequestError, which says everything that is wrong.

    limit    entries at most where the query does not say; never more than MOST_ENTRIES
    content  how much of an article an entry shows
    """
    if len(query) > _LONGEST:
        _refuse([_too_long(query)])
    problems: list[str] = []
    given = _given(query, problems)
    found = {name: _read(name, read, given.get(name, ()), problems) for name, read in _READERS.items()}
    if problems:
        _refuse(problems)
    default = min(limit, MOST_ENTRIES)
    canonical = _canonical(found, default)
    if len(canonical) > _LONGEST:
        _refuse([_too_long(canonical)])
    return SearchRequest(_definition(found, default, content), canonical)


def _refuse(problems: Sequence[str]) -> None:
    raise SearchRequestError(problems[:_MOST_TOLD])


def _too_long(query: str) -> str:
    return f"the query {quoted(query)} is {len(query)} characters long, expected at most {_LONGEST}"


# What was given


def _given(query: str, problems: list[str]) -> Mapping[str, list[str]]:
    """Give the values of each parameter that is known, without those that are empty; add what is wrong to `problems`."""
    given: dict[str, list[str]] = {}
    pieces = [piece for piece in query.split("&") if piece]
    if len(pieces) > _MOST_PARAMETERS:
        many = f"has {len(pieces)} parameters, expected at most {_MOST_PARAMETERS}"
        problems.append(f"the query {quoted(query)} {many}")
        return given
    for piece in pieces:
        if len(problems) >= _MOST_TOLD:
            break  # comparing with what may have been meant costs, and nobody reads more
        try:
            name, value = _pair(piece)
        except ValueError as error:
            problems.append(str(error))
        else:
            if value:
                given.setdefault(name, []).append(value)
    return given


def _pair(piece: str) -> tuple[str, str]:
    """Give the name and the value of a parameter, the value empty where it asks for nothing; raise ValueError where it can't be."""
    written_name, _, written_value = piece.partition("=")
    name = _decoded(written_name)
    if _TRACKING.fullmatch(name):
        return name, ""
    if name not in _READERS:
        hint = suggestion(name, _READERS) or f", expected one of {', '.join(_READERS)}"
        raise ValueError(f"the parameter {quoted(name)} is unknown{hint}")
    try:
        return name, text(_decoded(written_value))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _decoded(written: str) -> str:
    """Give the text of a name or a value, as forms write it (application/x-www-form-urlencoded)."""
    if _STRAY_PERCENT.search(written):
        raise ValueError(
            f"{quoted(written)} has a % in front of what is no pair of hexadecimal digits, expected %25 for a percent sign"
        )
    try:
        return unquote_to_bytes(written.replace("+", " ").encode("utf-8", "surrogateescape")).decode()
    except UnicodeError as error:
        raise ValueError(
            f"{quoted(written)} is not UTF-8, expected text in UTF-8, percent-encoded"
        ) from error


# What it means


def _read(name: str, read: Callable[[Sequence[str]], Any], values: Sequence[str], problems: list[str]) -> Any:
    try:
        return read(values)
    except ValueError as error:
        problems.append(f"{name}: {error}")
        return None


def _once(values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise ValueError(f"stands {len(values)} times ({', '.join(map(quoted, values[:3]))}), expected once")
    return values[0] if values else None


def _search_query(values: Sequence[str]) -> SearchQuery | None:
    value = _once(values)
    if value is None:
        return None
    try:
        # Twice: the canonical form is another text, and must not be longer than a query may be either.
        return parse_search_query(write_search_query(parse_search_query(value)))
    except SearchQueryError as error:
        raise ValueError(str(error)) from error


def _names(values: Sequence[str]) -> Names:
    return _any_of(map(fold, values))


def _domains(values: Sequence[str]) -> Names:
    return _any_of(map(domain, values))


def _any_of(values: Iterator[str]) -> Names:
    names = tuple(sorted(set(values)))
    if len(names) > _MOST_NAMES:
        raise ValueError(f"has {len(names)} values, expected at most {_MOST_NAMES}")
    for name in names:
        if len(name) > _LONGEST_NAME:
            raise ValueError(
                f"{quoted(name)} is {len(name)} characters long, expected at most {_LONGEST_NAME}"
            )
    return Names(any=names)


def _order(values: Sequence[str]) -> Order | None:
    value = _once(values)
    return None if value is None else chosen(value, Order, "order")


def _number(lowest: int, highest: int) -> Callable[[Sequence[str]], int | None]:
    def read(values: Sequence[str]) -> int | None:
        value = _once(values)
        if value is None:
            return None
        expected = f"expected {lowest} to {highest}"
        if not _NUMBER.fullmatch(value):
            raise ValueError(f"{quoted(value)} is no whole number, {expected}")
        if not lowest <= int(value) <= highest:
            raise ValueError(f"{value} is too {'small' if int(value) < lowest else 'big'}, {expected}")
        return int(value)

    return read


def _days(values: Sequence[str]) -> timedelta | None:
    value = _once(values)
    if value is None:
        return None
    found = _DAYS.fullmatch(value)
    if found is None:
        raise ValueError(f"{quoted(value)} is no number of days, expected 1d to 99999d")
    return timedelta(days=int(found[1]))


def write_days(age: timedelta) -> str:
    """Write whole days as a query has them."""
    return f"{age.days}d"


def _date(values: Sequence[str]) -> datetime | None:
    """Give the beginning, in UTC, of the day that is named."""
    value = _once(values)
    if value is None:
        return None
    try:
        if not _DATE.fullmatch(value):
            raise ValueError("is written otherwise")  # noqa: TRY301  told in the same words as a day that the calendar lacks
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as error:
        raise ValueError(f"{quoted(value)} is no date, expected one such as 2021-01-31") from error


# Every parameter, in the order of the canonical query.
_READERS: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "q": _search_query,
    "topic": _names,
    "provider": _domains,
    "category": _names,
    "type": _names,
    "language": _names,
    "min_quality": _number(0, 100),
    "max_age": _days,
    "since": _date,
    "order": _order,
    "limit": _number(1, MOST_ENTRIES),
}


def _definition(found: Mapping[str, Any], default: int, content: Content) -> FeedDefinition:
    selection = Selection(
        match=found["q"],
        topics=found["topic"],
        providers=found["provider"],
        categories=found["category"],
        types=found["type"],
        languages=found["language"],
        min_quality=found["min_quality"],
        max_age=found["max_age"],
        since=found["since"],
    )
    return FeedDefinition(
        path=PATH,
        title="",
        selection=selection,
        order=found["order"] or Order.NEWEST,
        limit=found["limit"] or default,
        content=content,
    )


# How it is written


def _canonical(found: Mapping[str, Any], default: int) -> str:
    """Write a search in its one form: parameters in one order, names folded and sorted, defaults left out, as RFC 3986 has it."""
    defaults = {"order": Order.NEWEST, "limit": default}
    pairs = (
        (name, value)
        for name, part in found.items()
        if part is not None and part != defaults.get(name)
        for value in _texts(part)
    )
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)


def _texts(part: Any) -> Sequence[str]:
    if isinstance(part, Names):
        return part.any
    if isinstance(part, timedelta):
        return (write_days(part),)
    if isinstance(part, datetime):
        return (f"{part:%Y-%m-%d}",)
    return (write_search_query(part) if isinstance(part, SearchQuery) else str(part),)
