"""How much markup a text may have, so that to render it and to clean it takes a moment. Pure."""

import re

# Ten times as many as a long article has. So many take a second at most, however they are nested (measured, nh3 0.3.8); 64,000 took 14.
MOST_TAGS = 20_000
# A hundred times as many as any tag has. To look for names that stand twice takes quadratic time: these 20 ms, and what fits into 5 MiB four
# minutes (measured, nh3 0.3.8).
MOST_ATTRIBUTES = 10_000
# Two thousand times as many as a long article has. Each takes the renderer 31 µs at most, so these take three seconds, and 5 MiB of
# nothing else 160 and gigabytes of memory (measured, markdown-it-py 4).
MOST_MARKS = 100_000

_MARKS = "\n!&*<[\\]_`|~"

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


def has_too_many_marks(markdown: str) -> bool:
    """Tell whether Markdown has more than MOST_MARKS characters that may begin markup, and is not to be rendered."""
    return len(markdown) > MOST_MARKS and sum(map(markdown.count, _MARKS)) > MOST_MARKS


def has_too_many_tags(html: str) -> bool:
    """Tell whether HTML has more than MOST_TAGS, and is not to be sanitised: that takes quadratic time where tags are nested."""
    return html.count("<") > MOST_TAGS


def has_too_many_attributes(html: str) -> bool:
    """Tell whether a tag of HTML has more than MOST_ATTRIBUTES, and is not to be sanitised."""
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
