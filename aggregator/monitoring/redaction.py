"""Redaction: what no log may keep is cut out of text. Pure.

The queries of addresses go whole, since anything may stand in them; passwords in addresses, credentials of requests, and whatever
calls itself a token or a secret.
"""

import re

HIDDEN = "[redacted]"

# What stands between blanks is read from its beginning, once: text may be long, and is somebody else's.
# Up to the first `://`.
_SCHEME = r"(?<!\S)((?>\S*?://))"
# More than ends a sentence. Quotation marks and brackets around the address stay.
_QUERY = r"(?![?!.…'\"\u2019”»)>\]},:;]{0,4}(?!\S))(?:\S*[^\s'\")>},:;]|\S+)"

# In the order in which they are applied.
_SECRETS = (
    # A header field, to the end of the line: a scheme and several parameters may follow.
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), rf"\1 {HIDDEN}"),
    # RFC 3986 section 3.2.1: user information. Passwords are also written as they are, with `@`, `/`, `?` and `#` in them. What has a
    # colon first and an `@` behind a `?` may be a password or a query, and goes whole.
    (re.compile(rf"{_SCHEME}(?>[^\s/?#:@]*):[^\s?]*\?\S*@\S*"), rf"\1{HIDDEN}"),
    # Without a colon `/@` is no end of it, but the name of somebody.
    (re.compile(rf"{_SCHEME}(?:(?>[^\s/?#:]*):[^\s?]*@|[^\s?]*[^\s/?]@)"), rf"\1{HIDDEN}@"),
    # Section 3.4: the query, where there is a parameter, or a path before it.
    (re.compile(rf"(?<!\S)([^\s?]*)\?(?=[^\s=]*=){_QUERY}"), rf"\1?{HIDDEN}"),
    (re.compile(rf"(?<!\S)([^\s/]*/[^\s?]*)\?{_QUERY}"), rf"\1?{HIDDEN}"),
    (
        re.compile(
            r"(?i)((?:token|secret|passw(?:or)?d|api_?-?key|signature)['\"]?)(=|(?<=['\"]):\s*)"
            r"(?:\"(?:[^\"\\]|\\[\s\S])*\"?|'(?:[^'\\]|\\[\s\S])*'?|\S+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
)


def redacted(text: str) -> str:
    """Give text without secrets."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text
