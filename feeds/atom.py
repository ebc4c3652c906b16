"""Atom 1.0 (RFC 4287)."""

from collections.abc import Iterator
from dataclasses import replace

from feeds._feedgen import (
    Element,
    FeedEntry,
    FeedGenerator,
    add,
    add_link,
    atom_bytes,
    history_elements,
    media_elements,
    new_entry,
    new_feed,
    set_language,
)
from feeds.article import Author
from feeds.document import Enclosure, Entry, FeedDocument, Retraction, Source
from feeds.written import Writing, in_pieces, in_place

SUFFIX = ".atom"
MEDIA_TYPE = "application/atom+xml"


def write(document: FeedDocument) -> Writing:
    """Write `document` as Atom 1.0, in UTF-8."""
    feed = new_feed("media", "fh", *(("at",) if document.retractions else ()))
    _describe(feed, document)
    add(feed, history_elements(document, SUFFIX, "link"))
    add(feed, map(_deleted, document.retractions))
    for entry in document.entries:
        _describe_entry(new_entry(feed), entry, document)
    fresh = in_pieces(atom_bytes(feed), b"<entry", b"</feed>")
    return replace(fresh, entries=tuple(in_place(document.written, fresh.entries)))


def _describe(feed: FeedGenerator, document: FeedDocument) -> None:
    feed.id(document.id)
    feed.title(document.title)
    feed.updated(document.updated)
    feed.author([_person(author) for author in document.authors])
    feed.link(href=document.self_url(SUFFIX), rel="self", type=MEDIA_TYPE)
    feed.link(href=document.page_url, rel="alternate", type="text/html")
    if document.description:
        feed.subtitle(document.description)
    if document.language:
        feed.language(document.language)
    if document.rights:
        feed.rights(document.rights)
    if document.icon:
        feed.icon(document.icon)
    if document.logo:
        feed.logo(document.logo)


def _deleted(retraction: Retraction) -> Element:
    """Tell readers to forget an entry (RFC 6721 section 3)."""
    return Element("at:deleted-entry", attributes={"ref": retraction.id, "when": retraction.when.isoformat()})


def _describe_entry(element: FeedEntry, entry: Entry, document: FeedDocument) -> None:
    element.id(entry.id)
    element.title(entry.title)
    element.updated(entry.updated)
    element.published(entry.published)
    element.author([_person(author) for author in entry.authors])
    for link in _links(entry):
        add_link(element, link)
    if entry.summary:
        element.summary(entry.summary, type="text")
    element.content(entry.content_html, type="html")
    element.category(
        [{"term": one.term, "scheme": one.scheme, "label": one.label} for one in entry.categories]
    )
    if entry.language and entry.language != document.language:
        set_language(element, entry.language)
    if entry.source:
        add(element, [_source(entry.source, entry)])
    add(element, media_elements(entry))


def _links(entry: Entry) -> Iterator[dict[str, str]]:
    yield {"rel": "alternate", "type": "text/html", "href": entry.link}
    if entry.original_url:
        yield {"rel": "via", "href": entry.original_url}
    yield from map(_enclosure_link, entry.enclosures)
    for related in entry.related:
        yield {"rel": "related", "href": related.url, "title": related.title}
    for coverage in entry.coverage:
        yield {"rel": "related", "href": coverage.url, "title": coverage.title}


def _enclosure_link(enclosure: Enclosure) -> dict[str, str]:
    length = {"length": str(enclosure.length)} if enclosure.length else {}
    title = {"title": enclosure.title} if enclosure.title else {}
    return {"rel": "enclosure", "type": enclosure.type, "href": enclosure.url} | length | title


def _person(author: Author) -> dict[str, str]:
    named = {"name": author.name, "uri": author.url, "email": author.email}
    return {name: value for name, value in named.items() if value}


def _source(source: Source, entry: Entry) -> Element:
    """Say whose entry it was (section 4.2.11). The feed that it came from is not known: the provider's home page is."""
    return Element(
        "source",
        children=(
            Element("id", source.url),
            Element("title", source.title, {"type": "text"}),
            Element("updated", entry.updated.isoformat()),
            Element("link", attributes={"rel": "alternate", "type": "text/html", "href": source.url}),
            *((Element("icon", source.icon),) if source.icon else ()),
        ),
    )
