"""JSON Feed 1.1 (jsonfeed.org/version/1.1). The only importer of orjson."""

from collections.abc import Mapping
from typing import Any

import orjson

from feeds.article import Author
from feeds.coverage import Coverage
from feeds.document import Enclosure, Entry, FeedDocument, Retraction
from feeds.written import Writing, in_place

SUFFIX = ".json"
MEDIA_TYPE = "application/feed+json"

# Behind the last of the items, which stand at the end.
_END = b"]}"


def write(document: FeedDocument) -> Writing:
    """Write `document` as JSON Feed 1.1, in UTF-8; keys stand in one fixed order."""
    about = orjson.dumps(
        _known(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": document.title,
                "home_page_url": document.page_url,
                "feed_url": document.self_url(SUFFIX),
                # What came before: the archives of the feed, one after another.
                "next_url": document.history_urls(SUFFIX).get("prev-archive"),
                "description": document.description,
                "icon": document.icon,
                "authors": [_person(author) for author in document.authors],
                "language": document.language,
                # The format has no word for what was withdrawn; extensions begin with an underscore (docs/standards.md).
                "_history": _known({"retractions": [_retraction(one) for one in document.retractions]}),
            }
        )
        | {"items": []}
    )
    fresh = [orjson.dumps(_item(entry, document)) for entry in document.entries]
    return Writing(about.removesuffix(_END), tuple(in_place(document.written, fresh)), _END, b",")


def _item(entry: Entry, document: FeedDocument) -> dict[str, Any]:
    return _known(
        {
            "id": entry.id,
            "url": entry.link,
            "external_url": entry.original_url,
            "title": entry.title,
            "content_html": entry.content_html,
            "summary": entry.summary,
            "image": entry.images[0].url if entry.images else None,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [_person(author) for author in entry.authors],
            "tags": list(dict.fromkeys(category.term for category in entry.categories)),
            "language": entry.language if entry.language != document.language else None,
            "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
            # The format has no word for where an entry came from; extensions begin with an underscore.
            "_source": {"title": entry.source.title, "url": entry.source.url} if entry.source else None,
            # Nor has it one for who else tells its story. An extension is an object, says the specification.
            "_story": _known({"also_covered_by": [_coverage(one) for one in entry.coverage]}),
        }
    )


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return _known(
        {
            "id": coverage.id,
            "title": coverage.title,
            "url": coverage.url,
            "provider": coverage.provider,
        }
    )


def _retraction(retraction: Retraction) -> dict[str, str]:
    return {"id": retraction.id, "when": retraction.when.isoformat()}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _known(
        {
            "url": enclosure.url,
            "mime_type": enclosure.type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _person(author: Author) -> dict[str, Any]:
    return _known({"name": author.name, "url": author.url})


def _known(members: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the members that say nothing: no optional one may be null or empty."""
    return {name: value for name, value in members.items() if value}
