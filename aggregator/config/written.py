"""Scalars as they were written, and how messages show what was written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

_SHOWN = 60
_CLOSE = 0.75  # titel is title, but latest is not hottest
_NULLS = frozenset({"", "~", "null"})


# Where a URL has a user name and a password: never shown.
USER_INFORMATION = re.compile(r"://[^/?#\s]*@")


class Plain(str):
    """A scalar without quotation marks: what it means (text, a number, yes or no) is for the key to say, never for YAML."""

    __slots__ = ()


def is_nothing(value: object) -> bool:
    """Tell whether `value` is what YAML has for nothing: left out, ~ or null, and not in quotation marks."""
    return value is None or (isinstance(value, Plain) and value in _NULLS)


def quoted(text: str) -> str:
    """Give `text` in quotation marks, shortened, with no control characters and no password, as messages show it."""
    shown = USER_INFORMATION.sub("://…@", text)
    return repr(shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…")


def kind(value: object) -> str:
    """Say what `value` is, for a message such as "is a list, expected text"."""
    if is_nothing(value):
        return "empty"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else f"a Python {type(value).__name__}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Give the end of a message that names the one of `known` that `word` comes close to, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    # Comparing costs the product of the lengths; nobody means a key by a word that long.
    close = get_close_matches(word[:_SHOWN].casefold(), by_folded, n=1, cutoff=_CLOSE)
    return did_you_mean(by_folded[close[0]]) if close else ""


def did_you_mean(better: str) -> str:
    """Give the end of a message that proposes `better`."""
    return f"; did you mean {better!r}?"


def flow(value: object) -> str:
    """Write an example in YAML's flow style, with quotation marks only where YAML needs them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = str(value)
    is_safe = text[:1].isalnum() and not any(mark in text for mark in (": ", " #", *",[]{}\"'"))
    return text if is_safe else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
