"""The formats that a feed can have. This table is the only place that chooses between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feeds import atom, jsonfeed, rss
from feeds.document import FeedDocument
from feeds.written import Writing


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in a configuration and for people, the suffix of its addresses, its Content-Type, what writes it in pieces."""

    name: str
    label: str
    suffix: str
    media_type: str
    write: Callable[[FeedDocument], Writing]

    def render(self, document: FeedDocument) -> bytes:
        """Write a document whole."""
        return self.write(document).body


# XML says its charset, which outranks the declaration (RFC 7303 section 3); JSON is UTF-8 always and has no such
# parameter (RFC 8259 section 11).
_ALL = (
    Format("atom", "Atom", atom.SUFFIX, f"{atom.MEDIA_TYPE}; charset=utf-8", atom.write),
    Format("rss", "RSS", rss.SUFFIX, f"{rss.MEDIA_TYPE}; charset=utf-8", rss.write),
    Format("json", "JSON Feed", jsonfeed.SUFFIX, jsonfeed.MEDIA_TYPE, jsonfeed.write),
)

FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})
