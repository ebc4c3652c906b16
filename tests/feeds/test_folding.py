"""A story as one entry: the article that leads it, and where else it is told, in every format and however much is shown."""

import json
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from lxml import etree

from feeds.article import Article, Provider, Related
from feeds.definition import Content
from feeds.document import compose
from feeds.formats import FORMATS
from feeds.stories import Story, stories_of
from tests.conftest import CheckGolden
from tests.samples import BARE, DEFINITION, ELSEWHERE, PIER_POST, PLAIN, SITE, day, definition_of

ATOM = "{http://www.w3.org/2005/Atom}"
LIST = (
    "<p>Also covered by:</p><ul>"
    '<li>The Pier Post: <a href="https://pierpost.example/barnacles">Barnacles &amp; other tenants</a></li>'
    '<li>quay.example: <a href="https://quay.example/mieter?a=1&amp;b=%C3%BC">Tenants &lt;below&gt;</a></li>'
    f'<li><a href="{compose(DEFINITION, [BARE], SITE, None).entries[0].link}">Bare</a></li></ul>'
)

BARNACLES = Article(
    id="https://pierpost.example/barnacles",
    source="news",
    path="barnacles.md",
    title="Barnacles & other tenants",
    published=day(2),
    link="https://pierpost.example/barnacles",
    provider=PIER_POST,
)
TENANTS = Article(
    id="tag:quay.example,2026:tenants",
    source="news",
    path="tenants.md",
    title="Tenants <below>",
    published=day(3),
    link="https://quay.example/mieter?a=1&b=ü",
)
STORY = Story(ELSEWHERE, (BARNACLES, TENANTS, BARE))


def rendered(name: str, content: Content = Content.FULL, *stories: Article | Story) -> bytes:
    return FORMATS[name].render(compose(definition_of(content), stories or (STORY, PLAIN), SITE, None))


def item(content: Content = Content.FULL) -> Any:
    return json.loads(rendered("json", content))["items"][0]


@pytest.mark.parametrize("name", FORMATS)
def test_golden_folded_documents(name: str, check_golden: CheckGolden) -> None:
    check_golden(f"folded{FORMATS[name].suffix}", rendered(name))


@pytest.mark.parametrize("content", Content)
def test_however_much_is_shown_an_entry_says_where_else_its_story_is_told(content: Content) -> None:
    assert LIST in item(content)["content_html"]


@pytest.mark.parametrize("name", ["atom", "rss"])
@pytest.mark.parametrize("content", Content)
def test_readers_see_it_and_that_the_entry_is_the_leads(name: str, content: Content) -> None:
    entry, plain = feedparser.parse(rendered(name, content)).entries
    html = entry.content[0].value if "content" in entry else entry.summary
    assert "Also covered by:" in html
    assert (entry.id, entry.title, entry.link) == (ELSEWHERE.id, ELSEWHERE.title, ELSEWHERE.link)
    assert plain.id == PLAIN.id


def test_what_is_told_of_an_entry_alone_says_nothing_of_others() -> None:
    assert all(
        b"lso" not in rendered(name, Content.FULL, replace(PLAIN, excerpt="", body="")) for name in FORMATS
    )


def test_A13_atom_links_to_each_as_related_by_its_title() -> None:
    entry = etree.fromstring(rendered("atom")).find(f"{ATOM}entry")
    assert entry is not None
    links = [dict(link.attrib) for link in entry.iterchildren(f"{ATOM}link") if link.get("rel") == "related"]
    assert [(link["href"], link["title"]) for link in links] == [
        ("https://paint.example/shed?a=1&b=2", "Paint that sheds"),
        ("https://pierpost.example/barnacles", "Barnacles & other tenants"),
        ("https://quay.example/mieter?a=1&b=%C3%BC", "Tenants <below>"),
        (compose(DEFINITION, [BARE], SITE, None).entries[0].link, "Bare"),
    ]


def test_J6_json_lists_them_in_an_extension_which_is_an_object() -> None:
    assert item()["_story"]["also_covered_by"][:2] == [
        {
            "id": "https://pierpost.example/barnacles",
            "title": "Barnacles & other tenants",
            "url": "https://pierpost.example/barnacles",
            "provider": "The Pier Post",
        },
        {
            "id": "tag:quay.example,2026:tenants",
            "title": "Tenants <below>",
            "url": "https://quay.example/mieter?a=1&b=%C3%BC",
            "provider": "quay.example",
        },
    ]
    assert set(item()["_story"]["also_covered_by"][2]) == {"id", "title", "url"}


def test_what_was_related_and_is_other_coverage_is_listed_once() -> None:
    html = item()["content_html"]
    assert html.count("https://pierpost.example/barnacles") == 1
    assert html.count("https://paint.example/shed") == 1
    assert html.index("Also covered by:") < html.index("Related:")


def test_a_provider_without_a_name_is_called_by_its_domain() -> None:
    quay = replace(TENANTS, provider=Provider(name=" ", domain="hull.example"))
    html = compose(DEFINITION, [Story(PLAIN, (quay,))], SITE, None).entries[0].content_html
    assert "<li>hull.example: <a " in html


def test_N2_the_list_stands_in_the_direction_of_its_entry() -> None:
    html = compose(DEFINITION, [Story(replace(PLAIN, language="ar"), (BARNACLES,))], SITE, None).entries[0]
    assert html.content_html.startswith('<div dir="rtl">')
    assert html.content_html.endswith("</ul></div>")


def test_a_story_is_what_its_articles_make_of_themselves() -> None:
    related = Related(title="Inside", link="http://reader.example/hull/dry-dock/")
    (story,) = stories_of([replace(BARNACLES, related=(related,)), ELSEWHERE])
    assert [story.lead.title, story.others[0].title] == ["Barnacles & other tenants", "Inside the dry dock"]
