"""Hosts: whether the field Host names one. Pure; who is named decides nothing here."""

import re

# uri-host [ ":" port ] (RFC 9110 section 7.2), with the host of RFC 3986 section 3.2.2, which may be empty.
_LITERAL = r"\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+)\]"
_NAME = r"(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_HOST = re.compile(rf"(?:{_LITERAL}|{_NAME})(?::[0-9]*)?", re.ASCII)


def is_host(field: str) -> bool:
    """Tell whether `field` is a Host; a request with another is answered 400 (RFC 9112 section 3.2)."""
    return _HOST.fullmatch(field) is not None
