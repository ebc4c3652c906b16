"""Text and HTML made fit to publish: mojibake repaired, markup reduced to text, Markdown rendered, HTML sanitised. Pure.

The one home of ftfy, markdown-it-py and nh3. What may stay in HTML is an allow-list; whatever is not on it goes.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import ftfy
import nh3
from markdown_it import MarkdownIt

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

# Paragraphs of HTML from the first line to the last are HTML to Markdown as well, and stay as they are (CommonMark section 4.6, kind 6:
# up to a blank line; from there on another begins), unless a table is made of them. Bodies that other programs wrote are mostly such, and
# to render one takes 35 µs.
_HTML_BLOCKS = re.compile(r"(?:<p>[^|\n\r\t\0]*+(?:\n(?=[^\n ])[^|\n\r\t\0]*+)*+(?:\n++|\Z))++")
_BLANK_LINES = re.compile(r"\n{2,}")
# Paragraphs of ASCII without another tag or a character reference: nothing is to be cleaned of them, and looking at them as a browser
# would takes 25 µs.
_CLEAN_PARAGRAPHS = re.compile(r"(?:<p>[ -%'-;=?-~\n]*+</p>[ \n]*+)++")

# ASCII in words between single blanks, without a sign that begins markup: nearly all lines, in a quarter of the time.
_PLAIN_LINE = re.compile(r"[!-%'-;=-~]++(?: [!-%'-;=-~]++)*+")

# Ten times as many as a long article has. So many take a second at most, however they are nested (measured, nh3 0.3.8); 64,000 took 14.
MOST_TAGS = 20_000
# A hundred times as many as any tag has. To look for names that stand twice takes quadratic time: these 20 ms, and what fits into 5 MiB four
# minutes (measured, nh3 0.3.8).
MOST_ATTRIBUTES = 10_000
# Two thousand times as many as a long article has. Each takes the renderer 31 µs at most, so these take three seconds, and 5 MiB of
# nothing else 160 and gigabytes of memory (measured, markdown-it-py 4).
MOST_MARKS = 100_000

_MARKS = "\n!&*<[\\]_`|~"

# fmt: off
_TAGS = frozenset({
    "a", "abbr", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "iframe", "img", "ins",
    "kbd", "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
    "small", "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "track", "u", "ul", "var", "video", "wbr",
})
# fmt: on
# These go with all that is in them.
_TAGS_WITH_CONTENT = frozenset(
    {"script", "style", "template", "noscript", "object", "svg", "math", "title", "textarea", "select"}
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "iframe": {"allowfullscreen", "height", "src", "width"},
    "img": {"alt", "height", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "src", "width"},
}
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_MEDIA_SCHEMES = frozenset({"http", "https"})
_LINK_REL = "noopener noreferrer"
_CODE_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
# Every tag is taken whole, so that what looks like a frame inside an attribute is none.
_FRAME_OR_TAG = re.compile(
    r'<iframe(?P<attributes>(?:"[^"]*"|[^">])*)>.*?</iframe>|<(?:"[^"]*"|[^">])*>', re.DOTALL
)
# One after the other, so that what looks like an attribute inside of another's value is none.
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')

# A candidate of srcset as browsers read it (HTML, 4.8.4.2.1): an address up to a blank, then sizes up to a comma, which may stand in
# parentheses. No blank is needed behind the comma.
_CANDIDATE = re.compile(r"[ \t\n\f\r,]*([^ \t\n\f\r,][^ \t\n\f\r]*)((?:[^(,]|\([^)]*\)?)*)")
_CANDIDATE_SIZE = re.compile(r"(?:[0-9]{1,9}[wh]|[0-9]{1,9}(?:\.[0-9]{1,9})?x)")

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

_CARRIAGE_RETURN = re.compile("\r\n?")
_PREFORMATTED_BREAK = re.compile(r'(<pre(?:\s(?:"[^"]*"|[^">])*)?>)\n')

# What ends a tag's name, but for the end of the tag itself. Where nothing does, no tag can have an attribute (HTML, 13.2.5.8).
_MAY_HAVE_ATTRIBUTES = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*[^a-zA-Z0-9>]")


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


def markdown_to_html(text: str) -> str:
    """Render Markdown (CommonMark, with tables and strikethrough) that may hold HTML. To be sanitised."""
    if text.startswith("<p>") and _HTML_BLOCKS.fullmatch(text) is not None:
        return _BLANK_LINES.sub("\n", text) if "\n\n" in text else text
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


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


def sanitise(html: str, base: str, embeds: Collection[str]) -> str:
    """Give of `html` what may be published: no scripts, styles, forms or unknown schemes, every address absolute.

    base    the absolute URL that relative addresses are relative to
    embeds  the hosts whose iframes may stay; a host stands for itself alone. Any other iframe becomes a link to what it shows.
    """
    text = legal(html)
    return text.strip() if _CLEAN_PARAGRAPHS.fullmatch(text) is not None else _cleaned(text, base, embeds)


def _cleaned(text: str, base: str, embeds: Collection[str]) -> str:
    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute in _ADDRESSES:
            schemes = _LINK_SCHEMES if attribute == "href" else _MEDIA_SCHEMES
            return _allowed(value, base, schemes)
        if attribute == "srcset":
            return _allowed_candidates(value, base)
        if tag == "code" and attribute == "class":
            match = _CODE_LANGUAGE.search(value)
            return match[0] if match else None
        return value

    cleaner = _cleaner(kept) if _MAY_HAVE_ATTRIBUTES.search(text) else _cleaner_of_bare_tags()
    cleaned = cleaner.clean(text)
    if "<iframe" in cleaned:
        cleaned = _FRAME_OR_TAG.sub(lambda found: _frame(found, embeds), cleaned)
    return legal(_as_parsed(cleaned)).strip()


def _as_parsed(html: str) -> str:
    """Write line breaks so that parsers read what was meant: the serialiser leaves them as they are."""
    if "\r" in html:  # from `&#13;`; a bare one is read as a line feed
        html = _CARRIAGE_RETURN.sub("\n", html)
    # The first one in a pre is not read at all (HTML, 13.2.6.4.7).
    return _PREFORMATTED_BREAK.sub(r"\1\n\n", html) if "<pre" in html else html


def _cleaner(kept: Callable[[str, str, str], str | None] | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_TAGS_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=set(_LINK_SCHEMES),
        link_rel=_LINK_REL,
    )


# To make one takes 40 µs, ten times as long as it needs for an article without attributes (measured, nh3 0.3.8).
@cache
def _cleaner_of_bare_tags() -> nh3.Cleaner:
    return _cleaner(None)


def _allowed(address: str, base: str, schemes: Collection[str]) -> str | None:
    """Give an address absolute, None where its scheme is not allowed or it can't be read."""
    written = address.strip()
    try:
        absolute = urljoin(base, written)
        is_elsewhere = written[:1] == "/" and urlsplit(absolute).netloc != urlsplit(base).netloc
    except ValueError:
        return None
    if absolute.partition(":")[0].lower() not in schemes:
        return None
    return None if is_elsewhere and not _is_readable(absolute) else absolute


def _is_readable(address: str) -> bool:
    """Ask the parser that has judged every other address, but has seen `//host` as a relative one, of which anything will do."""
    return " href=" in nh3.clean(f'<a href="{escape(address)}">', tags={"a"}, link_rel=None)


def _allowed_candidates(candidates: str, base: str) -> str | None:
    """Give the pictures of a srcset attribute with absolute addresses, None where none is left."""
    found = (_allowed_candidate(*candidate, base) for candidate in _candidates(candidates))
    return ", ".join(one for one in found if one is not None) or None


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Give the address and the sizes of each candidate."""
    position = 0
    while found := _CANDIDATE.match(srcset, position):
        address, sizes = found.groups()
        is_alone = address.endswith(",")
        position = found.end(1) if is_alone else found.end()
        yield address.rstrip(","), "" if is_alone else sizes


def _allowed_candidate(address: str, sizes: str, base: str) -> str | None:
    absolute = _allowed(address, base, _MEDIA_SCHEMES)
    if absolute is None:
        return None
    # A comma at the end of an address would be the end of the candidate: one was hidden behind white space that is none of HTML's.
    return " ".join([absolute.rstrip(","), *filter(_CANDIDATE_SIZE.fullmatch, sizes.split())])


def _frame(found: re.Match[str], embeds: Collection[str]) -> str:
    """Give an iframe as it may stay: empty, for what is in it is raw text that other parsers would take for tags."""
    if found["attributes"] is None:
        return found[0]
    # Values stay as they were serialised: escaped again, they would be other bytes whenever what was sanitised is sanitised again.
    attributes = dict(_ATTRIBUTE.findall(found["attributes"]))
    if "src" not in attributes:
        return ""
    address = attributes["src"]
    secure = re.sub(r"\Ahttp:", "https:", address, flags=re.IGNORECASE)
    if _is_embed(unescape(secure), embeds):
        kept = attributes | {"src": secure}
        return "<iframe" + "".join(f' {name}="{value}"' for name, value in kept.items()) + "></iframe>"
    text = address.replace("&quot;", '"')
    return f'<a href="{address}" rel="{_LINK_REL}">{text}</a>'


def _is_embed(address: str, embeds: Collection[str]) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.username is None and parts.hostname in embeds
