"""Any bytes as Accept-Encoding and as the conditional header fields, a line each: judged by a plain reading of RFC 9110.

The lines are Accept-Encoding, If-None-Match, If-Modified-Since, If-Match, If-Unmodified-Since; one that is empty, or `-`, is no field.
"""

from datetime import UTC, datetime
from itertools import islice

from aggregator.documents.edition import CODINGS, IDENTITY
from aggregator.server.conditional import Decision, Outcome, Preconditions, decide, parse_http_date
from aggregator.server.encoding import acceptable_codings

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_CHANGED = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
_ETAGS = ('"abc-br"', '"abc"', '"abc-gzip"')
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def check(data: bytes) -> None:
    # As aiohttp hands them over.
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    accept_encoding, none_match, modified, match, unmodified = (
        None if line == "-" else line for line in islice((*lines, *"-----"), 5)
    )
    _check_codings(accept_encoding)
    for value in (modified, unmodified):
        if value is not None:
            assert parse_http_date(value, _NOW) == _date(value), value
    conditions = Preconditions(
        if_match=match, if_none_match=none_match, if_modified_since=modified, if_unmodified_since=unmodified
    )
    assert decide(conditions, _ETAGS, _CHANGED, _NOW) == _decision(conditions), conditions


# Accept-Encoding (section 12.5.3)


def _check_codings(value: str | None) -> None:
    got = acceptable_codings(value)
    assert len(set(got)) == len(got)
    if value is None:
        assert set(got) == {*CODINGS, IDENTITY}
        return
    weights = _weights(value)
    expected = {coding: _weight(coding, weights) for coding in (*CODINGS, IDENTITY)}
    assert set(got) == {coding for coding, weight in expected.items() if weight > 0}
    assert [expected[coding] for coding in got] == sorted((expected[coding] for coding in got), reverse=True)


def _weight(coding: str, weights: dict[str, int]) -> float:
    """Give the weight of a coding in thousandths; identity, where nothing is said of it, comes after everything that is named."""
    return weights.get(coding, weights.get("*", 0.5 if coding == IDENTITY else 0))


def _weights(value: str) -> dict[str, int]:
    found = {}
    for member in value.split(","):
        coding, semicolon, parameter = (part.strip(" \t").lower() for part in member.partition(";"))
        weight = _thousandths(parameter) if semicolon else 1000
        if coding and set(coding) <= _TOKEN and weight is not None:
            found["gzip" if coding == "x-gzip" else coding] = weight
    return found


def _thousandths(parameter: str) -> int | None:
    if not parameter.startswith("q="):
        return None
    whole, dot, decimals = parameter[2:].partition(".")
    if whole not in {"0", "1"} or len(decimals) > 3 or not set(decimals) <= set("0123456789"):
        return None
    thousandths = int(whole) * 1000 + int((decimals + "000")[:3] if dot else "0")
    return thousandths if thousandths <= 1000 else None


# Preconditions (section 13.2.2)


def _decision(conditions: Preconditions) -> Decision:
    send = Decision(Outcome.SEND, _ETAGS[0])
    if conditions.if_match is not None:
        named = {tag for tag, is_weak in _tags(conditions.if_match) if not is_weak}
        if conditions.if_match != "*" and not named & set(_ETAGS):
            return Decision(Outcome.FAILED, _ETAGS[0])
    elif conditions.if_unmodified_since is not None:
        since = _date(conditions.if_unmodified_since)
        if since is not None and since < _CHANGED:
            return Decision(Outcome.FAILED, _ETAGS[0])
    if conditions.if_none_match is not None:
        named = {tag for tag, _ in _tags(conditions.if_none_match)}
        held = [tag for tag in _ETAGS if conditions.if_none_match == "*" or tag in named]
        return Decision(Outcome.NOT_MODIFIED, held[0]) if held else send
    if conditions.if_modified_since is not None:
        since = _date(conditions.if_modified_since)
        if since is not None and since >= _CHANGED:
            return Decision(Outcome.NOT_MODIFIED, _ETAGS[0])
    return send


def _tags(value: str) -> list[tuple[str, bool]]:
    """Read a list of entity tags (section 8.8.3) character by character; nothing where it is none."""
    tags: list[tuple[str, bool]] = []
    position, is_due = 0, True
    while position < len(value):
        character = value[position]
        if character in " \t":
            position += 1
        elif character == ",":
            position, is_due = position + 1, True
        else:
            is_weak = value.startswith("W/", position)
            start = position + 2 * is_weak
            end = value.find('"', start + 1)
            if not is_due or value[start : start + 1] != '"' or end == -1:
                return []
            if not all(_is_of_a_tag(one) for one in value[start + 1 : end]):
                return []
            tags.append((value[start : end + 1], is_weak))
            position, is_due = end + 1, False
    return tags


def _is_of_a_tag(character: str) -> bool:
    return character == "!" or "#" <= character <= "~" or character >= "\x80"


# Dates (section 5.6.7)


def _date(value: str) -> datetime | None:
    """Read a date by writing every date that it could be: the right one is written just so, whatever its day of the week."""
    numbers = [int(part) for part in _digits(value)]
    if len(numbers) != 5 or max(numbers) > 9999:
        return None
    is_asctime = not value.endswith("GMT")
    day, year, *clock = (numbers[0], numbers[4], *numbers[1:4]) if is_asctime else numbers
    is_short = "-" in value
    if is_short and year > 99:
        return None
    for month in range(1, 13):
        if value in _written(day, month, year, clock):
            return _moment(year, month, day, clock, is_short=is_short)
    return None


def _digits(value: str) -> list[str]:
    return "".join(one if one in "0123456789" else " " for one in value).split()


def _written(day: int, month: int, year: int, clock: list[int]) -> list[str]:
    name, time = _MONTHS[month - 1], ":".join(f"{part:02}" for part in clock)
    return [
        form
        for weekday in _DAYS
        for form in (
            f"{weekday[:3]}, {day:02} {name} {year:04} {time} GMT",
            f"{weekday}, {day:02}-{name}-{year:02} {time} GMT",
            f"{weekday[:3]} {name} {day:2} {time} {year:04}",
            f"{weekday[:3]} {name} {day:02} {time} {year:04}",
        )
    ]


def _moment(year: int, month: int, day: int, clock: list[int], *, is_short: bool) -> datetime | None:
    hour, minute, second = clock
    try:
        moment = datetime(
            2000 + year if is_short else year,
            month,
            day,
            hour,
            minute,
            59 if second == 60 else second,
            tzinfo=UTC,
        )
        if is_short and moment > _NOW.replace(year=_NOW.year + 50):
            return moment.replace(year=moment.year - 100)
    except ValueError:
        return None
    return moment
