"""Conditional requests: whether what the client holds is still current (RFC 9110 section 13). Pure.

For GET and HEAD alone: nothing here can be changed over HTTP, so no other method gets as far as its preconditions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum, auto
from typing import NamedTuple

_ANY = "*"


class Outcome(Enum):
    """What the preconditions of a request come to."""

    SEND = auto()
    NOT_MODIFIED = auto()
    FAILED = auto()


class Preconditions(NamedTuple):
    """The conditional header fields of a request as they came, None where there is none."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None


@dataclass(frozen=True, slots=True)
class EntityTag:
    """An entity tag of a list: the part in quotes, quotes included, and whether W/ stands before it."""

    opaque: str
    is_weak: bool


class Decision(NamedTuple):
    """An outcome, and the entity tag of the representation that it is about."""

    outcome: Outcome
    etag: str


def decide(
    conditions: Preconditions, etags: Sequence[str], last_modified: datetime, now: datetime
) -> Decision:
    """Evaluate the preconditions in the order of RFC 9110 section 13.2.2, but for Range, which is not supported.

    etags  of every representation that this client accepts, all strong, the one that would be sent first. Whichever of them
           it holds is current. A 304 names that one, since a cache renews what it stored under the tag that the 304 names
           (RFC 9111 section 4.3.4); so the tag of a coding that this client does not accept must not be among them: a shared
           cache would hand it what another client can read.
    """
    if not _holds(conditions, etags, last_modified, now):
        return Decision(Outcome.FAILED, etags[0])
    if conditions.if_none_match is not None:
        held = _held_tag(conditions.if_none_match, etags)
        return Decision(Outcome.SEND, etags[0]) if held is None else Decision(Outcome.NOT_MODIFIED, held)
    if conditions.if_modified_since is not None:
        since = parse_http_date(conditions.if_modified_since, now)
        # Not for equality: clients send dates of their own making too (section 13.1.3).
        if since is not None and last_modified <= since and is_settled(last_modified, now):
            return Decision(Outcome.NOT_MODIFIED, etags[0])
    return Decision(Outcome.SEND, etags[0])


def is_settled(last_modified: datetime, now: datetime) -> bool:
    """Whether a time of change names one version: its second is over, so no other change can bear it.

    Until then it is no validator (RFC 9110 section 8.8.2.2) and not sent: newsboat takes two versions with one Last-Modified for
    one, whatever their tags. A time that lies in the future is not sent either (section 8.8.2.1).
    """
    return last_modified < now.replace(microsecond=0)


def _held_tag(if_none_match: str, etags: Sequence[str]) -> str | None:
    """Give the first of `etags` that If-None-Match names, by weak comparison; None where it names none (section 13.1.2)."""
    if if_none_match == _ANY:
        return etags[0]
    if if_none_match in etags:  # nearly always
        return if_none_match
    held = {tag.opaque for tag in parse_entity_tags(if_none_match)}
    return next((etag for etag in etags if etag in held), None)


def _holds(conditions: Preconditions, etags: Sequence[str], last_modified: datetime, now: datetime) -> bool:
    """Whether If-Match holds (section 13.1.1, by strong comparison) or, without it, If-Unmodified-Since (section 13.1.4)."""
    if conditions.if_match is not None:
        named = {tag.opaque for tag in parse_entity_tags(conditions.if_match) if not tag.is_weak}
        return conditions.if_match == _ANY or not named.isdisjoint(etags)
    if conditions.if_unmodified_since is not None:
        since = parse_http_date(conditions.if_unmodified_since, now)
        return since is None or last_modified <= since
    return True


# RFC 9110 section 8.8.3. Commas are allowed inside the quotes, spaces and quotes are not. What stands above 0x7F is
# obs-text, of which aiohttp makes characters or surrogates. Each comma can be matched in one way only: no backtracking.
_TAG = r'(?:W/)?"[!\x23-\x7e\x80-\U0010ffff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t]*(?:,[ \t,]*)?")
_EACH_TAG = re.compile(r'(?P<weak>W/)?(?P<opaque>"[^"]*")')


def parse_entity_tags(value: str) -> tuple[EntityTag, ...]:
    """Give the entity tags of a list; none where it is no list of them, so that nothing matches."""
    if _TAGS.fullmatch(value) is None:
        return ()
    return tuple(EntityTag(found["opaque"], found["weak"] is not None) for found in _EACH_TAG.finditer(value))


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SHORT_DAY = "(?:" + "|".join(day[:3] for day in _DAYS) + ")"
_LONG_DAY = "(?:" + "|".join(_DAYS) + ")"
_MONTH = "(?P<month>" + "|".join(_MONTHS) + ")"
_TIME = "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"

# RFC 9110 section 5.6.7: the one form to send, and the two obsolete ones that must be read. email.utils reads far more,
# and what is no HTTP date must be ignored (section 13.1.3).
_FORMS = (
    re.compile(f"{_SHORT_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    re.compile(f"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    re.compile(f"{_SHORT_DAY} {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)


def parse_http_date(value: str, now: datetime) -> datetime | None:
    """Give the time that an HTTP date tells, None where `value` is none; `now` tells the century of a year of two digits."""
    found = next((found for form in _FORMS if (found := form.fullmatch(value))), None)
    if found is None:
        return None
    if len(found["year"]) == len("2026"):
        return _moment(found, int(found["year"]))
    year = now.year - now.year % 100 + int(found["year"])
    moment = _moment(found, year)
    # Section 5.6.7: what looks like more than 50 years in the future is of the century before.
    is_past = moment is not None and moment.timetuple()[:6] > (now.year + 50, *now.timetuple()[1:6])
    return _moment(found, year - 100) if is_past else moment


def _moment(found: re.Match[str], year: int) -> datetime | None:
    # The grammar has a leap second, datetime has none.
    second = 59 if found["second"] == "60" else int(found["second"])
    month, day = _MONTHS.index(found["month"]) + 1, int(found["day"])
    try:
        return datetime(year, month, day, int(found["hour"]), int(found["minute"]), second, tzinfo=UTC)
    except ValueError:
        return None


def http_date(moment: datetime) -> str:
    """Give an aware time as an IMF-fixdate (RFC 9110 section 5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
