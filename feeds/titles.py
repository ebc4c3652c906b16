"""Titles that are nearly the same: what two publishers make of one headline, and not two headlines of one kind."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from unicodedata import category, normalize

# Four words in five are the same (Jaccard: the words of both, of the words of either). Who reprints a headline of eight words or more
# may change one of them, or add two, such as a name. Of 253 real articles, every two titles that are so near within two days told
# one story; just below (7 words of 9) stood the first pair that did not.
_SAME, _OF = 4, 5
# Below this a single word is too much of the meaning (Boats win, Boats lose): short titles must be the same, word for word.
_FEWEST_WORDS = 5
# What bounds the work, whatever titles say: so many characters and words of a title count, and so many others it is compared with.
_MOST_CHARACTERS, _MOST_WORDS, _MOST_COMPARISONS = 500, 40, 100

_APOSTROPHES = re.compile("['\u2019\u02bc]")
_SIGNS = re.compile(r"[^\w\s]|_")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Title:
    """A title as its words, without case, compatibility forms and punctuation; `numbers` are the words with a digit in them."""

    words: tuple[str, ...]
    distinct: frozenset[str]
    numbers: frozenset[str]

    def is_near(self, other: "Title") -> bool:
        """Tell whether two titles are nearly the same. Their numbers must be: the tenth part of a series is not the ninth."""
        if self.words == other.words:
            return bool(self.words)
        if min(len(self.distinct), len(other.distinct)) < _FEWEST_WORDS or self.numbers != other.numbers:
            return False
        return len(self.distinct & other.distinct) * _OF >= len(self.distinct | other.distinct) * _SAME


def title_of(text: str) -> Title:
    """Give the words of a title."""
    folded = normalize("NFKC", text[:_MOST_CHARACTERS]).casefold()
    words = tuple(_SIGNS.sub(_sign, _APOSTROPHES.sub("", folded)).split()[:_MOST_WORDS])
    return Title(words, frozenset(words), frozenset(filter(_DIGIT.search, words)))


def _sign(sign: re.Match[str]) -> str:
    """Keep what makes another word of a word: accents and vowel signs, currencies, C++ and C#."""
    is_of_word = sign[0] in "+#" or category(sign[0]) in {"Mn", "Mc", "Me", "Sc"}
    return sign[0] if is_of_word else " "


class TitleIndex:
    """Titles by their rarest words, so that each is compared with few others.

    Two sets that share four fifths share one of their rarest words: of n words, one of the n - ceil(4n/5) + 1 rarest (prefix filtering,
    Chaudhuri, Ganti and Kaushik, A Primitive Operator for Similarity Joins, 2006).
    """

    def __init__(self, titles: Iterable[Title]) -> None:
        self._titles = tuple(titles)
        counts = Counter(word for title in self._titles for word in title.distinct)
        self._rarest = [
            sorted(title.distinct, key=lambda word: (counts[word], word))[: _prefix(len(title.distinct))]
            for title in self._titles
        ]
        self._places: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, place: int) -> None:
        """Have the title at `place` found from now on."""
        for word in self._rarest[place]:
            self._places[word].append(place)

    def near(self, place: int) -> Iterator[int]:
        """Give the places of titles nearly the same as the one at `place`, those added last first, each once."""
        candidates = (
            found
            for word in self._rarest[place]
            for found in reversed(self._places[word][-_MOST_COMPARISONS:])
        )
        for found in dict.fromkeys(islice(candidates, _MOST_COMPARISONS)):
            if self._titles[place].is_near(self._titles[found]):
                yield found


def _prefix(words: int) -> int:
    return words + words * -_SAME // _OF + 1
