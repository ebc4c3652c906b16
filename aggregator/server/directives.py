"""Directives: answers of the server in the language of nginx's configuration. Pure.

Strings of that language have escapes for quotes and line ends, and none for a dollar sign, which begins a variable.
"""

from collections.abc import Mapping

from aiohttp import hdrs, web

from aggregator.server.headers import COMMON

# Its own are for nginx itself to say.
_NGINX_SAYS = frozenset({hdrs.CONTENT_TYPE, hdrs.LOCATION, hdrs.SERVER})
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def quoted(text: str) -> str:
    """Give a string of the configuration; raise ValueError where the language has none for it."""
    if "$" in text:
        raise ValueError(f"nginx has no way to write {text!r}, expected a text without a dollar sign")
    return f'"{text.translate(_ESCAPES)}"'


def header_lines(headers: Mapping[str, str]) -> list[str]:
    """Give the directives for header fields; those of every answer are on errors of nginx's own, too."""
    return [
        f"add_header {name} {quoted(value)}{' always' if name in COMMON else ''};"
        for name, value in headers.items()
        if name not in _NGINX_SAYS
    ]


def location(match: str, *lines: str) -> list[str]:
    """Give a location block."""
    return [f"location {match} {{", *(f"    {line}" for line in lines), "}"]


def answering(match: str, response: web.Response) -> list[str]:
    """Give a location that answers as `response` does, whatever the file system holds."""
    fields = [
        f"add_header {name} {quoted(value)} always;"
        for name, value in response.headers.items()
        if name not in _NGINX_SAYS
    ]
    if hdrs.LOCATION in response.headers:
        return location(
            match, *fields, f"return {response.status} {quoted(response.headers[hdrs.LOCATION])};"
        )
    kind = response.headers.get(hdrs.CONTENT_TYPE)
    if kind is None:
        return location(match, *fields, f"return {response.status};")
    # Without the empty table, the suffix of the address would decide the type.
    typed = ["types {}", f"default_type {quoted(kind)};"]
    return location(match, *typed, *fields, f"return {response.status} {quoted(response.text or '')};")
