"""All pages together: what must not be on any, and what the static tree makes of them."""

import html5lib
import pytest
from lxml import html

from aggregator.site.assets import ASSETS, SCRIPT, STYLE
from aggregator.site.rendering import quantity
from tests.aggregator.site.looking import has_page, links, page
from tests.aggregator.workshop import Workshop


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure(
        "feeds: [{id: boats, title: Of boats & ships, where: {topics: [Boats]}, order: best}]\n"
    )
    workshop.write("ferry", "topics: [Boats]", "webUrl: https://pier.example/ferry", title="A <ferry> & more")
    workshop.write("quay", "topics: [Stone]", "category: news", body="It *stands*.")
    workshop.write("hidden", "published: false", "topics: [Secret]", title="Never seen", body="Never read")
    workshop.refresh()
    return workshop


def tree(site: Workshop) -> dict[str, bytes]:
    """Give every document of the static tree by its path."""
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        found = {}
        for family in wiring.tree:
            for path in family.paths(snapshot):
                draft = family.find(path, snapshot)
                assert draft is not None, path
                found[path] = draft.make().body
        return found


def test_27_nothing_unpublished_is_on_any_page(site: Workshop) -> None:
    shown = b"".join(tree(site).values())
    assert b"Quay" in shown
    for secret in (b"Never", b"Secret", b"secret"):
        assert secret not in shown


def test_every_link_of_the_tree_leads_to_something_in_it(site: Workshop) -> None:
    documents = tree(site)
    for path, body in documents.items():
        if body.startswith(b"<!DOCTYPE"):
            inner = {
                link.partition("?")[0] for link in links(html.document_fromstring(body)) if link[0] == "/"
            }
            assert inner <= documents.keys(), path


def test_every_page_of_the_tree_is_well_formed_and_has_no_search(site: Workshop) -> None:
    for body in tree(site).values():
        if body.startswith(b"<!DOCTYPE"):
            html5lib.HTMLParser(strict=True).parse(body.decode())
            assert b"/search" not in body
            assert b"<form" not in body


def test_every_article_has_a_page_in_the_tree(site: Workshop) -> None:
    assert sum(path.startswith("/articles/") for path in tree(site)) == 2


def test_an_asset_is_known_by_its_content(site: Workshop) -> None:
    assert STYLE.address != SCRIPT.address.replace("site.js", "site.css")
    assert page(site, "/").xpath('//link[@rel="stylesheet"]/@href') == [STYLE.address]
    for path, asset in ASSETS.items():
        assert site.document(path) == asset.body


@pytest.mark.parametrize(
    "path", ["/nowhere", "/topics/nothing", "/feeds/none", "/search", "/static/other.css", "/static"]
)
def test_there_are_no_other_pages(site: Workshop, path: str) -> None:
    assert not has_page(site, path)


def test_a_page_stays_the_same_while_nothing_of_it_changes(site: Workshop) -> None:
    for path in ("/", "/feeds/boats", "/topics", "/subscribe"):
        assert site.document(path) == site.document(path)


@pytest.mark.parametrize(("number", "said"), [(0, "0 boats"), (1, "1 boat"), (1234, "1,234 boats")])
def test_numbers_are_said_as_people_say_them(number: int, said: str) -> None:
    assert quantity(number, "boat") == said
