"""Printable: text that somebody else chose, such as the name of a file, made fit to be printed. Pure."""

import json
import re
from collections.abc import Callable
from typing import Any

# Halves of surrogate pairs: Python has the last 128 of them for bytes of file names that are no UTF-8 (PEP 383).
_SURROGATE = re.compile("[\ud800-\udfff]")
# These, controls, the separators of lines and paragraphs that Unicode has besides them, and marks that turn the direction of what
# follows.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What JSON itself leaves as it is in texts; between them stand the ends of lines.
_LEFT_BY_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def as_utf_8(text: str) -> str:
    r"""Give text that UTF-8 can have: a byte of a file's name that is no UTF-8 is written as `\xff`."""
    return _SURROGATE.sub(_escaped, text)


def on_one_line(text: str) -> str:
    """Give text with everything escaped that would end a line or can't be printed."""
    return _UNPRINTABLE.sub(_escaped, text)


def as_json(document: object, default: Callable[[Any], Any] | None = None) -> str:
    r"""Write a document as JSON whose texts no terminal takes for commands; of bytes that are no UTF-8 its readers get `\xff`."""
    written = json.dumps(document, indent=2, ensure_ascii=False, default=default)
    return _LEFT_BY_JSON.sub(_escaped_in_json, written)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def _escaped_in_json(found: re.Match[str]) -> str:
    # Half a pair would be legal here, but many who read JSON refuse it (RFC 8259 section 8.2).
    return f"\\{_escaped(found)}" if _SURROGATE.match(found[0]) else f"\\u{ord(found[0]):04x}"
