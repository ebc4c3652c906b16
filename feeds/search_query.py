"""The full-text query language of `match` and of search: words, "phrases", OR between alternatives, - before what must not be.

    pytorch OR "deep learning" -sponsored     (pytorch or the phrase) and not sponsored

OR binds tighter than the unspoken "and" between words, as in every web search box. What other languages have besides, such as AND,
NOT and parentheses, is refused: as words to look for they would ask for something else than was meant.
"""

import re
from dataclasses import dataclass

from feeds.errors import SearchQueryError

_TOKEN = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r'[^\s"()-][^\s"()]*')
_CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_FOREIGN = {
    "AND": 'expected words side by side, which must all occur, or "AND" for the word',
    "NOT": 'expected - in front of what must not occur, or "NOT" for the word',
}
_LONGEST = 500
_MOST_TERMS = 32


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed query: one term of every group in `all` must occur, and no term of `none`.

    A term is a word or a phrase of words, as written.
    """

    all: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]


def parse_search_query(text: str) -> SearchQuery:
    """Parse `text`; raise SearchQueryError where it can't be understood, holds nothing to look for, or more than is reasonable."""
    if len(text) > _LONGEST:
        raise SearchQueryError(f"{text[:40]!r}… is {len(text)} characters long, expected at most {_LONGEST}")
    if text.count('"') % 2:
        behind = text.rpartition('"')[2][:40]
        raise SearchQueryError(
            f"{text[:40]!r} has a quotation mark without its other half, expected another behind {behind!r}"
        )
    groups, none = _terms(text)
    if not groups:
        raise SearchQueryError(f"{text!r} names nothing to look for, expected at least one word")
    if sum(map(len, groups)) + len(none) > _MOST_TERMS:
        raise SearchQueryError(f"{text[:40]!r}… has too many words, expected at most {_MOST_TERMS}")
    return SearchQuery(tuple(tuple(group) for group in groups), tuple(none))


def _terms(text: str) -> tuple[list[list[str]], list[str]]:
    """Give the groups of what must occur, and what must not."""
    groups: list[list[str]] = []
    none: list[str] = []
    is_or = follows_term = False
    for token in _TOKEN.finditer(text):
        term = (token["phrase"] if token["phrase"] is not None else token["word"]).strip()
        if token["word"] and not token["minus"]:
            _expect_known(term, text)
        if token["word"] == "OR" and not token["minus"]:
            if not follows_term:
                raise _lonely_or(text)
            is_or, follows_term = True, False
        elif not any(character.isalnum() for character in term):
            continue  # nothing that a full-text index could hold
        elif token["minus"]:
            none.append(term)
            follows_term = False
        else:
            groups.append([*(groups.pop() if is_or else ()), term])
            is_or, follows_term = False, True
        if is_or and token["minus"]:
            raise _lonely_or(text)
    if is_or:
        raise _lonely_or(text)
    return groups, none


def _expect_known(word: str, text: str) -> None:
    if word in _FOREIGN:
        raise SearchQueryError(f"{text[:40]!r} has {word}, which means nothing here, {_FOREIGN[word]}")
    if word.startswith("(") or (word.endswith(")") and "(" not in word):
        raise SearchQueryError(
            f"{text[:40]!r} has parentheses, which mean nothing here, expected OR between alternatives alone, "
            "which binds tighter than what stands side by side"
        )


def _lonely_or(text: str) -> SearchQueryError:
    return SearchQueryError(f"{text[:40]!r} has OR without a word or phrase on both sides, expected both")


def write_search_query(query: SearchQuery) -> str:
    """Write `query` in the one form of all that ask the same: what is wanted first, each term with no more marks than it needs.

    Words compare without case; that of A to Z is all that every full-text index agrees about.
    """
    wanted = [" OR ".join(map(_written, group)) for group in query.all]
    return " ".join([*wanted, *("-" + _written(term) for term in query.none)])


def _written(term: str) -> str:
    folded = " ".join(term.split()).translate(_CAPITALS)
    return folded if _WORD.fullmatch(folded) else f'"{folded}"'
