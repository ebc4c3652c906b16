"""The values of front matter, each by its type: a node to a Python value, or ValueProblem with what was expected. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from aggregator.clean.plain_text import legal, plain_line, plain_text, repaired
from aggregator.frontmatter.yaml_nodes import (
    SECURED,
    Listing,
    Mapping,
    Node,
    Scalar,
    Swallowing,
    bare,
    is_null,
)
from feeds.text import ascii_host, language_tag

T = TypeVar("T")

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_BOOLEANS = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
# What YAML 1.1 takes for true or false, and what nobody would call a topic or a provider without meaning to.
_SWITCHES = (_TRUE | _FALSE) - {"y", "n", "1", "0"}
# Fifteen digits are more than anything here counts, and int() of thousands of them is an attack.
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,15}")
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?\s*([Zz]|[-+][0-9]{1,2}(?::?[0-9]{2})?)?"
# ISO 8601, and what other tools write as a timestamp of YAML 1.1: `2021-6-2 9:05:00 +0200`.
_TIMESTAMP = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:(?:[Tt]|\s+){_CLOCK})?")
_USUAL_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_BASIC_DATE_TIME = re.compile(r"[0-9]{8}(?:T[0-9]{4}(?:[0-9]{2})?(?:Z|[-+][0-9]{2,4})?)?")
_DURATION = re.compile(
    r"P(?:([0-9]{1,4})W|(?:([0-9]{1,5})D)?"
    r"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,9})(?:[.,][0-9]+)?S)?)?)"
)
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_USUAL_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[!-~]*)?")
_UNFIT_FOR_ADDRESS = re.compile(r"[\s\x00-\x20\x7f-\x9f]")
# Where there is no `@`, all of it as well, so that no text is looked through again for each address in it.
_USER_INFORMATION = re.compile(r"(?<=:/)(/*+)(?:[^?#\s]*(@)|[^?#\s]*+)")
_QUERY = re.compile(r"\?.*", re.DOTALL)
# WordPress says `&#038;` where a picture's address has `&`.
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#0*38);")
_SHOWN = 60

_TEXT = "text"
_BOOLEAN = "true or false"
_NUMBER = "a whole number"
_MOMENT = "a date such as 2021-06-02 or 2021-06-02T17:53:00Z"
_SPAN = "a duration such as PT13M34S"
_WEB = "an absolute http or https URL"
_ADDRESS = "an http or https URL, absolute or relative"
_TAG = "a language tag such as en-GB"
_HOST = "a domain such as news.example"


class ValueProblem(Exception):  # noqa: N818  it becomes a Problem
    """A value can't be read: the node it stands at, how it is written, what was expected, and the keys that lead to it."""

    def __init__(self, node: Node, expected: str) -> None:
        self.node = node
        self.keys: tuple[str, ...] = ()
        self.value = shown(node)
        self.reason = f"is {self.value}, expected {expected}"
        super().__init__(self.reason)


def shown(node: Node) -> str:
    """Give a value as problems show it: shortened, and without the password or query that an address may carry.

    A broken quotation or line may have swallowed `secured` and what stands behind it: such a text is not shown.
    """
    if isinstance(node, Swallowing):
        return "a text that takes in a line of secured (perhaps a quotation mark is left open)"
    if not isinstance(node, Scalar):
        return "a mapping" if isinstance(node, Mapping) else "a list"
    if SECURED in node.text.lower():
        return "…"
    if _WHOLE_NUMBER.fullmatch(node.text):
        return node.text
    text = _USER_INFORMATION.sub(lambda found: f"{found[1]}…@" if found[2] else found[0], node.text)
    text = _QUERY.sub("?…", text) if "://" in text else text
    return repr(legal(text[:_SHOWN])) + ("…" if len(text) > _SHOWN else "")


def _written(node: Node, expected: str) -> str:
    if not isinstance(node, Scalar):
        raise ValueProblem(node, expected)
    return node.text


def text(node: Node) -> str:
    """Read text that may hold markup: repaired, without characters that no feed can hold."""
    return legal(repaired(_written(node, _TEXT)))


def line(node: Node) -> str:
    """Read one line of plain text."""
    return plain_line(_written(node, _TEXT))


def word(node: Node) -> str:
    """Read text that is compared character by character, such as an identity: neither repaired nor reduced."""
    return legal(_written(node, _TEXT)).strip()


def boolean(node: Node) -> bool:
    """Read true or false, in any of the ways that YAML 1.1 knows."""
    meant = _BOOLEANS.get(bare(_written(node, _BOOLEAN)).lower())
    if meant is None:
        raise ValueProblem(node, _BOOLEAN)
    return meant


def whole_number(node: Node) -> int:
    """Read a whole number of at most fifteen digits."""
    digits = _written(node, _NUMBER).strip()
    if not _WHOLE_NUMBER.fullmatch(digits):
        raise ValueProblem(node, _NUMBER)
    return int(digits)


def size(node: Node) -> int | None:
    """Read a number of pixels or bytes; one that is not positive is unknown."""
    number = whole_number(node)
    return number if number > 0 else None


def mark(lowest: int, warn: Callable[[ValueProblem], None]) -> Callable[[Node], int | None]:
    """Give a reader of marks up to 100, -1 being unknown; one that is out of range counts as the end of the range."""

    def read(node: Node) -> int | None:
        number = whole_number(node)
        if number == -1:
            return None
        nearest = max(lowest, min(100, number))
        if nearest != number:
            warn(ValueProblem(node, f"{lowest} to 100; {nearest} is used"))
        return None if nearest == -1 else nearest

    return read


def moment(zone: tzinfo) -> Callable[[Node], datetime]:
    """Give a reader of dates and times (ISO 8601) as aware UTC; one without an offset is in `zone`."""

    def read(node: Node) -> datetime:
        written = _written(node, _MOMENT).strip()
        iso = written if _USUAL_MOMENT.fullmatch(written) else _iso(written)
        if iso is None:
            raise ValueProblem(node, _MOMENT)
        try:
            when = datetime.fromisoformat(iso)
            return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValueProblem(node, f"{_MOMENT}, of a day and an hour that there are") from error

    return read


def _iso(written: str) -> str | None:
    """Give a date and time in the form that the standard library reads."""
    match = _TIMESTAMP.fullmatch(written)
    if match is None:
        return written if _BASIC_DATE_TIME.fullmatch(written) else None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    iso = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return iso
    # Six digits of a fraction are what datetime holds.
    return f"{iso}T{hour:0>2}:{minute}:{second or '00'}.{(fraction or '0')[:6]:0<6}{_padded(offset or '')}"


def _padded(offset: str) -> str:
    if offset in {"", "z", "Z"}:
        return offset.upper()
    digits = offset[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "00")  # noqa: PLR2004  hours are two digits
    return f"{offset[0]}{hours:0>2}:{minutes}"


def duration(node: Node) -> int:
    """Read a duration (ISO 8601) in whole seconds; years and months have no fixed length and are refused."""
    match = _DURATION.fullmatch(_written(node, _SPAN).strip().upper())
    if match is None or not any(match.groups()):
        raise ValueProblem(node, _SPAN)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds


def web_address(node: Node) -> str:
    """Read an absolute http or https URL."""
    return _checked(node, _written(node, _WEB).strip(), _WEB)


def address(base: str) -> Callable[[Node], str]:
    """Give a reader of http or https URLs that may be relative to `base`; not of identities, for what was escaped is mended."""

    def read(node: Node) -> str:
        written = _ESCAPED_AMPERSAND.sub("&", _written(node, _ADDRESS)).strip()
        if _USUAL_WEB_ADDRESS.fullmatch(written):
            return written
        if not written or _UNFIT_FOR_ADDRESS.search(written):
            raise ValueProblem(node, _ADDRESS)
        try:
            return _checked(node, urljoin(base, written), _ADDRESS)
        except ValueError as error:
            raise ValueProblem(node, _ADDRESS) from error

    return read


def _checked(node: Node, url: str, expected: str) -> str:
    if _USUAL_WEB_ADDRESS.fullmatch(url):  # nearly all are; the standard library takes ten times as long
        return url
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good or _UNFIT_FOR_ADDRESS.search(url):
        raise ValueProblem(node, expected)
    return legal(url)


def language(node: Node) -> str:
    """Read a language tag (BCP 47); the underscore of POSIX locales is taken for its hyphen."""
    tag = language_tag(_written(node, _TAG))
    if tag is None:
        raise ValueProblem(node, _TAG)
    return tag


def domain(node: Node) -> str:
    """Read a host name, or the host of a URL, as lower-case ASCII (IDNA, RFC 5891)."""
    written = _written(node, _HOST).strip()
    found = domain_of(written if "//" in written else f"//{written}")
    if found is None:
        raise ValueProblem(node, _HOST)
    return found


# The providers of a site are few.
@lru_cache(maxsize=4096)
def domain_of(url: str) -> str | None:
    """Give the host of a URL as lower-case ASCII (IDNA), None where it has none that can stand in the domain name system."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return None
    host = ascii_host(host) or ""
    return host if _DOMAIN.fullmatch(host) else None


def is_switch(node: Node) -> bool:
    """Tell whether a node is a lone `true` or `no`, not in quotation marks: text as written, though hardly meant to be."""
    return isinstance(node, Scalar) and not node.style and node.text.lower() in _SWITCHES


def lines(node: Node) -> tuple[str, ...]:
    """Read a list of names, or one name; empty ones are left out."""
    named = [line(item) for item in items_of(node)]
    return tuple(name for name in named if name)


def names(node: Node) -> tuple[str, ...]:
    """Read a list of names, or names between commas as other tools write them; empty ones are left out."""
    if isinstance(node, Scalar):
        return tuple(name for part in text(node).split(",") if (name := plain_text(part)))
    return lines(node)


def items_of(node: Node) -> list[Node]:
    """Give what a list holds, or the node alone where it is no list, without what stands for nothing."""
    nodes = node.items if isinstance(node, Listing) else [node]
    return [item for item in nodes if not is_null(item)]


def mapping(node: Node, expected: str) -> Mapping:
    """Give a node that must be a mapping."""
    if not isinstance(node, Mapping):
        raise ValueProblem(node, expected)
    return node


def member(fields: Mapping, read: Callable[[Node], T], *names: str) -> T | None:
    """Read the value of the first of these keys that stands for something, None where none does; a problem with it says under which."""
    items = fields.items
    for name in names:
        node = items.get(name)
        if node is not None and not is_null(node):
            try:
                return read(node)
            except ValueProblem as problem:
                problem.keys = (name, *problem.keys)
                raise
    return None
