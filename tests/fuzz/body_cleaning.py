"""Any text as a body, in HTML and in Markdown: what is left holds nothing that is not on the lists, and is left as it is again.

Judged by html5lib, which parses as browsers do and shares nothing with the sanitiser.
"""

import re
import warnings
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
from html5lib.constants import DataLossWarning

from aggregator.clean import html as clean
from aggregator.clean.html import markdown_to_html, sanitise
from aggregator.clean.plain_text import legal
from aggregator.site.body_html import readable

BASE = "https://pierpost.example/2021/harbour/"
EMBEDS = ("video.example",)

# What must not be on the lists either, however they change.
_NEVER = frozenset(
    [
        "script",
        "style",
        "link",
        "meta",
        "base",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "svg",
        "math",
        "template",
        "noscript",
        "frame",
        "frameset",
        "html",
        "head",
        "body",
        "title",
        "portal",
        "marquee",
        "dialog",
        "slot",
    ]
)
_NEVER_ATTRIBUTES = re.compile(
    "on.*|style|srcdoc|formaction|action|ping|background|xlink:href|http-equiv|is|slot|id|name|form|target"
)
_OF_PAGES = frozenset({"loading", "decoding", "referrerpolicy", "title", "alt"})
_SCHEMES = {"href": {"http", "https", "mailto", "tel"}}
_MEDIA_SCHEMES = {"http", "https"}
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"https://([^/?#\\:@]*)(?::[0-9]*)?(?:[/?#]|\Z)", re.IGNORECASE)
_CANDIDATE = re.compile(r"[ \t\n\f\r,]*([^ \t\n\f\r]+)")

assert not _NEVER & clean._TAGS
assert not any(_NEVER_ATTRIBUTES.fullmatch(name) for names in clean._ATTRIBUTES.values() for name in names)


def check(data: bytes) -> None:
    text = (
        data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")
        if _is_text(data)
        else data.decode("latin-1")
    )
    for html in {text, markdown_to_html(legal(text))}:
        once = sanitise(html, BASE, EMBEDS)
        has_errors = check_clean(once)
        again = sanitise(once, BASE, EMBEDS)
        assert again == once or _means_the_same(again, once, has_errors=has_errors), (
            f"{once!r} becomes {again!r}"
        )
        for has_pictures in (True, False):
            shown = readable(once, has_pictures=has_pictures)
            if shown != once:
                check_clean(shown, _OF_PAGES, has_pictures=has_pictures)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def check_clean(html: str, more: frozenset[str] = frozenset(), *, has_pictures: bool = True) -> bool:
    """Judge sanitised HTML, and tell whether there are errors in it; `more` are attributes that it may have besides."""
    assert legal(html) == html
    root, has_errors = parsed(html)
    for element in root.iter():
        name, attributes = element.tag, element.attrib
        assert name in clean._TAGS, f"{name!r} in {html!r}"
        allowed = clean._ATTRIBUTES["*"] | clean._ATTRIBUTES.get(name, set()) | more
        allowed |= {"rel"} if name == "a" else set()
        assert set(attributes) <= allowed, f"{attributes} of {name} in {html!r}"
        assert has_pictures or (name != "img" and "poster" not in attributes), html
        _check_addresses(name, attributes)
    return has_errors


def parsed(html: str) -> tuple[Any, bool]:
    """Parse a fragment as a browser does with scripts on, where noscript is text: the element it stands in, and whether there were errors."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataLossWarning)  # of the tree, not of the text
        root = parser.parseFragment(html, container="div", scripting=True)
    root.tag = "div"
    return root, bool(parser.errors)


def _means_the_same(html: str, other: str, *, has_errors: bool) -> bool:
    """Tell whether both are one tree; or one text, where there is nesting that HTML can't write, such as a link in a link by way of a table."""
    one, two = parsed(html)[0], parsed(other)[0]
    if has_errors:
        return "".join(one.itertext()).split() == "".join(two.itertext()).split()
    return bool(ET.canonicalize(ET.tostring(one)) == ET.canonicalize(ET.tostring(two)))


def _check_addresses(name: str, attributes: dict[str, str]) -> None:
    for attribute in _ADDRESSES & set(attributes):
        schemes = _SCHEMES.get(attribute, _MEDIA_SCHEMES)
        assert scheme_of(attributes[attribute]) in schemes, f"{attribute}={attributes[attribute]!r} of {name}"
    for address in candidates(attributes.get("srcset", "")):
        assert scheme_of(address) in _MEDIA_SCHEMES, f"{address!r} of {attributes['srcset']!r}"
    if name == "iframe":
        host = _HOST.match(attributes["src"])
        assert host is not None
        assert host[1].lower() in EMBEDS, attributes["src"]


def scheme_of(address: str) -> str | None:
    """Give the scheme that a browser sees (url.spec.whatwg.org): after leading controls and blanks, and without tabs and line breaks."""
    stripped = re.sub("[\t\n\r]", "", address).lstrip("".join(map(chr, range(0x21))))
    found = _SCHEME.match(stripped)
    return found[1].lower() if found else None


def candidates(srcset: str) -> list[str]:
    """Give the addresses of a srcset attribute as a browser reads it (html.spec.whatwg.org, 4.8.4.2.1)."""
    found = []
    position = 0
    while match := _CANDIDATE.match(srcset, position):
        address, position = match[1], match.end()
        if address.endswith(","):
            found.append(address.rstrip(","))
            continue
        found.append(address)
        depth = 0
        while position < len(srcset) and (depth or srcset[position] != ","):
            depth += {"(": 1, ")": -depth}.get(srcset[position], 0)
            position += 1
    return [address for address in found if address]
