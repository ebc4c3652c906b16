"""The HTML of an entry: what it shows for each kind of content, and that text can't turn into markup."""

from dataclasses import replace

import pytest
from hypothesis import given

from feeds.article import Action, Article, Author, Image, Provider
from feeds.content import entry_html, excerpt_of
from feeds.definition import Content
from feeds.text import legal
from tests.samples import ARABIC, BARE, DIRTY, ELSEWHERE, EMBEDDED, GERMAN, LONG, PLAIN
from tests.strategies import articles

LINK = "https://reader.example/a"


def shown(article: Article, content: Content = Content.FULL, language: str | None = "en") -> str:
    return entry_html(article, LINK, content, language)


def test_E11_full_content_shows_picture_body_and_attribution_in_this_order() -> None:
    assert shown(PLAIN) == (
        '<figure><img src="https://img.example/ferry.jpg?w=800&amp;h=600" alt="A ferry, &quot;waiting&quot;"'
        ' width="800" height="600"><figcaption>Photo: C. Gull &amp; sons</figcaption></figure>'
        "<p>The ferry now leaves <em>after</em> the storm.</p>"
        '<p>From <a href="https://pierpost.example/ferries?from=feed&amp;to=you">The Pier Post</a>,'
        ' by Ada Tide and <a href="https://pierpost.example/ben">Ben Ebb</a></p>'
    )


def test_an_excerpt_stands_in_for_the_body() -> None:
    html = shown(PLAIN, Content.EXCERPT)
    assert "<p>A timetable that listens to the weather.</p>" in html
    assert "storm" not in html


def test_an_excerpt_that_is_not_given_is_the_opening_of_the_body() -> None:
    excerpt = excerpt_of(LONG, Content.EXCERPT)
    assert excerpt.startswith("The keel Plank by plank, the boat grew longer & longer.")
    assert excerpt.endswith("…")
    assert 250 < len(excerpt) <= 300


def test_full_content_makes_up_no_summary() -> None:
    assert excerpt_of(LONG, Content.FULL) == ""


def test_a_title_feed_shows_the_attribution_only() -> None:
    assert shown(ELSEWHERE, Content.TITLE) == (
        '<p>From <a href="https://hull.example/dry-dock">Hull Review</a>, by <a href="https://hull.example/cy">Cy Keel</a></p>'
    )
    assert excerpt_of(ELSEWHERE, Content.TITLE) == ""


@pytest.mark.parametrize("content", Content)
def test_an_article_with_nothing_to_show_is_a_link(content: Content) -> None:
    assert shown(BARE, content) == f'<p><a href="{LINK}">Bare</a></p>'


def test_without_a_body_full_content_shows_the_excerpt() -> None:
    assert shown(ELSEWHERE).startswith("<p>A look below the waterline.</p>")


def test_related_articles_are_listed_with_their_providers() -> None:
    assert shown(ELSEWHERE).endswith(
        "<p>Related:</p><ul>"
        '<li><a href="https://pierpost.example/barnacles">Barnacles &amp; other tenants</a> (The Pier Post)</li>'
        '<li><a href="https://paint.example/shed?a=1&amp;b=2">Paint that sheds</a></li></ul>'
    )


def test_an_embed_stands_between_picture_and_text() -> None:
    html = shown(EMBEDDED)
    assert html.index("<img") < html.index("<iframe") < html.index("Tie along.")


def test_an_embed_that_the_body_holds_is_not_shown_twice() -> None:
    article = replace(EMBEDDED, body=f"<p>Watch:</p>{EMBEDDED.featured_content}")
    assert shown(article).count("<iframe") == 1


def test_an_excerpt_feed_shows_no_embed() -> None:
    assert "<iframe" not in shown(EMBEDDED, Content.EXCERPT)


@pytest.mark.parametrize(
    "address",
    [
        "https://img.example/a.jpg?w=8&h=6",
        "https://img.example/a.jpg?w=8&amp;h=6",
        "https://img.example/ä.jpg",
    ],
)
def test_a_picture_that_the_body_shows_is_not_shown_twice(address: str) -> None:
    image = Image(url=address.replace("&amp;", "&"))
    body = f'<p><img src="{address}"></p>'
    assert shown(replace(GERMAN, images=(image,), body=body)).count("<img") == 1


def test_a_picture_of_the_body_is_shown_where_the_body_is_not() -> None:
    assert "<figure>" in shown(replace(GERMAN, excerpt="Kurz."), Content.EXCERPT)


def test_a_picture_that_the_body_only_links_to_is_shown() -> None:
    body = '<p><a href="https://hafen.example/kran.png">Der Kran</a></p>'
    assert shown(replace(GERMAN, body=body)).count("<img") == 1


def test_a_picture_without_a_web_address_is_left_out() -> None:
    assert "<img" not in shown(replace(BARE, images=(Image(url="data:image/png;base64,AA"),)))


def test_an_attribution_names_the_host_where_no_provider_is_known() -> None:
    assert "<p>From <a" in shown(GERMAN)
    assert ">hafen.example</a></p>" in shown(GERMAN)


def test_an_attribution_names_the_domain_of_a_provider_without_a_name() -> None:
    assert (
        shown(replace(BARE, provider=Provider(name="", domain="hull.example"))) == "<p>From hull.example</p>"
    )


def test_an_attribution_names_authors_alone_where_nothing_else_is_known() -> None:
    named = tuple(Author(name=name) for name in ("A. & B.", "C.", "D."))
    assert shown(replace(BARE, authors=named)) == "<p>By A. &amp; B., C. and D.</p>"


def test_fault_11_an_author_without_a_legal_character_is_no_author() -> None:
    assert shown(DIRTY).endswith("<p>By Dee Plank</p>")


def test_a_links_scheme_is_http_or_it_is_no_link() -> None:
    article = replace(
        BARE, authors=(Author(name="Eve", url="javascript:alert(1)"),), original_url="javascript:x"
    )
    assert shown(article) == "<p>By Eve</p>"


def test_N2_right_to_left_content_says_its_direction() -> None:
    html = shown(ARABIC, language="ar")
    assert html.startswith('<div dir="rtl"><p>')
    assert html.endswith("</p></div>")


def test_actions_are_not_shown() -> None:
    assert "watch" not in shown(replace(BARE, actions=(Action(url="https://a.example/", title="watch"),)))


@given(articles)
def test_N1_content_is_legal_and_never_empty_whatever_the_article_says(article: Article) -> None:
    for content in Content:
        html = shown(article, content)
        assert html.strip()
        assert legal(html) == html


def test_text_never_becomes_markup() -> None:
    evil = '"><script>alert(1)</script>'
    article = Article(
        id="tag:a.example,2026:1",
        source="s",
        path="p",
        title=evil,
        published=PLAIN.published,
        excerpt=evil,
        authors=(Author(name=evil, url=f"https://a.example/{evil}"),),
        provider=Provider(name=evil, domain=evil),
        images=(Image(url=f"https://a.example/{evil}", title=evil, attribution=evil),),
        related=tuple(
            replace(one, title=evil, link=f"https://a.example/{evil}") for one in ELSEWHERE.related
        ),
        original_url=f"https://a.example/{evil}",
    )
    assert "<script" not in "".join(shown(article, content) for content in Content)
