"""Which articles a feed wants, as a value. How it is evaluated is the catalogue's business."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from unicodedata import normalize

from feeds.search_query import SearchQuery


# The same few names are folded again and again: each topic of each article, several times.
@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Give the form in which names compare: without case, compatibility forms and surplus white space.

    What is folded already stays as it is: casefold() takes some letters apart, hence the second normalisation.
    """
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A condition on a list of folded names: any of these, all of these, none of these."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether it asks for anything."""
        return bool(self.any or self.all or self.none)


NO_NAMES = Names()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The criteria of a feed; an article is in when every one that is given holds.

    topics … sources  conditions on names, folded by `fold`
    min_quality, min_heat  an article whose value is unknown is out
    max_age           counted back from the time of the evaluation, by the article's published date
    since             published at or after (aware, UTC)
    match             full text of title, excerpt and body
    """

    topics: Names = NO_NAMES
    providers: Names = NO_NAMES
    categories: Names = NO_NAMES
    types: Names = NO_NAMES
    languages: Names = NO_NAMES
    sources: Names = NO_NAMES
    min_quality: int | None = None
    min_heat: int | None = None
    max_age: timedelta | None = None
    since: datetime | None = None
    match: SearchQuery | None = None


EVERYTHING: Selection = Selection()
