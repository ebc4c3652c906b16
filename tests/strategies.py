"""Hypothesis strategies: articles with any text in any field, lone surrogates and control characters included."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from feeds.article import Action, Article, Author, Image, Provider, Related
from feeds.definition import Content, FeedDefinition
from feeds.document import FeedDocument, compose
from feeds.site import Site
from feeds.stories import Story

_FRAGMENTS = st.sampled_from(
    [
        "]]>",
        "<![CDATA[",
        "&nbsp;",
        "&amp;amp;",
        "<b>",
        "</p>",
        '"',
        "\x00",
        "\x0b",
        "\ud800",
        "\ufffe",
        "\r\n",
        "\ufeff",
    ]
)
_CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=12)  # the default leaves surrogates out

anything = st.lists(_CHARACTERS | _FRAGMENTS, max_size=4).map("".join)
addresses = anything.map("https://a.example/".__add__) | anything
times = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is apart
sizes = st.none() | st.integers(0, 5000)

images = st.builds(
    Image,
    url=addresses,
    width=sizes,
    height=sizes,
    title=st.none() | anything,
    attribution=st.none() | anything,
)
authors = st.builds(Author, name=anything, email=st.none() | anything, url=st.none() | addresses)
providers = st.builds(
    Provider, name=anything, domain=anything, authors=st.lists(authors, max_size=2).map(tuple)
)
related = st.builds(Related, title=anything, link=addresses, provider=st.none() | providers)
actions = st.builds(
    Action,
    url=addresses,
    type=st.sampled_from(["download", "video/mp4", "text/html", "video", None]) | anything,
    title=st.none() | anything,
    length=st.none() | st.integers(0, 2**40),
)
languages = st.sampled_from(["en", "ar", "de-CH", "az-Arab", None]) | anything

articles = st.builds(
    Article,
    id=st.integers(0, 10**6).map("tag:a.example,2026:{}".format),
    source=st.just("news"),
    path=st.just("a.md"),
    title=anything,
    published=times,
    updated=st.none() | times,
    excerpt=anything,
    body=anything,
    featured_content=anything,
    link=st.none() | addresses,
    original_url=st.none() | addresses,
    category=st.none() | anything,
    type=st.none() | anything,
    language=languages,
    duration=sizes,
    provider=st.none() | providers,
    authors=st.lists(authors, max_size=2).map(tuple),
    topics=st.lists(anything, max_size=2).map(tuple),
    images=st.lists(images, max_size=2).map(tuple),
    related=st.lists(related, max_size=2).map(tuple),
    actions=st.lists(actions, max_size=2).map(tuple),
)

sites = st.builds(
    Site,
    title=anything,
    url=st.just("https://news.example.org"),
    tag=st.just("news.example.org,2026"),
    language=languages.map(lambda tag: tag or ""),
    author=st.none() | authors,
    copyright=st.none() | anything,
    icon=st.none() | addresses,
)

definitions = st.builds(
    FeedDefinition,
    path=st.just("/feeds/any"),
    title=anything,
    description=anything,
    content=st.sampled_from(Content),
)


stories = st.builds(Story, articles, st.lists(articles, min_size=1, max_size=2).map(tuple))


def _composed(
    definition: FeedDefinition, held: list[Article | Story], site: Site, updated: datetime | None
) -> FeedDocument:
    return compose(definition, held, site, updated)


documents = st.builds(
    _composed, definitions, st.lists(articles | stories, max_size=2), sites, st.none() | times
)
