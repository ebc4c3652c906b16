"""Acceptance: whether who asks wants a page, as browsers do, or is a program to which a line of text says more. Pure."""

import re

_PAGE = re.compile(r"(?:^|,)\s*text/html\s*(?:[;,]|$)", re.IGNORECASE)
_FEED = re.compile(r"rss\+xml|atom\+xml|feed\+json", re.IGNORECASE)


def wants_page(accept: str | None) -> bool:
    """Tell whether Accept (RFC 9110 section 12.5.1) names HTML and no format of feeds: readers that name both want feeds."""
    return accept is not None and _PAGE.search(accept) is not None and _FEED.search(accept) is None
