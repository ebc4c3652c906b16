"""How much markup a text may have, so that to render it and to clean it takes a moment. Pure."""

import re
from collections.abc import Iterable

# Ten times as many as a long article has. To sanitise takes quadratic time where tags are nested: these take a second at most, however they
# are, and 64,000 took 14 (measured, nh3 0.3.8).
MOST_TAGS = 20_000
# A hundred times as many as any tag has. To look for names that stand twice takes quadratic time: these 20 ms, and what fits into 5 MiB four
# minutes (measured, nh3 0.3.8).
MOST_ATTRIBUTES = 10_000
# Two thousand times as many as a long article has. Each takes the renderer 31 µs at most, so these take three seconds, and 5 MiB of
# nothing else 160 and gigabytes of memory (measured, markdown-it-py 4).
MOST_MARKS = 100_000
# What ends a piece of text to the renderer and begins no markup takes it 2 to 4 µs (measured), so these take four seconds as well.
MOST_SIGNS = 1_000_000
# Characters that end what html5ever takes at once, times the bytes of it all: with each it moves the text before it once more. So many take
# a second, and 5 MiB of nothing else 105 (measured, nh3 0.3.8). An article of a megabyte may have 100,000.
MOST_MOVES = 100_000_000_000

_MARKS = "\n!&*<[\\]_`|~"
_SIGNS = "#$%+-:=>@^{}"
# The sign of a character reference, and what begins with the byte 0xC2 in UTF-8: U+0080 to U+00BF, such as blanks and quotation marks of
# French text.
_ENDS = (b"&", b"\xc2")
_LARGEST = 4  # bytes of a character

# A tag up to its end, as its attributes are found (HTML, 13.2.5.32 to 13.2.5.40); a comment, in which none is; what is raw text in HTML, and
# is not where it stands in an SVG.
_NAME = r"[^\t\n\f\r />][^\t\n\f\r />=]*+"
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >]*+)"""
_ATTRIBUTE_OF_TAG = re.compile(rf"{_NAME}(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+{_VALUE})?+")
_TAG = rf"</?+[a-zA-Z][^\t\n\f\r />]*+(?P<attributes>(?:[\t\n\f\r /]++|{_ATTRIBUTE_OF_TAG.pattern})*+)"
_COMMENT = r"<!--(?:-?+>|.*?(?:--!?+>|\Z))"
_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext"
_MARKUP = re.compile(rf"{_COMMENT}|{_TAG}", re.DOTALL)
_MARKUP_WITH_RAW_TEXT = re.compile(
    rf"{_COMMENT}|(?=<(?P<raw>{_RAW})[\t\n\f\r />]){_TAG}>.*?(?:</(?P=raw)|\Z)|{_TAG.replace('attributes', 'others')}",
    re.DOTALL | re.IGNORECASE,
)


def excess_of_markdown(markdown: str) -> str | None:
    """Give what Markdown has more of than is to be rendered, as in "100000 marks of Markdown and lines"; None where it is to be."""
    if len(markdown) > MOST_MARKS and sum(map(markdown.count, _MARKS)) > MOST_MARKS:
        return f"{MOST_MARKS} marks of Markdown and lines"
    if len(markdown) > MOST_SIGNS and sum(map(markdown.count, _SIGNS)) > MOST_SIGNS:
        return f"{MOST_SIGNS} of the signs {_SIGNS}"
    return None


def excess_of(html: str, *, is_rendered: bool = False) -> str | None:
    """Give the same of HTML, as in "20000 tags", and whether it is to be sanitised.

    is_rendered  whether all of its tags are the renderer's, so that each ends the text before it
    """
    if html.count("<") > MOST_TAGS:
        return f"{MOST_TAGS} tags"
    if _has_too_many_attributes(html):
        return f"{MOST_ATTRIBUTES} attributes in a tag"
    most = _most_ends(html.split("<") if is_rendered else [html])
    return None if most is None else f"{most} of & and of the characters from U+0080 to U+00BF at its length"


def _has_too_many_attributes(html: str) -> bool:
    if len(html) <= 2 * MOST_ATTRIBUTES:  # the least that so many take
        return False
    return any(
        _count_attributes(attributes) > MOST_ATTRIBUTES
        for markup in (_MARKUP, _MARKUP_WITH_RAW_TEXT)
        for found in markup.finditer(html)
        for name, attributes in found.groupdict("").items()
        if name != "raw" and len(attributes) > 2 * MOST_ATTRIBUTES
    )


def _count_attributes(attributes: str) -> int:
    return sum(1 for _ in _ATTRIBUTE_OF_TAG.finditer(attributes))


def _most_ends(texts: Iterable[str]) -> int | None:
    """Give how many ends of pieces there may be in the bytes of these texts; None where there are no more in any."""
    for text in texts:
        if (_LARGEST * len(text)) * len(text) > MOST_MOVES:
            data = text.encode(errors="surrogatepass")
            most = MOST_MOVES // len(data)
            if sum(map(data.count, _ENDS)) > most:
                return most
    return None
