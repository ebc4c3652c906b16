"""Text made fit to publish: characters that no feed can hold, mojibake, markup reduced to a line of text. Pure.

The one home of ftfy.
"""

import re
from collections.abc import Iterator
from html import unescape

import ftfy

# XML 1.0 section 2.2 has no way to write these, or discourages them (DEL and the C1 controls), and no reader has a use for them.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# Whether ASCII text has other characters than these is found in a tenth of the time that the expression takes.
_LEGAL_ASCII = bytes(code for code in range(0x80) if not _ILLEGAL.match(chr(code)))

# The first byte of a UTF-8 sequence, then another of it, both read as cp1252: how mojibake begins. Looking costs a microsecond,
# ftfy's own detection some hundred.
_CP1252_CONTINUATION = (
    "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # noqa: RUF001  the very characters of 0x80 to 0x9f
    "\x80-\xbf"  # and those bytes that cp1252 has no character for, or that were read as Latin-1
)
_MOJIBAKE = re.compile(f"[\xc2-\xf4][{_CP1252_CONTINUATION}]")

# With its semicolon only: `&copy=1` in an address and `Q&A` are what they say.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLOCKS = (
    "address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|ol|"
    "p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINES = (
    "a|abbr|acronym|audio|b|bdi|bdo|big|body|button|center|cite|code|col|colgroup|data|del|dfn|em|font|form|head|html|i|iframe|"
    "img|input|ins|kbd|label|link|mark|meta|noscript|object|option|param|picture|q|rp|rt|ruby|s|samp|script|select|small|"
    "source|span|strike|strong|style|sub|sup|svg|template|textarea|time|title|track|tt|u|var|video|wbr"
)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE = re.compile(rf"</?(?:{_INLINES})(?:\s[^<>]*)?/?>", re.IGNORECASE)

# ASCII in words between single blanks, without a sign that begins markup: nearly all lines, in a quarter of the time.
_PLAIN_LINE = re.compile(r"[!-%'-;=-~]++(?: [!-%'-;=-~]++)*+")


def illegal_characters(text: str) -> Iterator[int]:
    """Give the places of the characters that `legal` removes."""
    return (match.start() for match in _ILLEGAL.finditer(text))


def legal(text: str) -> str:
    """Give `text` without the characters that no feed can hold; the same object where it has none."""
    if text.isascii() and not text.encode().translate(None, _LEGAL_ASCII):
        return text
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def repaired(text: str) -> str:
    """Give `text` with UTF-8 that was once read as cp1252 made right (`itâ€™s`); all other text is given as it is."""
    if text.isascii() or _MOJIBAKE.search(text) is None:
        return text
    return ftfy.fix_encoding(text)


def plain_text(text: str) -> str:
    """Give HTML, or text with stray markup and entities, as one line of plain text. `<` that begins no HTML tag stays."""
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub(" ", _without_comments(text)))
    if "&" in text:
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    return " ".join(legal(text).split())


def plain_line(text: str) -> str:
    """Give the same of text that may have to be repaired."""
    return text if _PLAIN_LINE.fullmatch(text) is not None else plain_text(repaired(text))


def _without_comments(text: str) -> str:
    """Remove HTML comments. Without a regular expression: one that looks for each end takes quadratic time where there is none."""
    before, *rest = text.split("<!--")
    after = [part.partition("-->") for part in rest]
    return before + "".join(tail if end else f"<!--{comment}" for comment, end, tail in after)
