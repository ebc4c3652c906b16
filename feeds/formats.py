"""The formats that a feed can have. This table is the only place that chooses between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feeds import atom, jsonfeed, rss
from feeds.document import FeedDocument


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in a configuration and for people, the suffix of its addresses, its Content-Type, what writes it."""

    name: str
    label: str
    suffix: str
    media_type: str
    render: Callable[[FeedDocument], bytes]


# XML says its charset, which outranks the declaration (RFC 7303 section 3); JSON is UTF-8 always and has no such
# parameter (RFC 8259 section 11).
_ALL = (
    Format("atom", "Atom", atom.SUFFIX, f"{atom.MEDIA_TYPE}; charset=utf-8", atom.render),
    Format("rss", "RSS", rss.SUFFIX, f"{rss.MEDIA_TYPE}; charset=utf-8", rss.render),
    Format("json", "JSON Feed", jsonfeed.SUFFIX, jsonfeed.MEDIA_TYPE, jsonfeed.render),
)

FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})
