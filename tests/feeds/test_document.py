"""Composing: identities, dates, links, authors, categories, pictures and files of a feed and its entries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from feeds.article import Action, Article, Author, Image, Provider
from feeds.definition import Content
from feeds.document import NEVER, Category, Enclosure, Entry, Reference, Source, compose
from tests.samples import (
    ARABIC,
    ARTICLES,
    BARE,
    DEFINITION,
    DIRTY,
    ELSEWHERE,
    EMBEDDED,
    FILM,
    GERMAN,
    HANDBOOK,
    NAMED_TWICE,
    PLAIN,
    SITE,
    day,
    definition_of,
)


def entry_of(article: Article) -> Entry:
    return compose(DEFINITION, [article], SITE, None).entries[0]


def test_T3_a_feeds_identity_is_that_of_its_path_and_survives_a_move_of_the_site() -> None:
    moved = replace(SITE, url="https://elsewhere.example")
    assert compose(DEFINITION, [], moved, None).id == "tag:news.example.org,2026:feeds/best-of-boats"


def test_every_address_derives_from_the_sites() -> None:
    document = compose(DEFINITION, [], SITE, None)
    assert document.page_url == "https://news.example.org/feeds/best-of-boats"
    assert document.self_url(".atom") == "https://news.example.org/feeds/best-of-boats.atom"


def test_entries_keep_the_order_of_the_articles() -> None:
    assert [entry.id for entry in compose(DEFINITION, ARTICLES, SITE, None).entries] == [
        one.id for one in ARTICLES
    ]


def test_an_empty_feed_that_never_changed_has_a_constant_date() -> None:
    assert compose(DEFINITION, [], SITE, None).updated == NEVER == datetime(1970, 1, 1, tzinfo=UTC)


def test_A7_a_feed_is_updated_when_its_newest_entry_was() -> None:
    assert compose(DEFINITION, [PLAIN, ELSEWHERE], SITE, day(1)).updated == ELSEWHERE.updated


def test_A7_a_feed_is_updated_when_it_changed_last_if_that_is_later() -> None:
    assert compose(DEFINITION, [PLAIN], SITE, day(20)).updated == day(20)


def test_an_entry_that_says_nothing_of_updates_was_updated_when_published() -> None:
    assert entry_of(BARE).updated == BARE.published


def test_dates_are_whole_seconds_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    entry = entry_of(replace(BARE, published=datetime(2026, 3, 11, 11, 30, 15, 999_999, tzinfo=east)))
    assert entry.published == datetime(2026, 3, 11, 9, 30, 15, tzinfo=UTC)
    assert entry.published.tzinfo is UTC


def test_R4_a_link_is_percent_encoded_and_an_identity_is_left_alone() -> None:
    entry = entry_of(replace(GERMAN, id="https://hafen.example/übersicht"))
    assert entry.link == "https://hafen.example/%C3%BCbersicht?ort=K%C3%B6ln&x=50%25"
    assert entry.id == "https://hafen.example/übersicht"


def test_an_article_without_a_link_is_read_on_its_own_page() -> None:
    assert entry_of(BARE).link.startswith("https://news.example.org/articles/")


def test_the_original_is_named_only_where_it_is_not_the_link() -> None:
    assert entry_of(PLAIN).original_url is None
    assert entry_of(ELSEWHERE).original_url == "https://hull.example/dry-dock"


def test_a_title_that_is_no_text_is_replaced_by_the_link() -> None:
    entry = entry_of(replace(PLAIN, title=" \x00 "))
    assert entry.title == entry.link


def test_a_feed_without_a_legal_title_is_titled_by_its_path() -> None:
    assert compose(replace(DEFINITION, title="\x00"), [], SITE, None).title == DEFINITION.path


def test_fault_11_illegal_characters_are_removed() -> None:
    entry = entry_of(DIRTY)
    assert (entry.title, entry.summary) == ("A bell, a NUL, a lone surrogate", "And more of it.")
    assert [author.name for author in entry.authors] == ["Dee Plank"]
    assert [category.term for category in entry.categories] == ["Bells"]


def test_N2_a_right_to_left_title_is_isolated() -> None:
    assert entry_of(ARABIC).title == f"\u2067{ARABIC.title}\u2069"


def test_N2_an_unknown_language_is_the_sites() -> None:
    assert entry_of(replace(BARE, language="no such thing")).language == "en"


def test_a_feeds_language_may_be_unknown() -> None:
    assert compose(DEFINITION, [BARE], replace(SITE, language="?"), None).entries[0].language is None


def test_A10_the_authors_of_an_entry_are_its_own_before_its_providers() -> None:
    assert [author.name for author in entry_of(PLAIN).authors] == ["Ada Tide", "Ben Ebb"]
    assert [author.name for author in entry_of(replace(PLAIN, authors=(Author(name="Cy"),))).authors] == [
        "Cy"
    ]


def test_A10_a_provider_is_the_author_where_no_person_is_named() -> None:
    assert entry_of(HANDBOOK).authors == (Author(name="Hull Review", url="https://hull.example/"),)


@pytest.mark.parametrize(
    "address", ["nobody", "@", "a b@c.example", "Cy <cy@hull.example>", "cy@hull.example\x00 x"]
)
def test_A2_what_is_no_address_is_not_told_as_one(address: str) -> None:
    assert entry_of(replace(BARE, authors=(Author(name="Cy", email=address),))).authors == (
        Author(name="Cy"),
    )


def test_A2_a_feed_always_has_an_author() -> None:
    assert compose(DEFINITION, [], SITE, None).authors == (SITE.author,)
    assert compose(DEFINITION, [], replace(SITE, author=None), None).authors == (Author(name=SITE.title),)
    nameless = replace(SITE, author=Author(name="\x00"), title="\x00")
    assert compose(DEFINITION, [], nameless, None).authors == (Author(name="-"),)


def test_R12_the_source_of_an_entry_is_its_provider() -> None:
    assert entry_of(PLAIN).source == Source(
        "The Pier Post", "https://pierpost.example/", "https://pierpost.example/logo.png"
    )


def test_R12_a_source_without_a_name_is_called_by_its_domain() -> None:
    assert entry_of(NAMED_TWICE).source == Source("hull.example", "https://hull.example/")


@pytest.mark.parametrize("provider", [None, Provider(name="Nowhere", domain="")])
def test_a_provider_without_an_address_is_no_source(provider: Provider | None) -> None:
    assert entry_of(replace(BARE, provider=provider)).source is None


def test_categories_are_topics_and_category_each_in_its_scheme() -> None:
    assert entry_of(replace(PLAIN, topics=("Ferries", " \x00 "))).categories == (
        Category("Ferries", "Ferries", "https://news.example.org/topics"),
        Category("news", "news", "https://news.example.org/categories"),
    )


def test_pictures_are_told_once_and_only_by_web_address() -> None:
    twice = (
        Image(url="https://a.example/ä.png", title=" A\nname "),
        Image(url="https://a.example/%C3%A4.png"),
    )
    images = entry_of(replace(BARE, images=(*twice, Image(url="cid:1")))).images
    assert images == (Image(url="https://a.example/%C3%A4.png", title="A name"),)


def test_related_articles_are_told_by_title_and_address() -> None:
    broken = replace(ELSEWHERE.related[0], link="nowhere")
    assert entry_of(replace(ELSEWHERE, related=(*ELSEWHERE.related, broken))).related == (
        Reference("Barnacles & other tenants", "https://pierpost.example/barnacles"),
        Reference("Paint that sheds", "https://paint.example/shed?a=1&b=2"),
    )


def test_R6_files_are_enclosures_in_their_order() -> None:
    assert entry_of(FILM).enclosures == (
        Enclosure(
            url="https://film.example/launch.mp4",
            type="video/mp4",
            length=12_345_678,
            duration=95,
            title="The film",
        ),
        Enclosure(url="https://film.example/launch.webm", type="video/webm", duration=95),
    )


def test_R6_a_file_that_is_named_twice_is_one_enclosure() -> None:
    assert len(entry_of(replace(FILM, actions=FILM.actions * 2)).enclosures) == 2


def test_R6_a_download_is_typed_by_its_address() -> None:
    assert entry_of(HANDBOOK).enclosures == (
        Enclosure(url="https://hull.example/handbook.pdf?v=2", type="application/pdf"),
    )


def test_R6_an_embedded_video_has_no_enclosure() -> None:
    assert entry_of(EMBEDDED).enclosures == ()


@pytest.mark.parametrize(
    ("action", "media_type"),
    [
        (Action(url="https://a.example/x", type="Download"), "application/octet-stream"),
        (Action(url="https://a.example/x.mp3", type="audio"), "audio/mpeg"),
        (Action(url="https://a.example/x", type="video"), None),
        (Action(url="https://a.example/x.html", type="text/html; charset=utf-8"), None),
        (Action(url="https://a.example/x.mp4", type="register"), None),
        (Action(url="https://a.example/x.mp4"), None),
        (Action(url="x.mp4", type="video/mp4"), None),
        (Action(url="https://a.example/x.mp4", type="video/"), None),
        (Action(url="https://a.example/x.mp4", type="video / mp4"), None),
    ],
)
def test_R6_only_a_file_is_an_enclosure(action: Action, media_type: str | None) -> None:
    enclosures = entry_of(replace(BARE, actions=(action,))).enclosures
    assert [enclosure.type for enclosure in enclosures] == ([media_type] if media_type else [])


@pytest.mark.parametrize("content", Content)
def test_identities_links_and_dates_do_not_depend_on_how_much_is_shown(content: Content) -> None:
    entry = compose(definition_of(content), [PLAIN], SITE, None).entries[0]
    assert (entry.id, entry.link, entry.published) == (PLAIN.id, PLAIN.link, PLAIN.published)
