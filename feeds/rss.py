"""RSS 2.0 (rssboard.org/rss-specification), as the RSS Best Practices Profile would have it."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from feeds._feedgen import (
    Element,
    FeedEntry,
    FeedGenerator,
    add,
    date_element,
    history_elements,
    media_elements,
    new_entry,
    new_feed,
    rss_bytes,
)
from feeds.content import directed
from feeds.document import Entry, FeedDocument
from feeds.written import Writing, in_pieces, in_place

SUFFIX = ".rss"
MEDIA_TYPE = "application/rss+xml"

_SPECIFICATION = "https://www.rssboard.org/rss-specification"
_PERMANENT_LINKS = ("http://", "https://")


def write(document: FeedDocument) -> Writing:
    """Write `document` as RSS 2.0, in UTF-8."""
    feed = new_feed("dc", "media", "fh")
    _describe(feed, document)
    add(feed, history_elements(document, SUFFIX, "atom:link"))
    for entry in document.entries:
        _describe_item(new_entry(feed), entry, document)
    fresh = in_pieces(rss_bytes(feed), b"<item>", b"</channel></rss>")
    return replace(fresh, entries=tuple(in_place(document.written, fresh.entries)))


def _describe(feed: FeedGenerator, document: FeedDocument) -> None:
    feed.title(document.title)
    feed.link(href=document.self_url(SUFFIX), rel="self", type=MEDIA_TYPE)
    feed.link(href=document.page_url, rel="alternate")  # the last one: feedgen makes the channel's link of it
    feed.description(document.description or document.title)  # the channel has to have one
    feed.docs(_SPECIFICATION)
    if document.language:
        feed.language(document.language)
    if document.rights:
        feed.copyright(document.rights)
    if picture := document.logo or document.icon:
        feed.image(picture)  # its title and link are the channel's
    if document.ttl_minutes is not None:
        feed.ttl(document.ttl_minutes)
    editor = next((author for author in document.authors if author.email), None)
    if editor:
        feed.managingEditor(f"{editor.email} ({editor.name})")
    add(feed, _channel_dates(document))


def _channel_dates(document: FeedDocument) -> Iterator[Element]:
    if document.newest:
        yield date_element("pubDate", document.newest)
    yield date_element("lastBuildDate", document.updated)


def _describe_item(item: FeedEntry, entry: Entry, document: FeedDocument) -> None:
    item.title(entry.title)
    item.link(href=entry.link)
    if entry.summary:
        item.description(directed(escape(entry.summary, quote=False), entry.language))
    item.content(entry.content_html)  # where there is no description, feedgen makes this the description
    item.guid(entry.id, permalink=entry.id == entry.link and entry.id.startswith(_PERMANENT_LINKS))
    item.category([{"term": category.term, "scheme": category.scheme} for category in entry.categories])
    for file in entry.enclosures[:1]:  # readers take one at most; Media RSS tells them all
        item.enclosure(file.url, file.length or 0, file.type)
    if entry.source:
        item.source(entry.source.url, entry.source.title)
    add(item, _additions(entry, document))


def _additions(entry: Entry, document: FeedDocument) -> Iterator[Element]:
    yield date_element("pubDate", entry.published)
    if entry.updated != entry.published:  # RSS has no word for it: RFC 4287 section 4.2.15
        yield Element("atom:updated", entry.updated.isoformat())
    for author in entry.authors:  # never <author>: that wants an e-mail address
        yield Element("dc:creator", author.name)
    if entry.language and entry.language != document.language:
        yield Element("dc:language", entry.language)
    yield from media_elements(entry)
