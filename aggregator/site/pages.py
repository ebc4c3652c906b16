"""Pages: the home page, a page for every feed, lists of topics, providers and categories, and a page for articles that have none elsewhere.

Knows the catalogue and the feed definitions; nothing of HTTP.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.catalogue import Kind, Snapshot
from aggregator.definitions import Definitions
from aggregator.draft import Draft
from aggregator.edition import Edition
from aggregator.site.assets import ASSETS
from aggregator.site.rendering import Templates
from feeds.article import Article
from feeds.definition import FeedDefinition
from feeds.document import compose
from feeds.formats import FORMATS
from feeds.site import Site, page_path

_HTML = "text/html; charset=utf-8"
_ARTICLES = "/articles/"
_KEY_DIGITS = 16


class Pages:
    """The pages of one configuration, as documents by the path of their address."""

    def __init__(self, definitions: Definitions, site: Site, formats: tuple[str, ...], timezone: ZoneInfo) -> None:
        self._definitions = definitions
        self._site = site
        chosen = tuple(one for name, one in FORMATS.items() if name in formats)
        self._templates = Templates(site, chosen, timezone)

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the page at `path`, None where there is none."""
        if path == "/":
            return self._page(path, snapshot, "home.html", groups=tuple(self._definitions.grouped(snapshot)))
        asset = ASSETS.get(path)
        if asset is not None:
            return Draft("static", lambda: self._edition(path, asset.media_type, asset.body, snapshot))
        if path.startswith(_ARTICLES):
            return self._article(path, snapshot)
        if path[1:] in set(Kind):
            groups = [group for group in self._definitions.grouped(snapshot) if group[0] == path[1:]]
            return self._page(path, snapshot, "list.html", groups=groups) if groups else None
        definition = self._definitions.find(path, snapshot)
        return None if definition is None else self._feed(definition, snapshot)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        """Give the path of every page there is."""
        yield from ("/", *ASSETS)
        for group, definitions in self._definitions.grouped(snapshot):
            if group in set(Kind):
                yield f"/{group}"
            yield from (definition.path for definition in definitions)
        yield from (page_path(identity) for identity in snapshot.identities_with_own_page())

    def _feed(self, definition: FeedDefinition, snapshot: Snapshot) -> Draft:
        def make() -> Edition:
            changed = snapshot.changed(definition.path)
            document = compose(definition, snapshot.stories(definition), self._site, changed)
            body = self._rendered("feed.html", definition=definition, document=document)
            return self._edition(definition.path, _HTML, body, snapshot, document.updated)

        return Draft(snapshot.fingerprint(definition), make)

    def _article(self, path: str, snapshot: Snapshot) -> Draft | None:
        digits = path.removeprefix(_ARTICLES)
        if len(digits) != _KEY_DIGITS or digits.strip("0123456789abcdef"):
            return None
        article = snapshot.article(int(digits, 16) >> 1)
        if article is None or page_path(article.id) != path:
            return None
        return self._page(path, snapshot, "article.html", article=article)

    def _page(self, path: str, snapshot: Snapshot, template: str, **values: Any) -> Draft:
        fingerprint = sha256(repr((template, self._site, values)).encode()).hexdigest()
        return Draft(
            fingerprint,
            lambda: self._edition(path, _HTML, self._rendered(template, **values), snapshot, _time(values)),
        )

    def _rendered(self, template: str, **values: Any) -> bytes:
        return self._templates.render(template, **values)

    def _edition(
        self, path: str, media_type: str, body: bytes, snapshot: Snapshot, changed: datetime | None = None
    ) -> Edition:
        return Edition(
            path=path, media_type=media_type, body=body, last_modified=changed or snapshot.generation.as_of
        )


def _time(values: dict[str, Any]) -> datetime | None:
    article = values.get("article")
    return article.updated if isinstance(article, Article) else None
