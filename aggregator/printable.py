"""Printable: text that somebody else chose, such as the name of a file, made fit to be printed. Pure."""

import re

# Halves of surrogate pairs: Python has the last 128 of them for bytes of file names that are no UTF-8 (PEP 383).
_SURROGATE = re.compile("[\ud800-\udfff]")


def as_utf_8(text: str) -> str:
    r"""Give text that UTF-8 can have: a byte of a file's name that is no UTF-8 is written as `\xff`."""
    return _SURROGATE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
