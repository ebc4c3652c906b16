"""Addresses: which path a request means, and where the addresses lead that are no documents. Pure.

Nothing here looks at Host, at X-Forwarded-*, or at the authority of a request target in absolute form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from feeds.formats import FORMATS
from feeds.history import split_archive
from feeds.text import provider_domain

LONGEST_PATH = 1024

# What orchestrators and proxies ask: whether the process lives, and whether it has something to serve.
HEALTH = "/healthz"
READINESS = "/readyz"
PROBES = frozenset({HEALTH, READINESS})

_ALL = "/feeds/all"

# Where programs and people look for a feed without being told, and the format they expect there.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "/feed": "rss",
        "/feed.xml": "rss",
        "/rss": "rss",
        "/rss.xml": "rss",
        "/index.xml": "rss",
        "/atom.xml": "atom",
        "/feed.json": "json",
    }
)

_PROVIDERS = "/providers/"

_SUFFIXES = tuple(one.suffix for one in FORMATS.values())

# Every path that leads anywhere is spelled like this: no empty segment, none that begins with a dot, so none of the
# ways to say "the folder above", and nothing that a Location or a file system could read as something else.
_PATH = re.compile(r"/|(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_QUERY = re.compile(r"[?#]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Addresses without a document. Paths stand here without a suffix: for the page, and for the feed in every format.

    moved    old path to new path, such as /feeds/old-id to /feeds/best-of-ai
    gone     paths that lead nowhere for good
    formats  names of the formats that are published; where an alias is for another, it leads to the first of them
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    formats: tuple[str, ...] = tuple(FORMATS)

    def new_path(self, path: str) -> str | None:
        """Give the path that `path` has moved to for good, with the same suffix; None where it has not."""
        if path in ALIASES:
            wanted = ALIASES[path]
            chosen = wanted if wanted in self.formats else self.formats[0]
            return _ALL + FORMATS[chosen].suffix
        stem, suffix = split(path)
        target = self.moved.get(stem)
        return None if target is None else target + suffix

    def is_gone(self, path: str) -> bool:
        """Whether there was a feed at `path`, and will be none again."""
        return split(path)[0] in self.gone


def split(path: str) -> tuple[str, str]:
    """Give the path of a feed's page and the suffix of its format, empty where `path` ends in none."""
    suffix = next((suffix for suffix in _SUFFIXES if path.endswith(suffix)), "")
    return path.removesuffix(suffix), suffix


def page_of(address: str) -> str:
    """Give the address of the page for people of a document at `address`, a path that may have a query: an archive's is its feed's."""
    path, mark, query = address.partition("?")
    return split_archive(split(path)[0])[0] + mark + query


def without_www(path: str) -> str | None:
    """Give the path of the provider's feed that one with www. in front of the domain means, None for any other path.

    A provider is known without (`provider_domain`), but articles and people may name it either way.
    """
    domain, mark, rest = path.removeprefix(_PROVIDERS).partition("/")
    stem, suffix = split(domain)
    plain = provider_domain(stem)
    if not path.startswith(_PROVIDERS) or plain == stem:
        return None
    return _PROVIDERS + plain + suffix + mark + rest


def requested_path(target: str) -> str | None:
    """Give the path that a request target (RFC 9112 section 3.2) means, None where it can't lead anywhere.

    The query is left out: parameters that are not known neither break an address nor matter. Escapes of characters that
    need none mean those characters (RFC 3986 section 6.2.2.2); no other escape stands in an address here.
    """
    path = _QUERY.split(target, maxsplit=1)[0]
    if not path.startswith("/"):
        # Section 3.2.2: absolute form is to be understood; the authority in it decides nothing here.
        path, found = _ORIGIN.subn("", path, count=1)
        if not found:
            return None
        path = path or "/"
    if len(path) > LONGEST_PATH:
        return None
    if "%" in path:
        path = _ESCAPE.sub(_unescaped, path)
    return path if _PATH.fullmatch(path) else None


def requested_query(target: str) -> str:
    """Give the query of a request target, as it came and without its question mark; empty where there is none."""
    return target.partition("#")[0].partition("?")[2]


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0]
