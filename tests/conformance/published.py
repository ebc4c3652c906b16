"""A site that uses everything, as its clients see it: written to a folder, served by a process, and read over HTTP."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hypothesis import given, settings
from lxml import etree

from feeds.document import compose
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.aggregator.workshop import Workshop
from tests.samples import ARTICLES, DEFINITION, SITE
from tests.strategies import documents

FULL = compose(DEFINITION, ARTICLES, SITE, None)
SUFFIXES = tuple(one.suffix for one in FORMATS.values())

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_Test = Callable[..., None]

MINA = "الميناء الجديد"
PLANK = "Plank by plank, the boat grew longer. "

_PLAIN_SITE = "{title: The Harbour Wire, url: https://news.example.org}"
_WHOLE_SITE = """
  title: The Harbour Wire & friends
  url: https://news.example.org
  tag: "example.org,2026-01-05"
  description: What happened between the piers
  author: {name: The desk, email: desk@example.org}
  copyright: © 2026 The Harbour Wire
  icon: https://news.example.org/icon.png
"""


def whatever_the_text(test: _Test) -> _Test:
    """Give the test documents of articles with any text in any field. Two dozen tests do, so each looks at fewer than usual."""
    return settings(max_examples=30)(given(document=documents)(test))


def write_site(shop: Workshop) -> None:
    """Configure the site and write its articles."""
    shop.configure(
        "reload: {every: 1h}\n"
        "feeds:\n"
        "  - {id: boats, title: Boats & <ships>, where: {topics: [Boats]}, order: best}\n"
        "  - {id: short, title: In short, content: excerpt}\n"
        "  - {id: titles, title: Titles alone, content: title}\n"
        "  - {id: nothing, title: Nothing yet, where: {topics: [None of these]}}\n"
    )
    shop.config_path.write_text(shop.text.replace(_PLAIN_SITE, _WHOLE_SITE), encoding="utf-8")
    shop.write(
        "ferry",
        "publishedDateTime: 2026-02-20T09:00:00Z",
        "updatedDateTime: 2026-02-21T09:00:00Z",
        "originalUrl: https://pier.example/ferry",
        "webUrl: https://reader.example/pier/ferry?a=1&b=2",
        "excerpt: It waits for the weather & for you.",
        "provider: {name: The Pier Post, domain: pier.example, authors: [{name: Ada Tide}],"
        " images: [{url: https://pier.example/logo.png}]}",
        "topics: [Boats, R&D]",
        "category: news",
        "quality: 80",
        "images: [{url: https://pier.example/ferry.jpg, width: 640, height: 480, attribution: C. Gull}]",
        "actions: [{url: timetable.pdf, type: download, length: 1234}, {url: /ferry.mp4, type: video/mp4}]",
        "related: [{title: Barnacles, webUrl: https://hull.example/barnacles}]",
        title="Ferries <learn> to wait & see",
        body="A [timetable](../timetable) and ![a map](map.png \"Map\").\n\n<script>alert('x')</script>",
    )
    shop.write(
        "mina",
        "publishedDateTime: 2026-02-22T09:00:00Z",
        "locale: ar",
        "webUrl: https://mina.example/الميناء?q=50%",
        "excerpt: خبر قصير.",
        title=MINA,
        body="نص الخبر.",
    )
    shop.write(
        "bell",
        "publishedDateTime: 2026-02-23T09:00:00Z",
        'excerpt: "An escape\\x1b and a bell\\x07."',
        "topics: [Boats]",
        title="An end ]]> of CDATA, &nbsp; and &amp;amp;",
        body="It *rings*.",
    )
    shop.write(
        "plank",
        "publishedDateTime: 2026-02-19T09:00:00Z",
        body=PLANK * 20,
    )
    shop.write("later", "publishedDateTime: 2999-01-01T00:00:00Z", title="Not yet written")
    shop.write("hidden", "published: false", title="Never to be seen")


def feed_paths(site: RunningSite) -> list[str]:
    """Give the path of every feed in every format, as a subscriber to the list of feeds learns them."""
    stems = [urlsplit(one.get("htmlUrl", "")).path for one in subscriptions(site)]
    return [stem + suffix for stem in stems for suffix in SUFFIXES]


def subscriptions(site: RunningSite) -> list[etree._Element]:
    opml = etree.fromstring(site.get("/feeds.opml").body)
    return [outline for outline in opml.iter("outline") if outline.get("xmlUrl")]


def xml_of(site: RunningSite, path: str) -> etree._Element:
    return strictly(site.get(path).body)


def json_of(site: RunningSite, path: str) -> Any:
    return json.loads(site.get(path).body)


def strictly(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, recover=False))


def told(name: str, document: bytes) -> list[Mapping[str, str]]:
    """Give id, title, link and HTML of each entry, whatever the format."""
    if name == "json":
        items = json.loads(document)["items"]
        return [
            {"id": one["id"], "title": one["title"], "link": one["url"], "html": one["content_html"]}
            for one in items
        ]
    return list(_told_in_xml(strictly(document)))


def _told_in_xml(root: etree._Element) -> Iterator[Mapping[str, str]]:
    for item in root.iter("item"):
        html = item.findtext(f"{CONTENT}encoded") or item.findtext("description") or ""
        yield {
            "id": item.findtext("guid") or "",
            "title": item.findtext("title") or "",
            "link": item.findtext("link") or "",
            "html": html,
        }
    for entry in root.iter(f"{ATOM}entry"):
        (link,) = (
            one
            for one in entry.iter(f"{ATOM}link")
            if one.get("rel") == "alternate" and one.getparent() is entry
        )
        yield {
            "id": entry.findtext(f"{ATOM}id") or "",
            "title": entry.findtext(f"{ATOM}title") or "",
            "link": link.get("href", ""),
            "html": entry.findtext(f"{ATOM}content") or "",
        }
