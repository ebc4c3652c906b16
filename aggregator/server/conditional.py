"""Is the copy that a client holds still good? The preconditions of RFC 9110 section 13, for GET and HEAD. Pure."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum, auto

# entity-tag = [ weak ] opaque-tag; a comma may stand inside the quotes (RFC 9110 section 8.8.3).
_TAG = re.compile(r'\s*(?:(W/)?("[\x21\x23-\x7e\x80-\xff\udc80-\udcff]*"))\s*(?:,|$)')


class Outcome(Enum):
    """What a conditional request is to be answered with."""

    SEND = auto()
    NOT_MODIFIED = auto()
    FAILED = auto()


def evaluate(
    *,
    if_match: str | None,
    if_none_match: str | None,
    if_modified_since: str | None,
    if_unmodified_since: str | None,
    etags: Collection[str],
    last_modified: datetime,
) -> Outcome:
    """Evaluate the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2.

    etags          the strong tags of every coding of the current version
    last_modified  aware, in whole seconds
    """
    if if_match is not None:
        if not _matches(if_match, etags, weakly=False):
            return Outcome.FAILED
    elif if_unmodified_since is not None:
        since = parse_date(if_unmodified_since)
        if since is not None and last_modified > since:
            return Outcome.FAILED
    if if_none_match is not None:
        # If-Modified-Since is ignored then, even where it would say otherwise (section 13.1.3).
        return Outcome.NOT_MODIFIED if _matches(if_none_match, etags, weakly=True) else Outcome.SEND
    if if_modified_since is not None:
        since = parse_date(if_modified_since)
        if since is not None and last_modified <= since:
            return Outcome.NOT_MODIFIED
    return Outcome.SEND


def _matches(header: str, etags: Collection[str], *, weakly: bool) -> bool:
    """Tell whether a list of tags, or `*`, names the current version (sections 13.1.1 and 13.1.2)."""
    if header.strip() == "*":
        return True
    position = 0
    while match := _TAG.match(header, position):
        if match[2] in etags and (weakly or not match[1]):
            return True
        position = match.end()
        if position == len(header):
            break
    return False


def parse_date(text: str) -> datetime | None:
    """Read an HTTP date in any of its three forms (section 5.6.7), None where it is none: such a header is ignored."""
    try:
        moment = parsedate_to_datetime(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def http_date(moment: datetime) -> str:
    """Write an HTTP date (IMF-fixdate)."""
    return format_datetime(moment, usegmt=True)
