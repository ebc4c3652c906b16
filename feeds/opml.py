"""OPML 2.0 (opml.org/spec2.opml): the list of feeds that a reader subscribes to all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds._feedgen import Element, date_element, xml_bytes
from feeds.text import one_line, uri

MEDIA_TYPE = "text/x-opml; charset=utf-8"

_SPECIFICATION = "https://opml.org/spec2.opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed: the absolute URLs of its document (in whichever format) and of its page for people."""

    title: str
    feed_url: str
    page_url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds under one heading."""

    title: str
    subscriptions: tuple[Subscription, ...]


def render(title: str, groups: Sequence[Group], updated: datetime) -> bytes:
    """Write the list as OPML 2.0, in UTF-8. `updated` (aware, UTC) is when it last changed.

    A group without feeds is left out; a list without groups says its title, for a body has to say something.
    """
    outlines = tuple(_group(group) for group in groups if group.subscriptions)
    head = (
        Element("title", one_line(title)),
        date_element("dateModified", updated),
        Element("docs", _SPECIFICATION),
    )
    body = outlines or (Element("outline", attributes={"text": one_line(title)}),)
    return xml_bytes(
        Element(
            "opml",
            attributes={"version": "2.0"},
            children=(Element("head", children=head), Element("body", children=body)),
        )
    )


def _group(group: Group) -> Element:
    return Element(
        "outline",
        attributes={"text": one_line(group.title)},
        children=tuple(map(_outline, group.subscriptions)),
    )


def _outline(subscription: Subscription) -> Element:
    """Give the outline of one feed; readers expect type="rss" for every format."""
    title = one_line(subscription.title)
    attributes = {
        "text": title,
        "title": title,
        "type": "rss",
        "xmlUrl": uri(subscription.feed_url),
        "htmlUrl": uri(subscription.page_url),
        "description": one_line(subscription.description),
    }
    return Element("outline", attributes={name: value for name, value in attributes.items() if value})
