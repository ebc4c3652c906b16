"""The language of full-text queries."""

import pytest

from feeds.errors import SearchQueryError
from feeds.search_query import parse_search_query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("-tide", "'-tide' names nothing to look for, expected at least one word"),
        (" !! ", "' !! ' names nothing to look for, expected at least one word"),
        ("x" * 501, "is 501 characters long, expected at most 500"),
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
        ("OR tide OR", [["tide"]], []),
        ("a b OR c", [["a"], ["b", "c"]], []),
        ('tide "open', [["tide"], ["open"]], []),
        ('-"two words" x', [["x"]], ["two words"]),
        ("C++ -- x", [["C++"], ["x"]], []),
    ],
)
def test_a_search_query_is_words_phrases_alternatives_and_exclusions(
    query: str, groups: list[list[str]], none: list[str]
) -> None:
    parsed = parse_search_query(query)
    assert ([list(group) for group in parsed.all], list(parsed.none)) == (groups, none)
