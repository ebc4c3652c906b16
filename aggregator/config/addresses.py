"""Values that are addresses: the site's, hosts, domains, and the pattern that gives articles theirs."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, WithJsonSchema

from aggregator.config.texts import some_text, text_schema
from aggregator.config.written import USER_INFORMATION, did_you_mean, quoted, suggestion
from feeds.selection import fold
from feeds.text import host_of, is_web_address, provider_domain, uri

PLACEHOLDERS = ("year", "month", "day", "slug", "path", "source")
_TELLING = frozenset({"slug", "path"})

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # RFC 1035 section 2.3.4
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_DOMAIN = re.compile("[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
# A path below which a site can lie: of segments that every address here is made of.
_BASE_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
# With what addresses below the site begin. Below a path that begins so too, nobody could tell whether a proxy took that off.
_OWN_BEGINNINGS = frozenset(
    (
        "articles",
        "categories",
        "feed",
        "feeds",
        "healthz",
        "metrics",
        "providers",
        "readyz",
        "rss",
        "search",
        "static",
        "topics",
    )
)
_LONGEST_HOST = 253  # RFC 1035 section 2.3.4, as text
_LISTEN = re.compile(r"[A-Za-z0-9_.:%-]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# RFC 4151 section 2.1: an authority name (DNS name or e-mail address), and a date on which it was the minter's.
_TAG = re.compile(
    rf"(?:[a-z0-9._-]+@)?{_HOST.pattern},[0-9]{{4}}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)


def web_address(value: object) -> str:
    """Give an absolute http or https URL as a URI; raise ValueError where it is none."""
    word = some_text(value)
    if USER_INFORMATION.search(word):
        raise ValueError("holds a user name or password, which readers would see, expected a URL without")
    if not is_web_address(word):
        hint = did_you_mean(f"https://{word}") if _is_host(word.partition("/")[0].lower()) else ""
        raise ValueError(
            f"{quoted(word)} is no absolute URL, expected one that begins with https:// or http://{hint}"
        )
    if uri(word) != word:
        raise ValueError(
            f"{quoted(word)} holds characters that a URL must escape, expected it escaped{_escaped(word)}"
        )
    if not _split(word).hostname:
        raise ValueError(f"{quoted(word)} has no host, expected a URL such as https://news.example.org")
    return word


def _site_address(value: object) -> str:
    """Give the address below which the site lies: nothing behind its path, no slash at its end, host in lower case."""
    word = web_address(value)
    parts = _split(word)
    if "?" in word or "#" in word:
        bare = parts._replace(query="", fragment="").geturl().rstrip("/")
        raise ValueError(
            f"{quoted(word)} has a query or a fragment, expected an address without{did_you_mean(bare)}"
        )
    path = parts.path.rstrip("/")
    _check_base(word, path)
    _check_host(word, parts.hostname or "")
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}"


def _check_host(word: str, host: str) -> None:
    # Networks of one's own have names with _, and the dot of the root is part of a name.
    if not (_is_host(host.removesuffix(".").replace("_", "x")) or _is_numeric(host)):
        raise ValueError(
            f"{quoted(word)} has a host that is neither a name nor an address ({host}), expected a URL such as "
            "https://news.example.org"
        )


def _is_numeric(host: str) -> bool:
    """Tell whether it is an IP address; those of version 4 have the form of a name, too."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_base(word: str, path: str) -> None:
    if not _BASE_PATH.fullmatch(path):
        raise ValueError(
            f"{quoted(word)} has a path that no site can lie below, expected segments of letters, digits, -, _, . and ~, "
            "such as https://example.org/news"
        )
    first = path[1:].partition("/")[0]
    if first.partition(".")[0] in _OWN_BEGINNINGS:
        raise ValueError(
            f"{quoted(word)} has a path that begins as the site's own addresses do (/{first}), expected another, such as "
            "https://example.org/news"
        )


def _split(word: str) -> SplitResult:
    try:
        parts = urlsplit(word)
        _ = parts.port  # checked only when asked for
    except ValueError as error:
        raise ValueError(
            f"{quoted(word)} is no URL: {error}, expected one such as https://news.example.org"
        ) from error
    return parts


def _escaped(word: str) -> str:
    # Of a host, IDNA says how it is written; percent signs there would only mislead.
    return did_you_mean(uri(word)) if host_of(word).isascii() else ", its host as xn--…"


def _is_host(word: str) -> bool:
    return len(word) <= _LONGEST_HOST and _HOST.fullmatch(word) is not None


def default_tag(address: str) -> str | None:
    """Give the tagging entity that a site's address stands for, None where the host can't be one."""
    host = urlsplit(address).hostname or ""
    tag = f"{host},2026"
    return tag if _is_host(host) else None


def _tag(value: object) -> str:
    word = some_text(value)
    if len(word) > 2 * _LONGEST_HOST or not _TAG.fullmatch(word):
        raise ValueError(
            f"{quoted(word)} is no tagging entity (RFC 4151), expected a host or e-mail address in lower case, a comma "
            "and a date, such as example.org,2026"
        )
    return word


def _permalink(value: object) -> str:
    word = some_text(value)
    names = _PLACEHOLDER.findall(word)
    for name in names:
        if name not in PLACEHOLDERS:
            known = [f"{{{known}}}" for known in PLACEHOLDERS]
            written = f"{{{name}}}"
            hint = suggestion(written, known)
            raise ValueError(f"{quoted(written)} is no placeholder, expected one of {', '.join(known)}{hint}")
    filled = _PLACEHOLDER.sub("x", word)
    if "{" in filled or "}" in filled:
        raise ValueError(
            f"{quoted(word)} has a brace without its other half, expected placeholders such as {{slug}}"
        )
    if _TELLING.isdisjoint(names):
        raise ValueError(
            f"{quoted(word)} gives many articles one address, expected {{slug}} or {{path}} in it"
        )
    web_address(filled)
    return word


def domain(value: object) -> str:
    """Give a domain as articles' providers have it: lower-case ASCII, without www. Not always a host: a provider without one has
    a slug.

    Raises ValueError where it is none.
    """
    return provider_domain(_domain(value))


def _domain(value: object) -> str:
    word = some_text(value)
    folded = fold(word).rstrip(".")
    if len(folded) > _LONGEST_HOST or not _DOMAIN.fullmatch(folded):
        host = host_of(word)
        ascii_form = "" if word.isascii() else ", in its ASCII form (xn--…)"
        hint = did_you_mean(host) if _is_host(host) else ""
        raise ValueError(f"{quoted(word)} is no domain, expected one such as example.org{ascii_form}{hint}")
    return folded


def _host(value: object) -> str:
    word = _domain(value)
    if not _is_host(word):
        raise ValueError(f"{quoted(word)} is no host, expected one such as www.example.org")
    return word


def _listening_host(value: object) -> str:
    word = some_text(value)
    if not _LISTEN.fullmatch(word):
        raise ValueError(
            f"{quoted(word)} is no address to listen on, expected a host or IP address such as 127.0.0.1 or ::"
        )
    return word


def _folder(value: object) -> Path:
    return value if isinstance(value, Path) else Path(some_text(value))


SiteAddress = Annotated[
    str,
    BeforeValidator(_site_address),
    WithJsonSchema({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]
WebAddress = Annotated[
    str,
    BeforeValidator(web_address),
    WithJsonSchema({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]
Tag = Annotated[str, BeforeValidator(_tag), WithJsonSchema({"type": "string", "pattern": ",[0-9]{4}"})]
Permalink = Annotated[
    str, BeforeValidator(_permalink), WithJsonSchema({"type": "string", "pattern": r"\{(slug|path)\}"})
]
Domain = Annotated[str, BeforeValidator(domain), text_schema()]
Folder = Annotated[Path, BeforeValidator(_folder), text_schema()]
Host = Annotated[str, BeforeValidator(_host), text_schema()]
ListeningHost = Annotated[str, BeforeValidator(_listening_host), text_schema()]
