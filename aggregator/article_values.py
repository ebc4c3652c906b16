"""The values of front matter, each by its type: a node to a Python value, or ValueProblem with what was expected. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import idna

from aggregator.clean import legal, plain_text, repaired
from aggregator.yaml_nodes import Listing, Mapping, Node, Scalar

T = TypeVar("T")

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,15}")
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ]\s*(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*([Zz]|[-+]\d{2}(?::?\d{2})?)?)?"
)
_DURATION = re.compile(
    r"P(?:(\d{1,4})W|(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?)?)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_UNSAFE_IN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{|}]")
_SHOWN = 60


class ValueProblem(Exception):  # noqa: N818  it becomes a Problem
    """A value can't be read: the node it stands at, as written, and what was expected."""

    def __init__(self, node: Node, expected: str) -> None:
        self.node = node
        self.value = shown(node)
        self.reason = f"is {self.value}, expected {expected}"
        super().__init__(self.reason)


def shown(node: Node) -> str:
    """Give a value as problems show it: shortened, and without a password or query that an address may carry."""
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    text = re.sub(r"(?<=://)[^/@\s]*@", "…@", node.text)
    text = re.sub(r"\?.*", "?…", text) if "://" in text else text
    return repr(legal(text[:_SHOWN])) + ("…" if len(text) > _SHOWN else "")


def scalar(node: Node, expected: str = "text") -> str:
    """Give a scalar as written."""
    if not isinstance(node, Scalar):
        raise ValueProblem(node, expected)
    return node.text


def text(node: Node) -> str:
    """Give text that may hold markup: repaired, without characters that no feed can hold."""
    return legal(repaired(scalar(node)))


def line(node: Node) -> str:
    """Give one line of plain text."""
    return plain_text(text(node))


def boolean(node: Node) -> bool:
    """Read true or false."""
    word = scalar(node, "true or false").strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueProblem(node, "true or false")
    return word in _TRUE


def whole_number(node: Node) -> int:
    """Read a whole number."""
    digits = scalar(node, "a whole number").strip()
    if not _WHOLE_NUMBER.fullmatch(digits):
        raise ValueProblem(node, "a whole number")
    return int(digits)


def moment(node: Node, zone: tzinfo) -> datetime:
    """Read a date, or a date and time, of ISO 8601 as aware UTC; without an offset it is a time in `zone`."""
    expected = "a date such as 2021-06-02 or 2021-06-02T17:53:00Z"
    match = _DATE_TIME.fullmatch(scalar(node, expected).strip())
    if match is None:
        raise ValueProblem(node, expected)
    try:
        return _moment(match[1], match[2], match[3], zone)
    except (ValueError, OverflowError) as error:
        raise ValueProblem(node, f"{expected}, of a day and hour that there are") from error


def _moment(day: str, clock: str | None, offset: str | None, zone: tzinfo) -> datetime:
    if clock is None:
        return datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC)
    naive_or_aware = datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}{(offset or '').upper()}")
    return (naive_or_aware if naive_or_aware.tzinfo else naive_or_aware.replace(tzinfo=zone)).astimezone(UTC)


def duration(node: Node) -> int:
    """Read a duration of ISO 8601 in whole seconds; years and months have no fixed length and are refused."""
    expected = "a duration such as PT13M34S"
    written = scalar(node, expected).strip().upper()
    match = _DURATION.fullmatch(written)
    if match is None or not any(match.groups()):
        raise ValueProblem(node, expected)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds


def web_address(node: Node) -> str:
    """Read an absolute http or https URL."""
    return _checked(
        node, scalar(node, "an absolute http or https URL").strip(), "an absolute http or https URL"
    )


def address(base: str) -> Callable[[Node], str]:
    """Give a reader of http or https URLs that may be relative to `base`."""

    def read(node: Node) -> str:
        expected = "an http or https URL, absolute or relative"
        written = scalar(node, expected).strip()
        try:
            joined = urljoin(base, written) if written else ""
        except ValueError as error:
            raise ValueProblem(node, expected) from error
        return _checked(node, joined, expected)

    return read


def _checked(node: Node, url: str, expected: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_good = False
    if not is_good or _UNSAFE_IN_ADDRESS.search(url):
        raise ValueProblem(node, expected)
    return legal(url)


def language(node: Node) -> str:
    """Read a language tag of BCP 47; the underscore of POSIX locales is taken for its hyphen."""
    tag = scalar(node, "a language tag such as en-GB").strip()
    if not _LANGUAGE.fullmatch(tag):
        raise ValueProblem(node, "a language tag such as en-GB")
    return tag.replace("_", "-")


def domain(node: Node) -> str:
    """Read a host name, or the host of a URL, as lower-case ASCII (IDNA)."""
    expected = "a domain such as news.example"
    written = scalar(node, expected).strip()
    try:
        host = (urlsplit(written).hostname or "") if "://" in written else written.rstrip("/.").lower()
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (ValueError, UnicodeError) as error:
        raise ValueProblem(node, expected) from error
    if not _DOMAIN.fullmatch(ascii_host):
        raise ValueProblem(node, expected)
    return ascii_host


def lines(node: Node) -> tuple[str, ...]:
    """Read a list of names, or one name; empty ones are left out."""
    nodes = node.items if isinstance(node, Listing) else [node]
    named = [line(item) for item in nodes if not (isinstance(item, Scalar) and item.is_null)]
    return tuple(name for name in named if name)


def each(read: Callable[[Mapping], T], expected: str) -> Callable[[Node], tuple[T, ...]]:
    """Give a reader of a list of mappings, or of one alone."""

    def read_all(node: Node) -> tuple[T, ...]:
        nodes = node.items if isinstance(node, Listing) else [node]
        return tuple(read(mapping(item, expected)) for item in nodes)

    return read_all


def mapping(node: Node, expected: str) -> Mapping:
    """Give a node that must be a mapping."""
    if not isinstance(node, Mapping):
        raise ValueProblem(node, expected)
    return node
