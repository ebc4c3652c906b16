"""HTML made fit to publish: Markdown rendered, HTML sanitised. Pure.

The one home of markdown-it-py and nh3. What may stay in HTML is an allow-list; whatever is not on it goes.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

from aggregator.clean.plain_text import legal

# Paragraphs of HTML from the first line to the last are HTML to Markdown as well, and stay as they are (CommonMark section 4.6, kind 6:
# up to a blank line; from there on another begins), unless a table is made of them. Bodies that other programs wrote are mostly such, and
# to render one takes 35 µs.
_HTML_BLOCKS = re.compile(r"(?:<p>[^|\n\r\t\0]*+(?:\n(?=[^\n ])[^|\n\r\t\0]*+)*+(?:\n++|\Z))++")
_BLANK_LINES = re.compile(r"\n{2,}")
# Paragraphs of ASCII without another tag or a character reference: nothing is to be cleaned of them, and looking at them as a browser
# would takes 25 µs.
_CLEAN_PARAGRAPHS = re.compile(r"(?:<p>[ -%'-;=?-~\n]*+</p>[ \n]*+)++")

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

_CARRIAGE_RETURN = re.compile("\r\n?")
_PREFORMATTED_BREAK = re.compile(r'(<pre(?:\s(?:"[^"]*"|[^">])*)?>)\n')

# What ends a tag's name, but for the end of the tag itself. Where nothing does, no tag can have an attribute (HTML, 13.2.5.8).
_MAY_HAVE_ATTRIBUTES = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*[^a-zA-Z0-9>]")


def markdown_to_html(text: str) -> str:
    """Render Markdown (CommonMark, with tables and strikethrough) that may hold HTML. To be sanitised."""
    if text.startswith("<p>") and _HTML_BLOCKS.fullmatch(text) is not None:
        return _BLANK_LINES.sub("\n", text) if "\n\n" in text else text
    return str(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


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
