"""Looking at pages: a page of a workshop's site, parsed by the letter of HTML, and what stands in it."""

import html5lib
from lxml import html

from aggregator.documents.draft import Draft
from tests.aggregator.workshop import Workshop

SITE = "https://news.example.org"


def page(site: Workshop, path: str) -> html.HtmlElement:
    """Give the page at `path`; fail where it is no well-formed HTML."""
    return parsed(site.document(path))


def parsed(body: bytes) -> html.HtmlElement:
    html5lib.HTMLParser(strict=True).parse(body.decode())
    return html.document_fromstring(body.decode())


def has_page(site: Workshop, path: str) -> bool:
    """Tell whether there is a page at `path`."""
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        return wiring.families[1].find(path, snapshot) is not None


def found(site: Workshop, query: str) -> html.HtmlElement:
    """Give the search page for a query, as it comes."""
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        draft = wiring.search_pages.find(wiring.search_pages.address("/search", query), snapshot)
        assert isinstance(draft, Draft)
        return parsed(draft.make().body)


def texts(element: html.HtmlElement, path: str) -> list[str]:
    """Give the texts of the elements at an XPath, without white space around them."""
    return [" ".join(one.text_content().split()) for one in element.xpath(path)]


def links(element: html.HtmlElement) -> set[str]:
    return {str(link) for link in element.xpath("//a/@href")}


def alternates(element: html.HtmlElement) -> list[tuple[str, str]]:
    """Give type and address of each feed that the head names."""
    named = element.xpath('/html/head/link[@rel="alternate"]')
    return [(link.get("type"), link.get("href")) for link in named]


def has_class(name: str) -> str:
    return f'contains(concat(" ", @class, " "), " {name} ")'
