"""Cron expressions of five fields, as crontab(5) has them: checked, and made to mean the same to every program that reads them."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
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


@dataclass(frozen=True, slots=True)
class _Expression:
    """The words of an expression, in lower case, and the numbers that its days, months and weekdays stand for; Sunday is 0."""

    words: Sequence[str]
    days: AbstractSet[int]
    months: AbstractSet[int]
    weekdays: AbstractSet[int]

    @property
    def either_day_is_enough(self) -> bool:
        """Whether days of the month and weekdays count each for itself: where neither field begins with a star, as cron has it.

        crontab(5): "If both fields are restricted (i.e., do not contain the "*" character), the command will be run when either field
        matches". What programs look at is the first character alone (DOM_STAR and DOW_STAR in Vixie cron's entry.c).
        """
        return not (self.words[2].startswith("*") or self.words[4].startswith("*"))

    @property
    def has_day(self) -> bool:
        """Whether one of the months has one of the days."""
        return min(self.days) <= max(_LONGEST_DAY.get(month, 31) for month in self.months)

    @property
    def is_every_weekday(self) -> bool:
        return len(self.weekdays) == len(_WEEKDAYS)

    def weekdays_by_name(self) -> str:
        if self.is_every_weekday:
            return "*"
        return ",".join(_WEEKDAYS[number] for number in sorted(self.weekdays))

    def with_days(self, days: str, weekdays: str) -> str:
        minute, hour, _, month, _ = self.words
        return f"{minute} {hour} {days} {month} {weekdays}"


def normalise_cron(text: str) -> str:
    """Check a cron expression, and give it with its weekdays by name, but for steps from a star; raise ValueError with what is wrong.

    Names because crontab(5) numbers the days of a week from Sunday, and the scheduler here from Monday.
    """
    found = _expression(text)
    if not found.has_day and not found.either_day_is_enough:
        raise ValueError(f"{text[:60]!r} never comes, expected a day that one of the months has")
    days, weekdays = found.words[2], found.words[4]
    if found.is_every_weekday:
        # A star in place of each of them would have the day of the month count alone.
        return found.with_days("*" if found.either_day_is_enough else days, "*")
    # By name it would be a restriction, and one of the two enough.
    has_needed_star = weekdays.startswith("*") and not days.startswith("*")
    return found.with_days(days, weekdays if has_needed_star else found.weekdays_by_name())


def lines_to_match(expression: str) -> tuple[str, ...]:
    """Give the lines of which one must match for a cron expression to: with all of its fields, and with its weekdays by name."""
    found = _expression(expression)
    weekdays = found.weekdays_by_name()
    if not found.either_day_is_enough:
        return (found.with_days(found.words[2], weekdays),)
    # The scheduler would look for a day that never comes until the year 9999.
    of_month = (found.with_days(found.words[2], "*"),) if found.has_day else ()
    return (*of_month, found.with_days("*", weekdays))


def _expression(text: str) -> _Expression:
    words = text.split()
    if len(words) != len(_FIELDS):
        raise ValueError(
            f"{text[:60]!r} has {len(words)} fields, expected five: minute, hour, day, month, weekday"
        )
    values = [set(_numbers(field, word)) for field, word in zip(_FIELDS, words, strict=True)]
    weekdays = {number % 7 for number in values[4]}
    return _Expression([word.lower() for word in words], values[2], values[3], weekdays)


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
