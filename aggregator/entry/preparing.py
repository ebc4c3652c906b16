"""An article made ready for the catalogue: a pure function of it, which the processes that read files do, for it takes longer than writing."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from aggregator.clean.plain_text import plain_text
from aggregator.entry.keys import key_of, microseconds, moment_of
from aggregator.entry.names import Name, names_of
from aggregator.entry.records import decode, encode
from aggregator.entry.related import without_coming
from feeds.article import Article
from feeds.selection import fold


class Prepared(NamedTuple):
    """All that the catalogue keeps of an article and can be told without it, as it keeps it. A tuple, since those are quick to make.

    key              of the identity
    published        microseconds since 1970, as is updated: None where the article does not say
    record           the article as text, with digests of what an entry shows of it, and of the whole
    names, name_keys every name that it stands under, once, and their keys
    category, type, language  folded
    ripens           when more of it is public, microseconds since 1970; None where all is
    words            title, excerpt and body as plain text, None where they are not wanted
    """

    key: int
    identity: str
    source: str
    path: str
    published: int
    updated: int | None
    is_published: bool
    is_removed: bool
    record: str
    content: bytes
    whole: bytes
    names: tuple[Name, ...]
    name_keys: tuple[int, ...]
    category: str | None
    type: str | None
    language: str | None
    provider: str | None
    quality: int | None
    heat: int | None
    has_own_page: bool
    ripens: int | None
    words: tuple[str, str, str] | None

    @property
    def rank(self) -> int:
        """The time by which duplicates are told apart: the one updated last counts."""
        return self.published if self.updated is None else self.updated

    def identified(self, identity: str) -> "Prepared":
        """Give the same article with another identity."""
        updated = None if self.updated is None else moment_of(self.updated)
        article = replace(decode(self.record, updated), id=identity)
        return prepare(article, has_words=self.words is not None)._replace(ripens=self.ripens)


def unique_names(article: Article) -> tuple[Name, ...]:
    """Give every name that an article stands under, each once, in the spelling that comes first."""
    names: dict[int, Name] = {}
    for name in names_of(article):
        names.setdefault(name.key, name)
    return tuple(names.values())


def prepare(article: Article, *, has_words: bool = True, now: datetime | None = None) -> Prepared:
    """Make an article ready for the catalogue, with its words or without, as far as it is public at `now`; None: all of it."""
    article, ripens = (article, None) if now is None else without_coming(article, now)
    record, content, whole = encode(article)
    names = unique_names(article)
    return Prepared(
        key=key_of(article.id),
        identity=article.id,
        source=article.source,
        path=article.path,
        published=microseconds(article.published),
        updated=None if article.updated is None else microseconds(article.updated),
        is_published=article.is_published,
        is_removed=article.is_removed,
        record=record,
        content=content,
        whole=whole,
        names=names,
        name_keys=tuple([name.key for name in names]),
        category=fold(article.category) if article.category else None,
        type=fold(article.type) if article.type else None,
        language=fold(article.language) if article.language else None,
        provider=article.provider.domain if article.provider else None,
        quality=article.quality,
        heat=article.heat,
        has_own_page=article.link is None,
        ripens=None if ripens is None else microseconds(ripens),
        words=words_of(article) if has_words else None,
    )


def words_in(record: str) -> tuple[str, str, str]:
    """Give the same of an article as it is kept."""
    return words_of(decode(record, None))


def words_of(article: Article) -> tuple[str, str, str]:
    """Give what the full-text index holds of an article, as plain text: title, excerpt and body."""
    return article.title, article.excerpt, plain_text(article.body)
