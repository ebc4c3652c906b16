"""The only importer of feedgen and lxml: makes right what feedgen gets wrong, and adds what it has no word for.

What feedgen 1.0.0 does by itself, each seen in its source, and what is done about it here:

- It stamps the time of the render on a feed, and writes RSS dates by switching the locale of the whole process, which
  no thread may do. `new_feed` takes the stamp away; `date_element` makes RSS dates instead.
- It puts each new entry in front of the others. `new_entry` puts it behind them.
- Its Atom entries lose every attribute of a link but href. `add_link` brings them back.
- It has no words for xml:lang of an entry, the type of a title, a whole atom:source, dc:creator, credits in Media RSS.
  `set_language` and `add` say them.
- Of `&` it makes `&amp;` only, where RSS titles fare best with `&#x26;`.
- It raises on a character that XML can't hold, and on a naive date: `compose` lets neither into a document.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.article import Image
from feeds.document import Enclosure, Entry, FeedDocument
from feeds.text import media_type_of

__all__ = [
    "Element",
    "FeedEntry",
    "FeedGenerator",
    "add",
    "add_link",
    "atom_bytes",
    "date_element",
    "history_elements",
    "media_elements",
    "new_entry",
    "new_feed",
    "rss_bytes",
    "set_language",
    "xml_bytes",
]

GENERATOR = "Feed Aggregator"

_NAMESPACES = {
    "at": "http://purl.org/atompub/tombstones/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Element:
    """An XML element as a value; `tag` may begin with a prefix, such as dc: or media:."""

    tag: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple["Element", ...] = ()


def new_feed(*prefixes: str) -> FeedGenerator:
    """Give an empty feed that says nothing of the time; `prefixes` are those that `add` is going to use."""
    feed = FeedGenerator()
    # There is no public way to unset it: lastBuildDate(None) only reads.
    feed._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - the reason above
    feed.register_extension("additions", _Additions, _Additions)
    feed.additions.namespaces.update({prefix: _NAMESPACES[prefix] for prefix in prefixes})
    feed.generator(GENERATOR)
    return feed


def new_entry(feed: FeedGenerator) -> FeedEntry:
    """Give a new entry of `feed`, behind those that it has."""
    return feed.add_entry(order="append")


def add(target: FeedGenerator | FeedEntry, elements: Iterable[Element]) -> None:
    """Add elements to a feed or an entry, behind those that feedgen makes and in front of a feed's entries."""
    target.additions.elements.extend(elements)


def add_link(entry: FeedEntry, attributes: Mapping[str, str]) -> None:
    """Add an Atom link to an entry with all of `attributes`, of which href and rel must be there."""
    entry.link(dict(attributes))
    entry.additions.links.append(attributes)


def set_language(entry: FeedEntry, tag: str) -> None:
    """Say in which language an Atom entry is written (xml:lang, RFC 4287 section 2)."""
    entry.additions.language = tag


def date_element(tag: str, moment: datetime) -> Element:
    """Give an RSS date: RFC 822 with four digits of year, in GMT, whatever the locale. `moment` is in UTC."""
    return Element(tag, format_datetime(moment, usegmt=True))


def history_elements(document: FeedDocument, suffix: str, link: str) -> Iterator[Element]:
    """Say where a document stands in the history of its feed (RFC 5005); `link` is the tag of an Atom link in the format."""
    if document.history.is_complete:
        yield Element("fh:complete")
    if document.history.is_archive:
        yield Element("fh:archive")
    for relation, url in document.history_urls(suffix).items():
        yield Element(link, attributes={"rel": relation, "href": url})


def media_elements(entry: Entry) -> Iterator[Element]:
    """Give an entry's pictures and file in Media RSS 1.5.1, which Atom entries carry as well as RSS items."""
    for image in entry.images:
        yield _media_image(image)
    yield from map(_media_file, entry.enclosures)
    for image in entry.images[:1]:
        yield Element(
            "media:thumbnail", attributes=_known(url=image.url, width=image.width, height=image.height)
        )


def rss_bytes(feed: FeedGenerator) -> bytes:
    """Write `feed` as RSS 2.0: UTF-8, declared, not indented."""
    return bytes(feed.rss_str())


def atom_bytes(feed: FeedGenerator) -> bytes:
    """Write `feed` as Atom: UTF-8, declared, and not indented, for no white space may stand in an Atom date or IRI."""
    return bytes(feed.atom_str())


def xml_bytes(root: Element) -> bytes:
    """Write a document of elements alone: UTF-8, declared, not indented."""
    made = etree.Element(_qualified(root.tag), dict(root.attributes))
    made.text = root.text or None
    _append(made, root.children)
    return etree.tostring(made, encoding="UTF-8", xml_declaration=True)


def _media_image(image: Image) -> Element:
    described = (
        Element("media:title", image.title or "", {"type": "plain"}),
        Element("media:credit", image.attribution or ""),
    )
    attributes = _known(
        url=image.url,
        type=media_type_of(image.url),
        medium="image",
        width=image.width,
        height=image.height,
    )
    return Element("media:content", "", attributes, tuple(child for child in described if child.text))


def _media_file(enclosure: Enclosure) -> Element:
    kind = enclosure.type.partition("/")[0]
    attributes = _known(
        url=enclosure.url,
        fileSize=enclosure.length,
        type=enclosure.type,
        medium=kind if kind in {"image", "audio", "video"} else None,
        duration=enclosure.duration,
    )
    return Element("media:content", attributes=attributes)


def _known(**attributes: str | int | None) -> dict[str, str]:
    """Leave out what is not known; 0 pixels or seconds are no measure either."""
    return {name: str(value) for name, value in attributes.items() if value}


class _Additions(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """The extension, by feedgen's rules, of one feed and of each of its entries."""

    def __init__(self) -> None:
        self.namespaces: dict[str, str] = {}
        self.elements: list[Element] = []
        self.links: list[Mapping[str, str]] = []
        self.language = ""

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, root: etree._Element) -> None:
        channel = root.find("channel")
        parent = root if channel is None else channel
        _append(parent, self.elements)
        plain = _PLAIN_IN_ITEM if channel is None else _PLAIN_IN_CHANNEL
        for element in tuple(parent.iter(*plain)):
            _use_hexadecimal_references(element)

    def extend_atom(self, root: etree._Element) -> None:
        for title in root.iterchildren("title"):
            title.set("type", "text")
        # A feed's own links are whole: it has none here, and nothing is done to them.
        for link, attributes in zip(root.iterchildren("link"), self.links, strict=False):
            for name, value in attributes.items():
                link.set(name, value)
        if self.language:
            root.set(_XML_LANG, self.language)
        _append(root, self.elements)


def _append(parent: etree._Element, elements: Iterable[Element]) -> None:
    for element in elements:
        made = etree.SubElement(parent, _qualified(element.tag), dict(element.attributes))
        made.text = element.text or None
        _append(made, element.children)


def _qualified(tag: str) -> str:
    prefix, colon, name = tag.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{name}" if colon else tag


# RSS elements of plain text: RSS Best Practices Profile, "Character Data". An item's description is HTML.
_PLAIN_IN_ITEM = (
    "title",
    "category",
    "source",
    *map(_qualified, ("dc:creator", "media:title", "media:credit")),
)
_PLAIN_IN_CHANNEL = ("title", "description", "copyright", "managingEditor")
_MARKUP = re.compile("[&<>]")


def _use_hexadecimal_references(element: etree._Element) -> None:
    """Write &, < and > as hexadecimal references, the form that most readers of plain text understand."""
    text = element.text or ""
    pieces, signs = _MARKUP.split(text), _MARKUP.findall(text)
    if not signs:
        return
    element.text = pieces[0] or None
    for sign, rest in zip(signs, pieces[1:], strict=True):
        reference = etree.Entity(f"#x{ord(sign):X}")
        reference.tail = rest
        element.append(reference)
