"""Values that are not text: yes or no, whole numbers, durations, sizes and moments, read from scalars as they were written.

Each takes its own Python type too, so that settings can be made in code.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from aggregator.config.written import Plain, did_you_mean, kind, quoted

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_BYTES = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_LONGEST = timedelta(days=36_500)

# No leading zero (YAML 1.1 reads 010 as eight), and at most 15 digits: enough, and cheap to read.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DURATION = re.compile(r"([0-9]{1,10})([smhd])")
_SIZE = re.compile(r"([0-9]{1,15}) ?(B|KiB|MiB|GiB|)")
_SIZE_LIKE = re.compile(r"([0-9]{1,15}) ?([kmg]?)i?b?", re.IGNORECASE)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)

_DURATION_EXPECTED = "expected a duration such as 30s, 5m, 1h or 7d"
_SIZE_EXPECTED = "expected a size such as 256KiB or 5MiB"
_MOMENT_EXPECTED = "expected a date such as 2021-01-01 or a time such as 2021-01-01T09:00:00Z"
_YEARS = range(1900, 9999)  # leaves room for every time zone


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = _unquoted(value, "true or false")
    if word.lower() in {"true", "false"}:
        return word.lower() == "true"
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word.lower())
    raise ValueError(f"{quoted(word)} is neither true nor false" + (did_you_mean(meant) if meant else ""))


def _whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    word = _unquoted(value, "a whole number")
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"{quoted(word)} is no whole number, expected digits alone")
    return int(word)


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    word = _word(value, _DURATION_EXPECTED)
    found = _DURATION.fullmatch(word)
    if not found:
        lacks_unit = word.isascii() and word.isdigit()
        raise ValueError(
            f"{quoted(word)} {'has no unit' if lacks_unit else 'is no duration'}, {_DURATION_EXPECTED}"
        )
    seconds = int(found[1]) * _SECONDS[found[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{quoted(word)} is too long, expected at most {_LONGEST.days}d")
    return timedelta(seconds=seconds)


def _some_time(value: object) -> timedelta:
    duration = _duration(value)
    if duration < timedelta(seconds=1):
        raise ValueError(f"{quoted(str(value))} is too short, expected at least 1s")
    return duration


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    word = _word(value, _SIZE_EXPECTED)
    found = _SIZE.fullmatch(word)
    if found:
        return int(found[1]) * _BYTES[found[2]]
    close = _SIZE_LIKE.fullmatch(word)
    unit = f"{close[2].upper()}iB".removeprefix("i") if close else ""
    meant = did_you_mean(f"{close[1]}{unit}") if close else ""
    raise ValueError(f"{quoted(word)} is no size, {_SIZE_EXPECTED}{meant}")


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    word = _word(value, _MOMENT_EXPECTED)
    if not _MOMENT.fullmatch(word):
        raise ValueError(f"{quoted(word)} is no date, {_MOMENT_EXPECTED}")
    try:
        moment = datetime.fromisoformat(word)
    except ValueError as error:
        raise ValueError(f"{quoted(word)} is not in the calendar ({error}), {_MOMENT_EXPECTED}") from error
    if moment.year not in _YEARS:
        raise ValueError(f"{quoted(word)} is impossible, expected a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment


def _unquoted(value: object, expected: str) -> str:
    """Give the text of a scalar that must not be in quotation marks: JSON and other YAML readers tell these apart."""
    if isinstance(value, str) and value and not isinstance(value, Plain):
        raise ValueError(f"{quoted(value)} is text, expected {expected} without quotation marks")
    return _word(value, f"expected {expected}")


def _word(value: object, expected: str) -> str:
    if isinstance(value, str) and value.strip() and value != "null":
        return str(value).strip()
    raise ValueError(f"is {'empty' if isinstance(value, str) else kind(value)}, {expected}")


def format_duration(duration: timedelta) -> str:
    """Write a duration as a configuration has it, in the biggest unit that leaves no rest."""
    seconds = int(duration.total_seconds())
    for unit, length in sorted(_SECONDS.items(), key=lambda item: -item[1]):
        if seconds % length == 0 and seconds:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


_DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,10}[smhd]$"})

Switch = Annotated[bool, BeforeValidator(_switch)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Duration = Annotated[timedelta, BeforeValidator(_duration), _DURATION_SCHEMA]
SomeTime = Annotated[timedelta, BeforeValidator(_some_time), _DURATION_SCHEMA]
Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": ["integer", "string"], "pattern": "^[0-9]{1,15} ?(B|KiB|MiB|GiB)?$"}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}),
]
