"""Search requests: one canonical query for all that ask the same, and a clear refusal of whatever can't be understood."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents.search_request import MOST_ENTRIES, SearchRequest, parse_search
from aggregator.errors import SearchRequestError
from feeds.definition import Content, FeedDefinition, Order
from feeds.search_query import parse_search_query
from feeds.selection import EVERYTHING, Names, Selection


def parsed(query: str, limit: int = 50) -> SearchRequest:
    return parse_search(query, limit=limit, content=Content.EXCERPT)


def refusal(query: str) -> str:
    with pytest.raises(SearchRequestError) as raised:
        parsed(query)
    return str(raised.value)


def outcome(query: str) -> SearchRequest | SearchRequestError:
    try:
        return parsed(query)
    except SearchRequestError as error:
        return error


# What is asked for


def test_every_parameter_is_a_part_of_the_definition() -> None:
    query = (
        "q=low+tides&topic=AI&topic=Boats&provider=Pier.example&category=News&type=Video&language=de-CH"
        "&min_quality=60&max_age=30d&since=2021-01-31&order=best&limit=7"
    )
    selection = Selection(
        match=parse_search_query("low tides"),
        topics=Names(any=("ai", "boats")),
        providers=Names(any=("pier.example",)),
        categories=Names(any=("news",)),
        types=Names(any=("video",)),
        languages=Names(any=("de-ch",)),
        min_quality=60,
        max_age=timedelta(days=30),
        since=datetime(2021, 1, 31, tzinfo=UTC),
    )
    assert parsed(query).definition == FeedDefinition(
        path="/search",
        title="",
        selection=selection,
        order=Order.BEST,
        limit=7,
        content=Content.EXCERPT,
    )


@pytest.mark.parametrize("query", ["", "&&", "q=", "q=+&topic=&limit=", "order=newest&limit=50", "q=&q="])
def test_no_parameter_that_says_anything_is_everything(query: str) -> None:
    request = parsed(query)
    assert request.query == ""
    assert (request.definition.selection, request.definition.limit) == (EVERYTHING, 50)


@pytest.mark.parametrize("query", ["utm_source=x", "fbclid=%zz&gclid=1", "utm_=&msclkid"])
def test_E5_what_others_add_to_follow_their_readers_asks_for_nothing(query: str) -> None:
    assert parsed(f"{query}&q=tides").query == "q=tides"


def test_the_sites_own_limit_is_the_default_up_to_the_most_there_is() -> None:
    assert parsed("", limit=30).definition.limit == 30
    assert parsed("", limit=1000).definition.limit == MOST_ENTRIES
    assert parsed("limit=200", limit=1000).query == ""


# One form


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("topic=AI&q=Tides", "q=tides&topic=ai"),
        ("topic=b&topic=A&topic=a", "topic=a&topic=b"),
        ("q=low+tides", "q=low%20tides"),
        ("q=low%20%20tides", "q=low%20tides"),
        ("%71=tides", "q=tides"),
        ("q=caf%c3%a9", "q=caf%C3%A9"),
        ("q=café", "q=caf%C3%A9"),
        ("q=caf\udcc3\udca9", "q=caf%C3%A9"),
        ("topic=R%26D", "topic=r%26d"),
        ("topic=C%2B%2B", "topic=c%2B%2B"),
        ("topic=a,b", "topic=a%2Cb"),
        ("topic=%7Ea-b._", "topic=~a-b._"),
        ("topic=ﬁsh&topic=FISH", "topic=fish"),
        ("provider=PIER.example.", "provider=pier.example"),
        ("provider=www.pier.example", "provider=pier.example"),
        ("min_quality=060&limit=007", "min_quality=60&limit=7"),
        ("min_quality=0", "min_quality=0"),
        ("limit=10&order=newest", "limit=10"),
        ("since=2021-01-31&max_age=30d", "max_age=30d&since=2021-01-31"),
        ("q=%22low+tides%22+-x", "q=%22low%20tides%22%20-x"),
    ],
)
def test_all_that_ask_the_same_have_one_query(query: str, canonical: str) -> None:
    assert parsed(query).query == canonical


_NAMES = st.sampled_from(["AI", "ai", "R&D", "Ünï cödé", "a,b", "C++", "50%", "straße", "İstanbul", "x#y"])
_PAIRS = st.lists(
    st.tuples(st.sampled_from(["topic", "category", "type", "language"]), _NAMES)
    | st.tuples(st.just("provider"), st.sampled_from(["pier.example", "Pier.Example", "a_b"])),
    max_size=8,
)
_SINGLE = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["tides", 'Low OR "high tide" -storm', "été"]),
        "min_quality": st.integers(0, 100).map(str),
        "max_age": st.integers(1, 99_999).map(lambda days: f"{days}d"),
        "since": st.dates(date(1900, 1, 1)).map(str),
        "order": st.sampled_from([str(order) for order in Order]),
        "limit": st.integers(1, MOST_ENTRIES).map(str),
    },
)


_ESCAPES: tuple[Callable[[str], str], ...] = (
    quote,
    quote_plus,
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
)


@given(pairs=_PAIRS, single=_SINGLE, data=st.data())
def test_any_order_and_any_way_to_escape_give_one_query(
    pairs: list[tuple[str, str]], single: dict[str, str], data: st.DataObject
) -> None:
    given_pairs = [*pairs, *single.items()]
    plain = parsed("&".join(f"{name}={quote(value)}" for name, value in given_pairs))
    shuffled = data.draw(st.permutations(given_pairs))
    escapes = st.sampled_from(_ESCAPES)
    other = parsed("&".join(f"{name}={data.draw(escapes)(value)}" for name, value in shuffled))
    assert other == plain
    assert parsed(plain.query) == plain


# What is refused


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("topics=AI", "the parameter 'topics' is unknown; did you mean 'topic'?"),
        ("Q=x", "the parameter 'Q' is unknown; did you mean 'q'?"),
        (
            "until=2020",
            "the parameter 'until' is unknown, expected one of q, topic, provider, category, type, lang",
        ),
        ("=x", "the parameter '' is unknown, expected one of q, "),
        ("min_quality=abc", "min_quality: 'abc' is no whole number, expected 0 to 100"),
        ("min_quality=-1", "min_quality: '-1' is no whole number, expected 0 to 100"),
        ("min_quality=101", "min_quality: 101 is too big, expected 0 to 100"),
        ("min_quality=" + "9" * 16, "is no whole number, expected 0 to 100"),
        ("max_age=7", "max_age: '7' is no number of days, expected 1d to 99999d"),
        ("max_age=0d", "max_age: '0d' is no number of days, expected 1d to 99999d"),
        ("max_age=1d&max_age=2d", "max_age: stands 2 times ('1d', '2d'), expected once"),
        ("since=2020", "since: '2020' is no date, expected one such as 2021-01-31"),
        ("since=2021-02-29", "since: '2021-02-29' is no date, expected one such as 2021-01-31"),
        ("since=0001-01-01", "since: '0001-01-01' is no date, expected one such as 2021-01-31"),
        ("limit=0", "limit: 0 is too small, expected 1 to 200"),
        ("limit=10000", "limit: 10000 is too big, expected 1 to 200"),
        ("limit=५", "limit: '५' is no whole number, expected 1 to 200"),
        ("order=foo", "order: 'foo' is no order, expected newest, updated, hottest or best"),
        ("order=hotest", "hottest or best; did you mean 'hottest'?"),
        ("order=best&order=best", "order: stands 2 times ('best', 'best'), expected once"),
        ("q=a&q=b", "q: stands 2 times ('a', 'b'), expected once"),
        ("limit=1&limit=2", "limit: stands 2 times ('1', '2'), expected once"),
        ("q=-tides", "q: '-tides' names nothing to look for, expected at least one word"),
        ("q=%22%22", "names nothing to look for, expected at least one word"),
        ("q=" + "a+" * 33, "has too many words, expected at most 32"),
        ("q=" + "x" * 501, "is 501 characters long, expected at most 500"),
        ("q=" + "a%22b+c%22" * 8 + "x" * 440, "characters long, expected at most 500"),
        ("q=%00", "holds a control character, expected printable text"),
        ("topic=a%0b", "topic: 'a\\x0b' holds a control character, expected printable text"),
        (
            "q=%22low+tides",
            "q: '\"low tides' has a quotation mark without its other half, expected another behind 'low tides'",
        ),
        ("q=a+OR", "q: 'a OR' has OR without a word or phrase on both sides, expected both"),
        ("q=a+AND+b", "q: 'a AND b' has AND, which means nothing here, expected words side by side"),
        ("q=50%", "q: '50%' has a % in front of what is no pair of hexadecimal digits, expected %25"),
        ("q=%zz", "q: '%zz' has a % in front of"),
        ("%4=x", "'%4' has a % in front of"),
        ("q=%ff", "q: '%ff' is not UTF-8, expected text in UTF-8, percent-encoded"),
        ("q=\udcff", "q: '\\udcff' is not UTF-8"),
        ("q=\ud800", "q: '\\ud800' is not UTF-8"),
        ("provider=The Pier", "provider: 'The Pier' is no domain, expected one such as example.org"),
        ("provider=https://pier.example/x", "; did you mean 'pier.example'?"),
        ("topic=" + "x" * 101, "is 101 characters long, expected at most 100"),
        ("&".join(f"topic={n}" for n in range(11)), "topic: has 11 values, expected at most 10"),
        ("q=a&" * 65, "has 65 parameters, expected at most 64"),
        ("q=" + "x" * 2000, "is 2002 characters long, expected at most 2000"),
        ("&".join(f"topic={n}{'水' * 99}" for n in range(4)), "characters long, expected at most 2000"),
    ],
)
def test_what_can_not_be_understood_is_refused_with_what_was_expected(query: str, said: str) -> None:
    assert said in refusal(query)


def test_every_parameter_at_fault_is_named() -> None:
    assert [line.partition(":")[0] for line in refusal("limit=x&order=x&min_quality=x").split("\n")] == [
        "min_quality",
        "order",
        "limit",
    ]


def test_no_more_is_told_than_anybody_reads() -> None:
    assert len(refusal("&".join(f"p{number}=x" for number in range(60))).split("\n")) == 8


_RAW = st.binary(max_size=200) | st.lists(
    st.sampled_from(
        [b"q=", b"topic=", b"limit=", b"order=", b"&", b"=", b"%", b"%c3", b"%A9", b"+", b"7", b"a", b'"']
    ),
    max_size=20,
).map(b"".join)


@given(raw=_RAW)
def test_whatever_the_bytes_there_is_a_search_that_is_its_own_or_a_refusal(raw: bytes) -> None:
    found = outcome(raw.decode("utf-8", "surrogateescape"))
    if isinstance(found, SearchRequestError):
        assert found.problems
        assert all(problem.isprintable() for problem in found.problems)
    else:
        assert re.fullmatch("(?:[A-Za-z0-9._~&=-]|%[0-9A-F]{2})*", found.query)
        assert parsed(found.query) == found
