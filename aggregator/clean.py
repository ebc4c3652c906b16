"""Text and HTML made fit to publish: mojibake repaired, markup reduced to text, Markdown rendered, HTML sanitised. Pure.

The one home of ftfy, markdown-it-py and nh3. What may stay in HTML is an allow-list; whatever is not on it goes.
"""

import re
from collections.abc import Collection
from functools import cache
from html import unescape
from urllib.parse import urljoin, urlsplit

import ftfy
import nh3
from markdown_it import MarkdownIt

# XML 1.0 section 2.2 has no way to write these, and no reader a use for them. U+0085 and U+2028 are legal, if odd.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# The first byte of a UTF-8 sequence, then another of it, both read as cp1252: how mojibake begins. Looking costs a microsecond,
# ftfy's own detection some hundred.
_CP1252_CONTINUATION = (
    "€‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"  # noqa: RUF001  the very characters of 0x80 to 0x9f
    "\xa0-\xbf\x81"
)
_MOJIBAKE = re.compile(f"[\xc2-\xf4][{_CP1252_CONTINUATION}]")

_SPACES = re.compile(r"\s+")
_TAG_NAMES = (
    "a|abbr|acronym|address|article|aside|audio|b|bdi|bdo|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|"
    "data|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|"
    "kbd|label|li|link|main|mark|meta|nav|noscript|ol|object|option|p|param|picture|pre|q|rp|rt|ruby|s|samp|script|section|"
    "select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|"
    "title|tr|track|tt|u|ul|var|video|wbr"
)
_BLOCKS = (
    "address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|ol|"
    "p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKUP = re.compile(rf"<!--.*?-->|</?(?:{_TAG_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE | re.DOTALL)

_TAGS = frozenset(
    ["a", "abbr", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "iframe", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "track", "u", "ul", "var", "video", "wbr"]
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
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "src", "width"},
}
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_MEDIA_SCHEMES = frozenset({"http", "https"})
_CODE_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
_EMPTY_FRAME = re.compile(r"<iframe(?:\s+(?!src=)[a-z]+=\"[^\"]*\")*\s*></iframe>")


def legal(text: str) -> str:
    """Give `text` without the characters that no feed can hold."""
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def repaired(text: str) -> str:
    """Give `text` with UTF-8 that was once read as cp1252 made right (`itâ€™s`); all other text is given as it is."""
    return ftfy.fix_encoding(text) if _MOJIBAKE.search(text) else text


def plain_text(text: str) -> str:
    """Give HTML, or text with stray markup and entities, as one line of plain text. `<` that begins no HTML tag stays."""
    if "<" in text:
        text = _MARKUP.sub("", _BLOCK.sub(" ", text))
    if "&" in text:
        text = unescape(text)
    return legal(_SPACES.sub(" ", text).strip())


def markdown_to_html(text: str) -> str:
    """Render Markdown (CommonMark, with tables and strikethrough) that may hold HTML. To be sanitised."""
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def sanitise(html: str, base: str, embeds: Collection[str]) -> str:
    """Give of `html` what may be published: no scripts, styles, forms or unknown schemes, every address absolute.

    base    the absolute URL that relative addresses are relative to
    embeds  the hosts whose iframes may stay; a host stands for itself alone
    """

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if tag == "code" and attribute == "class":
            match = _CODE_LANGUAGE.search(value)
            return match[0] if match else None
        if attribute not in _ADDRESSES:
            return value
        address = _absolute(value, base)
        if tag == "iframe":
            return address if _is_embed(address, embeds) else None
        schemes = _LINK_SCHEMES if attribute == "href" else _MEDIA_SCHEMES
        return address if _scheme(address) in schemes else None

    # Relative addresses pass nh3's own check and are judged above; url_schemes bounds the absolute ones once more.
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={
            "script",
            "style",
            "template",
            "noscript",
            "object",
            "svg",
            "math",
            "title",
            "textarea",
            "select",
        },
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=kept,
        url_schemes=set(_LINK_SCHEMES),
        link_rel="noopener noreferrer",
    )
    return legal(_EMPTY_FRAME.sub("", cleaned) if "<iframe" in cleaned else cleaned).strip()


def _absolute(address: str, base: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def _is_embed(address: str, embeds: Collection[str]) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.username is None and parts.hostname in embeds
