"""Which articles tell one story, which of them leads, and that nothing but the articles decides it."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.article import Article, Provider, Related
from feeds.definition import FeedDefinition, Order
from feeds.stories import Story, stories_of, window_of
from tests.samples import day

HOUR = timedelta(hours=1)
HEADLINE = "Harbour office lends its old tide tables to a school"


def article(name: str, **values: Any) -> Article:
    defaults: dict[str, Any] = {
        "id": f"id:{name}",
        "source": "news",
        "path": f"{name}.md",
        "title": name,
        "published": day(1),
        "link": f"https://pier.example/{name}",
    }
    return Article(**defaults | values)


def related_to(link: str) -> dict[str, Any]:
    return {"related": (Related(title="Other", link=link),)}


def told(*articles: Article) -> list[list[str]]:
    """Give the names of each story, the lead first."""
    return [
        [one.id.removeprefix("id:") for one in (story.lead, *story.others)] for story in stories_of(articles)
    ]


def test_articles_that_have_nothing_in_common_are_stories_of_their_own() -> None:
    assert told(article("ferry"), article("quay")) == [["ferry"], ["quay"]]
    assert stories_of([]) == ()


def test_articles_that_first_appeared_at_one_address_are_one_story_whenever_that_was() -> None:
    ferry = article("ferry", original_url="https://quill.example/wire")
    quay = article("quay", original_url="http://www.quill.example/wire/?utm_source=q", published=day(9))
    assert told(ferry, quay) == [["ferry", "quay"]]


def test_where_an_article_does_not_say_where_it_first_appeared_it_is_where_it_is_read() -> None:
    assert told(article("ferry"), article("quay", original_url="https://pier.example/ferry")) == [
        ["ferry", "quay"]
    ]


def test_articles_that_are_read_at_one_address_are_not_one_story_for_that() -> None:
    link = "https://reader.example/today"
    ferry = article("ferry", link=link, original_url="https://pier.example/f")
    assert told(ferry, article("quay", link=link, original_url="https://pier.example/q")) == [
        ["ferry"],
        ["quay"],
    ]


def test_articles_without_any_address_are_not_one_story_for_that() -> None:
    assert told(article("ferry", link=None), article("quay", link=None)) == [["ferry"], ["quay"]]


@pytest.mark.parametrize("address", ["https://pier.example/quay", "https://quay.example/first#top"])
def test_an_article_that_is_related_to_another_is_of_its_story_whenever_it_was(address: str) -> None:
    quay = article("quay", original_url="https://quay.example/first", published=day(9))
    assert told(article("ferry", **related_to(address)), quay) == [["ferry", "quay"]]
    assert told(quay, article("ferry", **related_to(address))) == [["ferry", "quay"]]


def test_what_is_related_to_something_else_stays_apart() -> None:
    elsewhere = related_to("https://elsewhere.example/")
    assert told(article("ferry", **elsewhere), article("quay", **elsewhere)) == [["ferry"], ["quay"]]


def test_a_story_goes_on_from_each_to_the_next() -> None:
    ferry = article("ferry", title=HEADLINE)
    quay = article("quay", title=f"{HEADLINE}!", **related_to("https://pier.example/dock"))
    dock, crane = article("dock"), article("crane")
    assert told(ferry, crane, quay, dock) == [["dock", "ferry", "quay"], ["crane"]]


@pytest.mark.parametrize(("apart", "stories"), [(48 * HOUR, 1), (48 * HOUR + timedelta(seconds=1), 2)])
def test_titles_count_for_two_days(apart: timedelta, stories: int) -> None:
    later = article("later", title=HEADLINE, published=day(1) + apart)
    assert len(told(article("ferry", title=HEADLINE), later)) == stories


def test_a_column_with_one_title_every_day_is_not_one_story_for_ever() -> None:
    days = [article(f"d{number}", title="What moved today", published=day(number)) for number in range(1, 8)]
    assert told(*days) == [["d1", "d2", "d3"], ["d4", "d5", "d6"], ["d7"]]


def test_one_title_joins_two_that_are_not_near_each_other() -> None:
    first = article("a", title="one two three four five six seven eight nine")
    second = article("b", title="two three four five six seven eight nine ten", published=day(2))
    between = article(
        "c", title="one two three four five six seven eight nine ten", published=day(2, hour=10)
    )
    assert told(first, second) == [["a", "b"]]
    far = replace(second, title="three four five six seven eight nine ten eleven")
    assert told(first, far) == [["a"], ["b"]]
    assert told(first, far, between) == [["a", "c"], ["b"]]
    both = replace(between, title="one two three four five six seven eight nine ten eleven")
    assert told(first, far, both) == [["a", "b", "c"]]


# Which leads


@pytest.mark.parametrize(
    ("ferry", "quay", "lead"),
    [
        ({"quality": 60}, {"quality": 61}, "quay"),
        ({"quality": None}, {"quality": 0}, "quay"),
        ({"quality": 60, "published": day(2)}, {"quality": 60}, "quay"),
        ({"published": day(2)}, {}, "quay"),
        ({}, {}, "ferry"),
    ],
)
def test_the_one_of_highest_quality_leads_then_the_earliest_then_by_identity(
    ferry: dict[str, Any], quay: dict[str, Any], lead: str
) -> None:
    both = article("ferry", title=HEADLINE, **ferry), article("quay", title=HEADLINE, **quay)
    assert [told(*both)[0][0], told(*reversed(both))[0][0]] == [lead, lead]


def test_stories_stand_where_the_first_of_their_articles_does() -> None:
    lead = article("lead", title=HEADLINE, quality=90)
    assert told(article("new", title=HEADLINE), article("quay"), lead) == [["lead", "new"], ["quay"]]


def test_the_others_are_not_told_as_related_too() -> None:
    elsewhere = Related(title="Elsewhere", link="https://elsewhere.example/")
    known = Related(title="Quay", link="http://pier.example/quay?utm_source=x")
    ferry, quay = article("ferry", related=(known, elsewhere)), article("quay")
    (story,) = stories_of([ferry, quay])
    assert story == Story(ferry, (quay,))
    assert story.related() == (elsewhere,)
    assert Story(ferry).related() == (known, elsewhere)


# Whatever the articles

links = st.sampled_from([f"https://pier.example/{number}" for number in range(6)])
many = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from([HEADLINE, f"{HEADLINE} again", "Ferries wait", "Quays", "Boats", ""]),
            "published": st.integers(0, 100).map(lambda hours: day(1) + hours * HOUR),
            "original_url": st.none() | links,
            "link": st.none() | links,
            "related": st.lists(links.map(lambda link: Related(title="R", link=link)), max_size=2).map(tuple),
            "quality": st.none() | st.integers(0, 3),
            "provider": st.just(Provider(name="P", domain="p.example")),
        }
    ),
    max_size=10,
).map(lambda values: [article(f"n{number}", **one) for number, one in enumerate(values)])


@given(many)
def test_every_article_is_in_one_story(articles: list[Article]) -> None:
    assert sorted(name for story in told(*articles) for name in story) == sorted(
        one.id.removeprefix("id:") for one in articles
    )


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_articles_decides_nothing_but_the_order(
    articles: list[Article], chance: random.Random
) -> None:
    shuffled = chance.sample(articles, len(articles))
    assert _sets(told(*articles)) == _sets(told(*shuffled))


def _sets(stories: list[list[str]]) -> set[tuple[str, frozenset[str]]]:
    return {(lead, frozenset(others)) for lead, *others in stories}


def test_hostile_articles_take_no_more_than_their_number() -> None:
    """Four thousand articles of one address, related to one another, with titles that are all nearly the same."""
    words = [f"word{number}" for number in range(30)]
    articles = [
        article(
            f"n{number}",
            title=" ".join(words[: number % 30] + words[number % 30 + 1 :]),
            published=day(1) + timedelta(seconds=number),
            original_url=f"https://pier.example/{number % 2}",
            related=tuple(Related(title="R", link=f"https://pier.example/{other}") for other in range(10)),
        )
        for number in range(4000)
    ]
    begun = datetime.now()  # noqa: DTZ005  a stop-watch
    assert len(stories_of(articles)) == 1
    assert datetime.now() - begun < timedelta(seconds=20)  # noqa: DTZ005  likewise; it takes one or two


# The window


def test_a_folded_feed_looks_at_four_articles_for_each_entry() -> None:
    definition = FeedDefinition(path="/feeds/x", title="X", limit=30, order=Order.BEST, fold=True)
    assert window_of(definition) == replace(definition, limit=120)
    assert window_of(replace(definition, per_provider=2)).per_provider == 8
