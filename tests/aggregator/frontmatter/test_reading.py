"""Front matter to an Article: every key of the contract, other tools' names, identity and address."""

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aggregator.errors import Severity
from aggregator.frontmatter.reading import Outcome, Reading, read_article, reading_digest
from feeds.article import Action, Article, Author, Image, Provider, Related
from feeds.site import Site, page_path

SITE = Site(
    title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026", language="en"
)
FILE = "content/2021-06-02-ferries.md"
PATH = "2021/2021-06-02-ferries.md"


def reading(**changes: Any) -> Reading:
    settings: dict[str, Any] = {"source": "news", "site": SITE, "timezone": UTC, "embeds": ("video.example",)}
    return Reading(**(settings | changes))


def read(front: str, body: str = "", path: str = PATH, **changes: Any) -> Outcome:
    return read_article(f"---\n{front}\n---\n{body}".encode(), path, reading(**changes), FILE)


def article(front: str, body: str = "", path: str = PATH, **changes: Any) -> Article:
    outcome = read(f"title: Ferries learn to wait\n{front}", body, path, **changes)
    assert outcome.problems == ()
    assert outcome.article is not None
    return outcome.article


def problem(front: str, path: str = PATH) -> tuple[str | None, int | None, int | None, str]:
    outcome = read(front, path=path)
    assert outcome.article is None
    (only,) = outcome.problems
    assert only.file == FILE
    assert only.severity is Severity.ERROR
    return only.key, only.line, only.column, only.reason


# Each key


def test_an_article_needs_no_more_than_a_title_and_a_date() -> None:
    assert read(
        "title: Ferries learn to wait\npublishedDateTime: 2021-06-02T17:53:00Z", path="ferries.md"
    ).article == Article(
        id="tag:news.example.org,2026:news/ferries.md",
        source="news",
        path="ferries.md",
        title="Ferries learn to wait",
        published=datetime(2021, 6, 2, 17, 53, tzinfo=UTC),
        language="en",
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('"Ahoy &#8220;you&#8221; &amp; me"', "Ahoy “you” & me"),
        ("Ahoy <b>there</b>", "Ahoy there"),
        ('"two\\r\\nlines"', "two lines"),
        ("itâ€™s here", "it\u2019s here"),
        ("|\n  a\n  b", "a b"),
        ('"\\ud83d\\ude80 away\\ud83d"', "🚀 away"),
        ('"C:\\\\ud83d"', "C:\\ud83d"),
        ("a\u2028b", "a b"),
    ],
)
def test_a_title_is_one_line_of_plain_text(written: str, title: str) -> None:
    found = read(f"title: {written}").article
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2021-06-02T17:53:00Z", "2021-06-02T17:53:00+00:00"),
        ("2021-06-02t17:53:00.25z", "2021-06-02T17:53:00.250000+00:00"),
        ("2021-06-02T17:53:00.1234567Z", "2021-06-02T17:53:00.123456+00:00"),
        ("2021-06-02T17:53+02:00", "2021-06-02T15:53:00+00:00"),
        ("2021-06-02 17:53:00 +0200", "2021-06-02T15:53:00+00:00"),
        ("2021-6-2 7:05:00 -5", "2021-06-02T12:05:00+00:00"),
        ('"20210602T175300Z"', "2021-06-02T17:53:00+00:00"),
        ("2021-06-02T17:53", "2021-06-02T15:53:00+00:00"),
        ("2021-12-02 17:53", "2021-12-02T16:53:00+00:00"),
        ("2021-06-02", "2021-06-01T22:00:00+00:00"),
        ("20210602", "2021-06-01T22:00:00+00:00"),
    ],
)
def test_fault_15_dates_are_utc_and_those_without_an_offset_are_in_the_sites_zone(
    written: str, when: str
) -> None:
    found = article(f"publishedDateTime: {written}", timezone=ZoneInfo("Europe/Zurich"))
    assert found.published == datetime.fromisoformat(when)
    assert found.published.tzinfo is UTC


def test_the_date_of_the_files_name_stands_in_for_the_key() -> None:
    assert article("", timezone=timezone(timedelta(hours=2))).published == datetime(
        2021, 6, 1, 22, tzinfo=UTC
    )
    assert article("date: 2020-01-01").published == datetime(2020, 1, 1, tzinfo=UTC)


def test_a_date_in_the_files_name_that_is_none_is_an_error() -> None:
    key, line, column, reason = problem("title: x", path="2021-13-45-x.md")
    assert (key, line, column) == ("publishedDateTime", 1, 1)
    assert "2021-13-45" in reason


def test_the_last_change_is_read() -> None:
    assert article("updatedDateTime: 2031-01-01").updated == datetime(2031, 1, 1, tzinfo=UTC)


def test_an_excerpt_is_plain_text() -> None:
    assert (
        article('excerpt: "<p>One&nbsp;&#8212; &lsquo;two&rsquo;</p>\\r\\nthree"').excerpt
        == "One — \u2018two\u2019 three"
    )


@pytest.mark.parametrize(("key", "name"), [("category", "category"), ("type", "type")])
def test_category_and_type_are_text(key: str, name: str) -> None:
    assert getattr(article(f"{key}: Video"), name) == "Video"


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", True), ("Yes", True), ("ON", True), ("false", False), ("No", False), ('"off"', False)],
)
def test_published_is_true_or_false_in_any_of_yamls_ways(*, written: str, value: bool) -> None:
    assert article(f"published: {written}").is_published is value


@pytest.mark.parametrize("key", ["removed", "deleted"])
def test_an_article_may_be_removed(key: str) -> None:
    assert article(f"{key}: true").is_removed
    assert not article(f"{key}: false").is_removed


@pytest.mark.parametrize(
    ("front", "quality", "heat"),
    [
        ("quality: 70\nheat: 12", 70, 12),
        ("quality: 0\nheat: 100", 0, 100),
        ("quality: -1\nheat: -1", None, None),
        ("heat: 0", None, 0),
        ("", None, None),
    ],
)
def test_marks_are_whole_numbers_and_minus_one_is_unknown(
    front: str, quality: int | None, heat: int | None
) -> None:
    found = article(front)
    assert (found.quality, found.heat) == (quality, heat)


@pytest.mark.parametrize(
    ("front", "quality", "heat", "key"),
    [
        ("quality: 104", 100, None, "quality"),
        ("quality: -7", 0, None, "quality"),
        ("heat: 137", None, 100, "heat"),
        ("heat: -7", None, None, "heat"),
    ],
)
def test_a_mark_out_of_range_is_clamped_with_a_warning(
    front: str, quality: int | None, heat: int | None, key: str
) -> None:
    outcome = read(f"title: x\n{front}")
    assert outcome.article is not None
    assert (outcome.article.quality, outcome.article.heat) == (quality, heat)
    (warning,) = outcome.problems
    assert (warning.severity, warning.key, warning.line) == (Severity.WARNING, key, 3)
    assert warning.value == front.partition(": ")[2]


def test_a_provider_has_domain_pictures_and_authors() -> None:
    front = """\
provider:
  name: The Pier Post
  domain: PierPost.Example
  images:
    - url: https://pierpost.example/logo.png
      width: 64
      height: 0
  authors:
    - name: Ada Tide
      url: https://pierpost.example/ada
    - {email: nobody@pierpost.example}
    - Ben Ebb"""
    assert article(front).provider == Provider(
        name="The Pier Post",
        domain="pierpost.example",
        images=(Image(url="https://pierpost.example/logo.png", width=64),),
        authors=(Author(name="Ada Tide", url="https://pierpost.example/ada"), Author(name="Ben Ebb")),
    )


@pytest.mark.parametrize(
    ("front", "name", "domain"),
    [
        ("provider: Pier\noriginalUrl: https://www.PierPost.example:8080/x", "Pier", "pierpost.example"),
        ("provider: {name: Pier}\nwebUrl: https://blog.pier.example/", "Pier", "blog.pier.example"),
        ("provider: {name: The Pier}", "The Pier", "the-pier"),
        ("provider: {domain: https://Zürich.example/feed}", "xn--zrich-kva.example", "xn--zrich-kva.example"),
        ("provider: {domain: pier.example., name: Pier}", "Pier", "pier.example"),
        ("provider: {domain: WWW.Pier.example, name: Pier}", "Pier", "pier.example"),
        ("provider: Pier\nwebUrl: https://www.example/x", "Pier", "www.example"),
        ("provider: {name: Zürich}\nwebUrl: https://zürich.example/", "Zürich", "xn--zrich-kva.example"),
    ],
)
def test_a_provider_without_a_domain_has_the_host_of_the_link(front: str, name: str, domain: str) -> None:
    assert article(front).provider == Provider(name=name, domain=domain)


@pytest.mark.parametrize("front", ["provider:", "provider: {}", "provider: {name: }", 'provider: ""'])
def test_a_provider_that_says_nothing_is_none(front: str) -> None:
    assert article(front).provider is None


@pytest.mark.parametrize(
    ("front", "topics"),
    [
        ("topics: [AI, Deep Learning, 2021, no, ~, '']", ("AI", "Deep Learning", "2021", "no")),
        ("topics:\n  - R&amp;D\n  - 1.0", ("R&D", "1.0")),
        ("topics: Boats", ("Boats",)),
        ("tags: boats, ships,", ("boats", "ships")),
        ("topics:", ()),
    ],
)
def test_topics_are_texts(front: str, topics: tuple[str, ...]) -> None:
    assert article(front).topics == topics


def test_a_picture_has_all_that_is_said_of_it() -> None:
    front = """\
images:
  - url: https://img.example/a.jpg
    width: 800
    height: 600
    title: A <i>pier</i>
    attribution: "&copy; Ada"
    isCached: true
  - https://img.example/b.jpg"""
    assert article(front).images == (
        Image(
            url="https://img.example/a.jpg",
            width=800,
            height=600,
            title="A pier",
            attribution="© Ada",
            is_cached=True,
        ),
        Image(url="https://img.example/b.jpg"),
    )


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("webUrl: https://pier.example/2021/x/", "https://pier.example/2021/x/a.jpg"),
        ("id: 1", "https://news.example.org/articles/a.jpg"),
    ],
)
def test_a_relative_picture_is_that_of_the_articles_page(link: str, absolute: str) -> None:
    assert article(f"{link}\nimages: [url: a.jpg]").images == (Image(url=absolute),)


def test_related_articles_are_in_short_form_with_provider_and_pictures() -> None:
    front = """\
related:
  - title: Ships &amp; boats
    excerpt: Both &lt;afloat&gt;
    publishedDateTime: 2021-06-02T20:14:00
    originalUrl: https://www.hull.example/ships/
    webUrl: https://hull.example/web/
    type: article
    quality: 69
    secured: "hush"
    provider: {name: Hull}
    images:
      - url: /ship.png
  - {title: Short, originalUrl: https://short.example/}"""
    assert article(front).related == (
        Related(
            title="Ships & boats",
            link="https://hull.example/web/",
            excerpt="Both <afloat>",
            published=datetime(2021, 6, 2, 20, 14, tzinfo=UTC),
            type="article",
            quality=69,
            provider=Provider(name="Hull", domain="hull.example"),
            images=(Image(url="https://hull.example/ship.png"),),
        ),
        Related(title="Short", link="https://short.example/"),
    )


@pytest.mark.parametrize(
    "reason",
    ["published: false", "draft: true", "removed: true", "deleted: yes", "Published: no", "DELETED: true"],
)
def test_fault_27_a_related_article_that_says_it_is_not_public_is_left_out(reason: str) -> None:
    front = f"""\
related:
  - {{title: Hidden, originalUrl: https://hidden.example/, {reason}}}
  - {{title: Short, originalUrl: https://short.example/, published: true, draft: false}}"""
    assert [one.title for one in article(front).related] == ["Short"]


def test_a_mark_of_a_related_article_is_clamped_with_a_warning() -> None:
    outcome = read("title: x\nrelated:\n  - title: y\n    originalUrl: https://y.example/\n    quality: 104")
    assert outcome.article is not None
    assert outcome.article.related[0].quality == 100
    assert [(one.key, one.line, one.column) for one in outcome.problems] == [("related.quality", 6, 14)]


def test_a_picture_whose_address_was_escaped_for_html_is_found() -> None:
    assert article("images: ['https://a.example/x.png?a=1&#038;b=2&amp;c=3']").images == (
        Image(url="https://a.example/x.png?a=1&b=2&c=3"),
    )


@pytest.mark.parametrize(
    ("front", "language"),
    [("locale: de-CH", "de-CH"), ("lang: en_GB", "en-GB"), ("language: pt", "pt"), ("", "en")],
)
def test_the_language_is_the_articles_or_the_sites(front: str, language: str) -> None:
    assert article(front).language == language


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("PT13M34S", 814), ("PT1H", 3600), ("P1DT1S", 86_401), ("P1W", 604_800), ("pt1.9s", 1), ("PT0S", 0)],
)
def test_a_length_is_in_whole_seconds(written: str, seconds: int) -> None:
    assert article(f"length: {written}").duration == seconds


def test_featured_content_keeps_frames_of_allowed_hosts_only() -> None:
    front = """\
featuredContent: "<iframe src=\\"https://video.example/1\\" onload=\\"x()\\"></iframe><script>x</script>"
"""
    assert article(front).featured_content == '<iframe src="https://video.example/1"></iframe>'


def test_actions_are_what_may_be_done() -> None:
    front = """\
webUrl: https://pier.example/x/
actions:
  - url: files/a.pdf
    type: application/pdf
    title: The paper
    length: 1200
  - {url: "https://pier.example/b"}"""
    assert article(front).actions == (
        Action(
            url="https://pier.example/x/files/a.pdf", type="application/pdf", title="The paper", length=1200
        ),
        Action(url="https://pier.example/b"),
    )


def test_unknown_keys_are_ignored_whatever_they_hold() -> None:
    assert article("price: [1, {a: b}]\ntaxonomy: ~\n12: 13") == article("")


@pytest.mark.parametrize("nothing", ["", "~", "null", "NULL", '""', "'  '"])
def test_a_value_that_is_nothing_is_absent(nothing: str) -> None:
    keys = (
        *(
            "excerpt",
            "updatedDateTime",
            "originalUrl",
            "webUrl",
            "id",
            "category",
            "type",
            "published",
            "removed",
        ),
        *(
            "quality",
            "heat",
            "provider",
            "topics",
            "images",
            "related",
            "locale",
            "length",
            "featuredContent",
        ),
        *("actions", "authors"),
    )
    assert article("\n".join(f"{key}: {nothing}" for key in keys)) == article("")


def test_quoted_words_for_nothing_are_text() -> None:
    assert article('excerpt: "null"').excerpt == "null"


# Bodies


def test_a_body_is_markdown_with_html_made_safe_and_absolute() -> None:
    found = article(
        "webUrl: https://pier.example/x/", "\n# Ahoy\n\n[on](next) <script>x</script>\n\n~~off~~\n"
    )
    assert found.body == (
        '<h1>Ahoy</h1>\n<p><a href="https://pier.example/x/next" rel="noopener noreferrer">on</a> </p>\n<p><s>off</s></p>'
    )


def test_a_body_without_a_link_is_absolute_against_its_page_here() -> None:
    assert f'href="{SITE.address(page_path(article("").id))}#top"' in article("", "[up](#top)").body


@pytest.mark.parametrize("path", ["2021-06-02-a.html", "2021-06-02-a.HTM"])
def test_the_body_of_an_html_file_is_html(path: str) -> None:
    assert article("", "*as it is* <b>bold</b>", path).body == "*as it is* <b>bold</b>"


@pytest.mark.parametrize("body", ["", "\n\n", " \t\r\n"])
def test_a_body_of_white_space_is_empty(body: str) -> None:
    assert article("", body).body == ""


def test_a_body_is_repaired() -> None:
    assert article("", "itâ€™s\x00 â€œhereâ€\x9d").body == "<p>it\u2019s “here”</p>"


def test_a_rule_in_the_body_ends_nothing() -> None:
    assert article("", "a\n\n---\n\nb").body == "<p>a</p>\n<hr>\n<p>b</p>"


# Other tools' names


def test_a_hugo_post() -> None:
    data = b"""\
---
Title: "Slipways, greased"
date: 2021-06-02T10:00:00+02:00
lastmod: 2021-06-03
draft: true
description: How ships get wet.
tags: ["ships", "grease"]
categories: [Yards]
author: Ada Tide
canonicalURL: https://yard.example/slipways/
cover:
  image: cover.jpg
  alt: A slipway
lang: en-gb
weight: 10
---
Text.
"""
    assert read_article(data, "slipways/index.md", reading(), FILE).article == Article(
        id="https://yard.example/slipways/",
        source="news",
        path="slipways/index.md",
        title="Slipways, greased",
        published=datetime(2021, 6, 2, 8, tzinfo=UTC),
        updated=datetime(2021, 6, 3, tzinfo=UTC),
        excerpt="How ships get wet.",
        body="<p>Text.</p>",
        link="https://yard.example/slipways/",
        original_url="https://yard.example/slipways/",
        category="Yards",
        language="en-gb",
        authors=(Author(name="Ada Tide"),),
        topics=("ships", "grease"),
        images=(Image(url="https://yard.example/slipways/cover.jpg", title="A slipway"),),
        is_published=False,
    )


def test_a_jekyll_post() -> None:
    data = b"""\
---
layout: post
title:  Knots
date:   2021-06-02 07:30:00 +0200
last_modified_at: 2021-06-04
author: {name: Ben Ebb, email: ben@knots.example}
image: {path: /knot.png, width: 20, height: 10}
summary: Three of them.
published: false
---
"""
    found = read_article(
        data,
        "_posts/2021-06-02-knots.markdown",
        reading(permalink="https://knots.example/{year}/{slug}"),
        FILE,
    ).article
    assert found is not None
    assert found.link == "https://knots.example/2021/knots"
    assert found.authors == (Author(name="Ben Ebb", email="ben@knots.example"),)
    assert found.images == (Image(url="https://knots.example/knot.png", width=20, height=10),)
    assert (found.excerpt, found.is_published) == ("Three of them.", False)


def test_a_publ_post() -> None:
    data = b"---\nTitle: Tides\nDate: 2021-06-02 07:30\nTag: moon\nSummary: Up and down\nEntry-ID: 12\n---\n"
    found = read_article(data, "tides.md", reading(timezone=ZoneInfo("America/New_York")), FILE).article
    assert found is not None
    assert found.published == datetime(2021, 6, 2, 11, 30, tzinfo=UTC)
    assert (found.topics, found.excerpt) == (("moon",), "Up and down")


def test_our_name_counts_before_other_tools_names() -> None:
    assert article("summary: c\ndescription: b\nexcerpt: a").excerpt == "a"
    assert article("summary: c\ndescription: b\nexcerpt: ").excerpt == "b"


def test_a_sources_own_name_counts_before_all() -> None:
    front = "posted: 2020-01-01\npublishedDateTime: 2021-01-01"
    names = {"publishedDateTime": "posted"}
    assert article(front, fields=names).published.year == 2020
    assert article("posted:\ndate: 2021-01-01", fields=names).published.year == 2021


def test_one_name_of_a_source_may_serve_two_keys() -> None:
    found = article("lead: Both", fields={"excerpt": "lead", "type": "lead"})
    assert (found.excerpt, found.type) == ("Both", "Both")


# Identity and address


@pytest.mark.parametrize(
    ("front", "identity"),
    [
        (
            "id: urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        ),
        ('id: "https://a.example/%7e?a=1&amp;b=2"', "https://a.example/%7e?a=1&amp;b=2"),
        ("id: 12", "tag:news.example.org,2026:12"),
        ("id: Grüße, alle", "tag:news.example.org,2026:Gr%C3%BC%C3%9Fe,%20alle"),
        ("webUrl: https://w.example/\noriginalUrl: https://o.example/", "https://o.example/"),
        ("webUrl: https://w.example/", "https://w.example/"),
        ("", "tag:news.example.org,2026:news/2021/2021-06-02-ferries.md"),
    ],
)
def test_A5_the_identity_is_the_first_that_is_permanent(front: str, identity: str) -> None:
    assert article(front).id == identity


@pytest.mark.parametrize(
    ("front", "permalink", "link"),
    [
        (
            "webUrl: https://w.example/\noriginalUrl: https://o.example/",
            "https://p.example/",
            "https://w.example/",
        ),
        ("originalUrl: https://o.example/", "https://p.example/", "https://o.example/"),
        (
            "",
            "https://p.example/{source}/{year}/{month}/{day}/{slug}/",
            "https://p.example/news/2021/06/02/ferries/",
        ),
        ("", "https://p.example/{path}.html", "https://p.example/2021/2021-06-02-ferries.html"),
        ("", "https://p.example/{other}", "https://p.example/{other}"),
        ("", None, None),
    ],
)
def test_the_link_is_the_articles_own_then_the_sources_pattern(
    front: str, permalink: str | None, link: str | None
) -> None:
    assert article(front, permalink=permalink).link == link


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("a/two words.md", "two%20words"),
        ("2021-06-02-{path}.md", "%7Bpath%7D"),
        ("2021-06-02.md", "2021-06-02"),
        ("on-2021-06-02-x.md", "on-2021-06-02-x"),
    ],
)
def test_a_permalink_holds_no_character_that_a_url_can_not(path: str, slug: str) -> None:
    assert (
        article("date: 2021-06-02", path=path, permalink="https://p.example/{slug}").link
        == f"https://p.example/{slug}"
    )


def test_a_permalinks_day_is_that_of_the_sites_zone() -> None:
    found = article(
        "date: 2021-06-02T23:00:00Z", permalink="https://p.example/{day}", timezone=ZoneInfo("Europe/Zurich")
    )
    assert found.link == "https://p.example/03"


# What is no article


@pytest.mark.parametrize(
    "data",
    [
        b"# Only Markdown\n",
        b"----\ntitle: x\n----\n",
        b"---\n---\n",
        b"---\n# comment\n---\n",
        b"---\n~\n---\n",
        b"---\n\x00\n---\n",
        b"---\ntaxonomy: organization\nname: Amazon\nimages: [url: /a.png]\n---\n",
        b"---\ntitle: ''\n---\n",
        b"\n---\ntitle: x\n---\n",
    ],
)
def test_a_file_with_neither_title_nor_date_is_skipped(data: bytes) -> None:
    assert read_article(data, "amazon.md", reading(), FILE) == Outcome()


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_skipped_and_called_empty(data: bytes) -> None:
    assert read_article(data, "amazon.md", reading(), FILE) == Outcome(is_empty=True)


def test_a_file_that_has_a_dated_name_only_is_skipped() -> None:
    assert read("name: Amazon") == Outcome()


# What can't be read


def test_a_title_without_a_date_is_an_error() -> None:
    assert problem("\ntitle: x", path="x.md")[:2] == ("publishedDateTime", 2)


def test_a_date_without_a_title_is_an_error() -> None:
    assert problem("date: 2021-06-02", path="x.md")[:2] == ("title", 1)


@pytest.mark.parametrize(
    ("front", "key", "place"),
    [
        ("title: [a]", "title", (2, 8)),
        ("title: {a: b}", "title", (2, 8)),
        ("title: x\nexcerpt:\n  - a", "excerpt", (4, 3)),
        ("title: x\ndate: soon", "date", (3, 7)),
        ("title: x\nlastmod: [2021-06-02]", "lastmod", (3, 10)),
        ("title: x\nlastmod: 2021-06-02T25:00", "lastmod", (3, 10)),
        ("title: x\nlastmod: 0001-01-01T00:00+23:00", "lastmod", (3, 10)),
        ("title: x\nlastmod: 2021-06-02x10:00", "lastmod", (3, 10)),
        ("title: x\noriginalUrl: /relative", "originalUrl", (3, 14)),
        ("title: x\noriginalUrl: ftp://a.example/", "originalUrl", (3, 14)),
        ("title: x\noriginalUrl: https:///no-host", "originalUrl", (3, 14)),
        ("title: x\noriginalUrl: https://a.example:99999/", "originalUrl", (3, 14)),
        ("title: x\nwebUrl: https://a.example/a b", "webUrl", (3, 9)),
        ('title: x\nwebUrl: "https://a.example/\\x0bb"', "webUrl", (3, 9)),
        ("title: x\nwebUrl: https://[a", "webUrl", (3, 9)),
        ("title: x\npublished: perhaps", "published", (3, 12)),
        ("title: x\ndraft: 2021", "draft", (3, 8)),
        ("title: x\nremoved: [true]", "removed", (3, 10)),
        ("title: x\nquality: high", "quality", (3, 10)),
        ("title: x\nquality: 1.5", "quality", (3, 10)),
        ("title: x\nheat: 0x10", "heat", (3, 7)),
        ("title: x\nprovider: [a]", "provider", (3, 11)),
        ("title: x\nprovider: {domain: a b}", "provider.domain", (3, 20)),
        ("title: x\nprovider: {domain: a..b}", "provider.domain", (3, 20)),
        ("title: x\nprovider: {domain: 'https://[a'}", "provider.domain", (3, 20)),
        ("title: x\nprovider: {domain: ü--­.example}", "provider.domain", (3, 20)),
        ("title: x\nprovider: {images: [url: 'https://[a']}", "provider.images.url", (3, 26)),
        ("title: x\nprovider: {authors: [[a]]}", "provider.authors", (3, 22)),
        ("title: x\ntopics: {a: b}", "topics", (3, 9)),
        ("title: x\ntopics: [[a]]", "topics", (3, 10)),
        ("title: x\nimages: [width: 3]", "images", (3, 10)),
        ("title: x\nimages: [[a]]", "images", (3, 10)),
        ("title: x\nimages: [url: data:x]", "images.url", (3, 15)),
        ("title: x\nimages: [url: a b.jpg]", "images.url", (3, 15)),
        ("title: x\nimages: [url: '//[a']", "images.url", (3, 15)),
        ("title: x\nimages: [{url: a.jpg, width: wide}]", "images.width", (3, 30)),
        ("title: x\nrelated: [a]", "related", (3, 11)),
        ("title: x\nrelated: [title: a]", "related", (3, 11)),
        ("title: x\nrelated: [originalUrl: 'https://a.example']", "related", (3, 11)),
        ("title: x\nlocale: English!", "locale", (3, 9)),
        ("title: x\nlength: 13 minutes", "length", (3, 9)),
        ("title: x\nlength: P1Y", "length", (3, 9)),
        ("title: x\nlength: PT", "length", (3, 9)),
        ("title: x\nactions: [a]", "actions", (3, 11)),
        ("title: x\nactions: [title: a]", "actions", (3, 11)),
        ("title: x\nfeaturedContent: [a]", "featuredContent", (3, 18)),
        ("title: x\nid: [a]", "id", (3, 5)),
    ],
)
def test_a_value_that_can_not_be_read_is_an_error_with_its_place(
    front: str, key: str, place: tuple[int, int]
) -> None:
    found, line, column, reason = problem(front)
    assert (found, line, column) == (key, *place)
    assert "expected" in reason


def test_everything_that_is_wrong_is_told_at_once() -> None:
    outcome = read("excerpt: [a]\nquality: high\nheat: 200\ndate: 2021-06-02", path="x.md")
    assert [(one.key, one.severity) for one in outcome.problems] == [
        ("title", Severity.ERROR),
        ("excerpt", Severity.ERROR),
        ("quality", Severity.ERROR),
        ("heat", Severity.WARNING),
    ]
    assert outcome.article is None


def test_a_title_that_can_not_be_read_is_not_also_missing() -> None:
    assert [one.key for one in read("title: [a]\ndate: 2021-06-02").problems] == ["title"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:hunter2@a.example/",
        "ftp://us/er:hunter2@@a.example/?token=hunter2",
        "https:/user:hunter2@a.example",
        "ftp://a.example/?k=hunter2",
    ],
)
def test_fault_29_passwords_and_queries_are_not_told(url: str) -> None:
    told = str(read(f"title: x\nwebUrl: {url}").problems)
    assert "webUrl" in told
    assert "hunter2" not in told


def test_long_values_are_shortened() -> None:
    (only,) = read(f"title: x\nquality: {'long ' * 100}").problems
    assert only.value is not None
    assert len(only.value) < 80


# The digest


def test_the_digest_is_the_same_for_the_same_reading() -> None:
    names = MappingProxyType({"a": "b", "c": "d"})
    assert reading_digest(reading(fields=names)) == reading_digest(reading(fields={"c": "d", "a": "b"}))


@pytest.mark.parametrize(
    "change",
    [
        {"source": "other"},
        {"timezone": ZoneInfo("Europe/Zurich")},
        {"fields": {"title": "name"}},
        {"permalink": "https://p.example/{slug}"},
        {"embeds": ()},
        {"max_front_matter": 1},
        {"site": Site(title="x", url="https://new.example", tag=SITE.tag)},
        {"site": Site(title="x", url=SITE.url, tag="new.example,2026")},
        {"site": Site(title="x", url=SITE.url, tag=SITE.tag, language="de")},
    ],
    ids=str,
)
def test_the_digest_differs_where_files_would_be_read_differently(change: dict[str, Any]) -> None:
    assert reading_digest(reading(**change)) != reading_digest(reading())


@pytest.mark.parametrize(
    ("front", "key"),
    [
        ("title: x\nLastMod: soon", "LastMod"),
        ("title: x\nupdateddatetime: soon", "updateddatetime"),
        ("title: x\nauthor: [{url: here}]", "author.url"),
        ("title: x\nposted: soon", "posted"),
        ("title: x\nposted: soon\ndate: later", "posted"),
    ],
)
def test_a_problem_names_the_key_as_the_file_has_it(front: str, key: str) -> None:
    outcome = read(front, fields={"publishedDateTime": "posted"})
    assert [problem.key for problem in outcome.problems] == [key]


def test_a_missing_key_is_called_what_the_source_calls_it() -> None:
    (only,) = read("title: x", path="x.md", fields={"publishedDateTime": "posted"}).problems
    assert str(only).endswith(": posted: is missing, expected a date, or a file name that begins with one")


@pytest.mark.parametrize(
    ("front", "told"),
    [
        (
            "category: [News, Tides]",
            "4:11: warning: category: is a list, expected one category; 'News' is used",
        ),
        (
            "categories: [News, Tides]",
            "4:13: warning: categories: is a list, expected one category; 'News' is used",
        ),
        (
            "categories: [Tides]\ncategory: News",
            "4:13: warning: categories: is a list, expected one category; 'News' is used",
        ),
    ],
)
def test_of_several_categories_the_first_counts_with_a_warning(front: str, told: str) -> None:
    outcome = read(f"title: x\ndate: 2021-06-02\n{front}")
    assert outcome.article is not None
    assert outcome.article.category == "News"
    assert [str(problem).partition(":")[2] for problem in outcome.problems] == [told]


@pytest.mark.parametrize(
    "front", ["category: [News]", "category: []", "category: [News, '']", "category: News"]
)
def test_one_category_is_no_matter_to_be_warned_of(front: str) -> None:
    assert read(f"title: x\ndate: 2021-06-02\n{front}", fields={"category": "category"}).problems == ()


@pytest.mark.parametrize(
    ("front", "told"),
    [
        (
            "topics: no",
            "4:9: warning: topics: is 'no', expected a list of names; 'no' is used as the name of one",
        ),
        (
            "tags: True",
            "4:7: warning: tags: is 'True', expected a list of names; 'True' is used as the name of one",
        ),
        (
            "provider: true",
            "4:11: warning: provider: is 'true', expected a mapping with name and domain; 'true' is used as the name",
        ),
        (
            "related: {title: y, webUrl: 'https://a.example', provider: off}",
            "4:60: warning: related.provider: is 'off', expected a mapping with name and domain; 'off' is used as the name",
        ),
    ],
)
def test_fault_13_a_lone_true_or_no_is_kept_as_written_with_a_warning(front: str, told: str) -> None:
    outcome = read(f"title: x\ndate: 2021-06-02\n{front}")
    assert outcome.article is not None
    assert [str(problem).partition(":")[2] for problem in outcome.problems] == [told]


@pytest.mark.parametrize(
    ("front", "topics"),
    [("no", ("no",)), ("[no, true, 1.0]", ("no", "true", "1.0")), ("'no'", ("no",)), ("1", ("1",))],
)
def test_fault_13_topics_are_as_written(front: str, topics: tuple[str, ...]) -> None:
    outcome = read(f"title: x\ndate: 2021-06-02\ntopics: {front}")
    assert outcome.article is not None
    assert outcome.article.topics == topics


@pytest.mark.parametrize(
    "front", ["topics: [no]", "topics: 'no'", "provider: 'true'", "provider: {name: yes}"]
)
def test_names_that_look_like_true_or_no_are_meant_where_they_are_quoted_or_listed(front: str) -> None:
    assert read(f"title: x\ndate: 2021-06-02\n{front}").problems == ()


def test_of_hugos_dates_the_one_of_publication_counts() -> None:
    article = read("title: x\ndate: 2024-01-01\npublishDate: 2099-01-01").article
    assert article is not None
    assert article.published.year == 2099
