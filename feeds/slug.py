"""Names as parts of addresses: lower-case ASCII that says what the name says.

Which of two names with one slug has to take a suffix is the catalogue's business.
"""

import re
from hashlib import sha256

from anyascii import anyascii

from feeds.selection import fold

_LONGEST = 80

# What letters and digits alone would lose, so that C, C++ and C# stay three names.
_MEANINGS = (
    (re.compile(r"(?<=\w)[#♯]"), " sharp "),
    (re.compile(r"(?<![\w.])\.(?=\w)"), " dot "),
    (re.compile(r"(?<=\w)\*"), " star "),
    (re.compile(r"\+"), " plus "),
    (re.compile(r"&"), " and "),
    (re.compile(r"%"), " percent "),
    (re.compile(r"@"), " at "),
    (re.compile("['\u2019\u02bc]"), ""),
)
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """Give the slug of `name`: [a-z0-9-], 1 to 80 characters, the same for names that compare equal."""
    folded = fold(name)
    return _spelled(folded)[:_LONGEST].rstrip("-") or f"x-{_digest(folded)[:8]}"


def slug_with_suffix(name: str) -> str:
    """Give a slug that tells `name` from others whose slug is the same; it depends on the name alone."""
    suffix = f"-{_digest(fold(name))[:6]}"
    return slug(name)[: _LONGEST - len(suffix)].rstrip("-") + suffix


def _spelled(folded: str) -> str:
    for symbol, word in _MEANINGS:
        folded = symbol.sub(word, folded)
    return _NEITHER_LETTER_NOR_DIGIT.sub("-", anyascii(folded).lower()).strip("-")


def _digest(folded: str) -> str:
    return sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
