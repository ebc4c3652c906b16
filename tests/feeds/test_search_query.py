"""The language of full-text queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import SearchQueryError
from feeds.search_query import parse_search_query, write_search_query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("-tide", "'-tide' names nothing to look for, expected at least one word"),
        (" !! ", "' !! ' names nothing to look for, expected at least one word"),
        ("x" * 501, "is 501 characters long, expected at most 500"),
        (
            'tide "open',
            "'tide \"open' has a quotation mark without its other half, expected another behind 'open'",
        ),
        ('"', "has a quotation mark without its other half, expected another behind ''"),
        *(
            (query, f"{query!r} has OR without a word or phrase on both sides, expected both")
            for query in ("OR tide", "tide OR", "a OR OR b", "a OR -b", "a -b OR c", "a OR -b c", "OR")
        ),
        (
            "a AND b",
            'has AND, which means nothing here, expected words side by side, which must all occur, or "AND" for',
        ),
        (
            "a NOT b",
            'has NOT, which means nothing here, expected - in front of what must not occur, or "NOT" for the word',
        ),
        ("a AND", "has AND, which means nothing here"),
        *(
            (
                query,
                "has parentheses, which mean nothing here, expected OR between alternatives alone, which binds tighter",
            )
            for query in ("(a OR b) c", "(a", "a) b", "a (b c)")
        ),
        ("a " * 33, "has too many words, expected at most 32"),
    ],
)
def test_a_search_query_that_can_not_be_understood_says_why(query: str, said: str) -> None:
    with pytest.raises(SearchQueryError) as raised:
        parse_search_query(query)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("query", "groups", "none"),
    [
        ("tide", [["tide"]], []),
        ('pytorch OR "deep learning" -sponsored', [["pytorch", "deep learning"]], ["sponsored"]),
        ("a b OR c", [["a"], ["b", "c"]], []),
        ('"AND" "NOT" and f(x)', [["AND"], ["NOT"], ["and"], ["f(x)"]], []),
        ("-OR x -AND", [["x"]], ["OR", "AND"]),
        ('-"two words" x', [["x"]], ["two words"]),
        ("C++ -- x", [["C++"], ["x"]], []),
    ],
)
def test_a_search_query_is_words_phrases_alternatives_and_exclusions(
    query: str, groups: list[list[str]], none: list[str]
) -> None:
    parsed = parse_search_query(query)
    assert ([list(group) for group in parsed.all], list(parsed.none)) == (groups, none)


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("Tides", "tides"),
        ("  low   tides ", "low tides"),
        ('"tides"', "tides"),
        ('"Low  Tides"', '"low tides"'),
        ("-storm tides", "tides -storm"),
        ('pytorch OR "Deep Learning" -sponsored', 'pytorch OR "deep learning" -sponsored'),
        ('"OR" x', "or x"),
        ('"(a)" f(x) "NOT"', '"(a)" "f(x)" not'),
        ('"-a" --b', '"-a" -"-b"'),
        ("ÉTÉ straße", "ÉtÉ straße"),
    ],
)
def test_a_query_has_one_written_form(query: str, written: str) -> None:
    assert write_search_query(parse_search_query(query)) == written


_PIECES = st.sampled_from(["OR", "-", '"', " ", "a", "B", "-OR", '"x y"', "\u00e9", "\u3000", "--"])


@given(text=st.text(max_size=40) | st.lists(_PIECES, max_size=12).map("".join))
def test_the_written_form_asks_the_same_and_is_its_own(text: str) -> None:
    try:
        query = parse_search_query(text)
    except SearchQueryError:
        return
    written = write_search_query(query)
    again = parse_search_query(written)
    assert write_search_query(again) == written
    assert [len(group) for group in again.all] == [len(group) for group in query.all]
    assert len(again.none) == len(query.none)
