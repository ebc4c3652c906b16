"""Searches as documents: any selection as a feed, in every format, by the path and canonical query of its address.

Nothing is kept of a search, so its feed has no archives and no retractions, and it is as old as what it shows: `updated` is that of the
entry that changed last.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from aggregator.catalogue import Kind, Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition
from aggregator.documents.search_request import PATH, SearchRequest, parse_search, write_days
from feeds.definition import Content, FeedDefinition, Order
from feeds.document import FeedDocument, compose
from feeds.formats import FORMATS
from feeds.history import History
from feeds.search_query import write_search_query
from feeds.site import Site
from feeds.text import truncate

_MINUTE = timedelta(minutes=1)
_LONGEST_TITLE = 200

# Names that the catalogue knows more than the folded form of. A provider's is its domain, which says whose it is.
_SPELLED = {"topic": Kind.TOPIC, "category": Kind.CATEGORY}


class SearchDrafts:
    """The searches that one configuration can be asked for.

    limit, content  of a search that does not say, as of other feeds
    max_age         how long readers may keep a document
    """

    def __init__(
        self, site: Site, formats: tuple[str, ...], limit: int, content: Content, max_age: timedelta
    ) -> None:
        self._site = site
        self._formats = {PATH + one.suffix: one for name, one in FORMATS.items() if name in formats}
        self._limit = limit
        self._content = content
        self._ttl_minutes = int(max_age / _MINUTE)

    def answers(self, path: str) -> bool:
        """Tell whether searches are to be had at `path`, such as /search.atom."""
        return path in self._formats

    def address(self, path: str, query: str) -> str:
        """Give the canonical address, below the site, of what `query` asks for at `path`; raise SearchRequestError."""
        return _with_query(path, self._read(query))

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give the feed at a canonical address such as /search.atom?q=tides, None where it is no search."""
        place, _, query = path.partition("?")
        chosen = self._formats.get(place)
        if chosen is None:
            return None
        request = self._read(query)
        definition = replace(request.definition, title=title_of(request.definition, snapshot))
        # As of other feeds, RSS alone says how long it may be kept, and not while an article waits for its time.
        ttl = self._ttl_minutes if chosen.name == "rss" and snapshot.next_due() is None else None
        # Whether an article came and went since somebody asked, nobody knows. Anything public may have been that article.
        changed = snapshot.generation.as_of if definition.selection.max_age is None else snapshot.as_of

        def make() -> Edition:
            document = self._document(request, definition, snapshot, ttl)
            return Edition(
                path=path,
                media_type=chosen.media_type,
                body=chosen.render(document),
                last_modified=changed,
            )

        return Draft(f"{snapshot.fingerprint(definition)}.{ttl}", make, last_modified=changed)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:  # noqa: ARG002  the protocol of every family
        """Give none: there are as many searches as there are questions, and no tree can hold them."""
        return iter(())

    def _read(self, query: str) -> SearchRequest:
        return parse_search(query, limit=self._limit, content=self._content)

    def _document(
        self, request: SearchRequest, definition: FeedDefinition, snapshot: Snapshot, ttl_minutes: int | None
    ) -> FeedDocument:
        articles = snapshot.select(definition)
        # RFC 5005 section 2: what such a document does not hold is not in the feed. So it is with rankings, and with a search
        # that found less than it may show; of any other, what is older has only made room.
        is_complete = not definition.keeps_history or len(articles) < definition.limit
        document = compose(
            definition,
            articles,
            self._site,
            None,
            history=History(path=PATH, is_complete=is_complete),
            ttl_minutes=ttl_minutes,
        )
        query = f"?{request.query}" if request.query else ""
        return replace(
            document,
            id=document.id + query,  # RFC 4151 section 2.1 has a place for it
            page_url=self._site.address(PATH) + query,
            query=query,
        )


def _with_query(path: str, request: SearchRequest) -> str:
    return f"{path}?{request.query}" if request.query else path


def title_of(definition: FeedDefinition, snapshot: Snapshot) -> str:
    """Say what is searched for, with topics and categories as most articles spell them."""
    return truncate("Search: " + (" · ".join(_parts(definition, snapshot)) or "everything"), _LONGEST_TITLE)


def _parts(definition: FeedDefinition, snapshot: Snapshot) -> Iterator[str]:
    wanted = definition.selection
    if wanted.match is not None:
        yield write_search_query(wanted.match)
    named = {
        "topic": wanted.topics,
        "provider": wanted.providers,
        "category": wanted.categories,
        "type": wanted.types,
        "language": wanted.languages,
    }
    for noun, names in named.items():
        if names:
            yield f"{noun} {' or '.join(_spelled(noun, name, snapshot) for name in names.any)}"
    if wanted.max_age is not None:
        yield f"of the last {write_days(wanted.max_age)}"
    if wanted.since is not None:
        yield f"since {wanted.since:%Y-%m-%d}"
    if wanted.min_quality is not None:
        yield f"quality {wanted.min_quality} or more"
    if definition.order is not Order.NEWEST:
        yield f"{definition.order} first"


def _spelled(noun: str, name: str, snapshot: Snapshot) -> str:
    kind = _SPELLED.get(noun)
    return name if kind is None else snapshot.spelling(kind, name) or name
