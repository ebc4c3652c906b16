"""Coverage: where else a story is told, as an entry points its readers to it."""

from dataclasses import dataclass

from feeds.article import Article
from feeds.text import host_of, is_web_address, legal, one_line, uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Another article on the story of an entry: its identity, title, absolute URL, and the name of who published it, or nothing."""

    id: str
    title: str
    url: str
    provider: str = ""


def coverage_of(article: Article, link: str) -> Coverage:
    """Give an article as other coverage; `link` is the absolute URI at which it is to be read."""
    return Coverage(
        id=legal(article.id),
        title=one_line(article.title) or link,
        url=link,
        provider=_publisher(article),
    )


def _publisher(article: Article) -> str:
    provider = article.provider
    name = (one_line(provider.name) or one_line(provider.domain)) if provider else ""
    original = article.original_url or article.link or ""
    return name or (host_of(uri(original)) if is_web_address(original) else "")
