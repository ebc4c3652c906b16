"""Article pages: one article, who published and wrote it, and what is related to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.catalogue import Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition
from aggregator.site.body_html import readable
from aggregator.site.cards import Cards, original_of
from aggregator.site.page_drafts import HTML, draft_of
from aggregator.site.rendering import Templates
from feeds.article import Action, Article, Author, Image, Related
from feeds.content import byline_of, excerpt_of
from feeds.definition import Content
from feeds.site import page_path
from feeds.stories import Story
from feeds.text import host_of, is_web_address, legal, one_line, uri

_ARTICLES = "/articles/"
_KEY_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Outside:
    """Something at another site: its title, its address, and in words whose it is and when it was published, where that is known."""

    title: str
    url: str
    whose: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an article's page shows beside its card.

    canonical  the address that stands for it in search engines: where it first appeared, None where that is here
    body       HTML that is safe to show; lead is its excerpt, shown where there is no body
    """

    canonical: str | None
    authors: tuple[Author, ...]
    updated: datetime | None
    lead: str
    body: str
    picture: Image | None
    actions: tuple[Outside, ...]
    related: tuple[Outside, ...]


class ArticlePages:
    """The page of every public article, and the end of every one that was withdrawn."""

    def __init__(self, cards: Cards, templates: Templates, *, has_pictures: bool) -> None:
        self._cards = cards
        self._templates = templates
        self._has_pictures = has_pictures

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at `path`, None where there is none, and never was or nobody remembers."""
        digits = path.removeprefix(_ARTICLES)
        if not path.startswith(_ARTICLES) or len(digits) != _KEY_DIGITS or digits.strip("0123456789abcdef"):
            return None
        key = int(digits, 16) >> 1
        article = snapshot.article(key)
        if article is None:
            return _withdrawn(path, key, snapshot)
        if page_path(article.id) != path:
            return None
        (card,) = self._cards.of([Story(article)], snapshot)

        def make() -> bytes:
            reading = _reading(article, has_pictures=self._has_pictures)
            return self._templates.render("article.html", card=card, reading=reading)

        return draft_of(path, make, snapshot, article, card)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every article's page."""
        yield from map(page_path, snapshot.identities())


def _withdrawn(path: str, key: int, snapshot: Snapshot) -> Draft | None:
    entry = snapshot.entry(key)
    if entry is None or entry.withdrawn_at is None or page_path(entry.identity) != path:
        return None
    when = entry.withdrawn_at
    return Draft(
        f"withdrawn {when}",
        lambda: Edition(path=path, media_type=HTML, body=b"", last_modified=when, is_gone=True),
    )


def _reading(article: Article, *, has_pictures: bool) -> Reading:
    body = (
        article.body if article.featured_content in article.body else article.featured_content + article.body
    )
    shown = readable(legal(body), has_pictures=has_pictures)
    return Reading(
        canonical=_canonical(article),
        authors=tuple(author for author in byline_of(article) if one_line(author.name)),
        updated=article.updated if article.updated != article.published else None,
        lead=one_line(excerpt_of(article, Content.FULL)),
        body=shown,
        picture=_picture(article, shown) if has_pictures else None,
        actions=tuple(_action(one) for one in article.actions if is_web_address(one.url)),
        related=tuple(_related(one) for one in article.related if is_web_address(one.link)),
    )


def _canonical(article: Article) -> str | None:
    original = article.original_url
    return uri(original) if original and is_web_address(original) else original_of(article)


def _picture(article: Article, body: str) -> Image | None:
    """Give the first picture, unless the body shows one, or a film, of its own."""
    image = next((image for image in article.images if is_web_address(image.url)), None)
    is_shown = any(tag in body for tag in ("<img", "<iframe", "<video"))
    return None if is_shown else image


def _action(action: Action) -> Outside:
    return Outside(
        one_line(action.title or "") or uri(action.url), uri(action.url), one_line(action.type or "")
    )


def _related(related: Related) -> Outside:
    url = uri(related.link)
    whose = one_line(related.provider.name) if related.provider else host_of(url)
    return Outside(one_line(related.title) or url, url, whose, related.published)
