"""Cron expressions of five fields, as crontab(5) has them: checked, and made to mean the same to every program that reads them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_DAY = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_PART = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: Sequence[str] = ()

    def expected(self) -> str:
        by_name = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"expected {self.least} to {self.most}{by_name}"

    def number(self, word: str) -> int:
        if word.lower() in self.names:
            return self.names.index(word.lower()) + (1 if self.names is _MONTHS else 0)
        # Two digits are enough for every field, and keep int() from a number of any length.
        if not re.fullmatch("[0-9]{1,2}", word) or not self.least <= int(word) <= self.most:
            raise ValueError(f"{self.name} {word[:20]!r} is impossible, {self.expected()}")
        return int(word)


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _WEEKDAYS),
)


def normalise_cron(text: str) -> str:
    """Check a cron expression, and give it with its weekdays by name; raise ValueError with what is wrong.

    Names because crontab(5) numbers the days of a week from Sunday, and the scheduler here from Monday.
    """
    words = text.split()
    if len(words) != len(_FIELDS):
        raise ValueError(
            f"{text[:60]!r} has {len(words)} fields, expected five: minute, hour, day, month, weekday"
        )
    values = [set(_numbers(field, word)) for field, word in zip(_FIELDS, words, strict=True)]
    if min(values[2]) > max(_LONGEST_DAY.get(month, 31) for month in values[3]):
        raise ValueError(f"{text[:60]!r} never comes, expected a day that one of the months has")
    weekdays = {number % 7 for number in values[4]}
    by_name = (
        "*" if len(weekdays) == len(_WEEKDAYS) else ",".join(_WEEKDAYS[number] for number in sorted(weekdays))
    )
    return " ".join((*(word.lower() for word in words[:4]), by_name))


def _numbers(field: _Field, word: str) -> Iterator[int]:
    for part in word.split(","):
        found = _PART.fullmatch(part)
        if not found or (found["step"] and found["first"] and not found["last"]):
            raise ValueError(
                f"{field.name} {part[:20]!r} can't be read, expected such as *, */5, 1-5 or 1,3,5"
            )
        first = field.least if found["all"] else field.number(found["first"])
        last = _last(field, first, found["all"], found["last"])
        yield from range(first, last + 1, _step(field, found["step"], last - first))


def _last(field: _Field, first: int, everything: str | None, word: str | None) -> int:
    if everything:
        return field.most if field.names is not _WEEKDAYS else len(_WEEKDAYS) - 1
    last = field.number(word) if word else first
    if last < first and field.names is _WEEKDAYS and word:
        last += len(_WEEKDAYS)  # fri-mon
    if last < first:
        raise ValueError(
            f"{field.name} runs backwards from {first} to {last}, expected the smaller one first"
        )
    return last


def _step(field: _Field, word: str | None, width: int) -> int:
    if word is None:
        return 1
    # The scheduler refuses a step that is wider than its range.
    if len(word) > 2 or not 1 <= int(word) <= width:  # noqa: PLR2004  no field has three digits
        raise ValueError(f"{field.name} step {word[:20]!r} is impossible, expected 1 to {width}")
    return int(word)
