"""Header fields that answers share. Pure."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from aggregator.server.lifetime import Lifetime

DAY = 24 * 60 * 60
MINUTE = 60

NO_STORE = "no-store"
POLICY = "Content-Security-Policy"

# Of what is no page: shown by a browser all the same, it may load nothing and do nothing.
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# On every answer. The program's name stands without its version: aiohttp would tell its own and Python's. Feeds are public,
# so pages of other sites may read them, and the validators too; the other fields that matter are open to them anyway.
COMMON: Mapping[str, str] = MappingProxyType(
    {
        "Server": "feed-aggregator",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        POLICY: _NOTHING,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Retry-After",
    }
)


def page_policy(frames: Iterable[str], *, has_pictures: bool = True) -> str:
    """Give the Content-Security-Policy of pages, which show text that others wrote: nothing in them may run but the site's own script.

    Only pictures, sound and film are loaded from elsewhere, and what the hosts of `frames` embed.
    """
    pictures = "img-src 'self' http: https: data:" if has_pictures else "img-src 'self'"
    framed = " ".join(f"https://{host}" for host in frames) or "'none'"
    return (
        f"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; {pictures}; media-src http: https:; "
        f"frame-src {framed}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


# RFC 5861 section 4: while the server is down, yesterday's feed is better than none.
_IF_ERROR = DAY


def document_caching(lifetime: Lifetime) -> str:
    """Give the Cache-Control of a document.

    Without "public", which allows nothing more but to share answers to requests with a password (RFC 9111 section 5.2.2.9).
    """
    again = lifetime.while_revalidating
    stale = f"stale-while-revalidate={again}, " if again else ""
    return f"max-age={lifetime.max_age}, {stale}stale-if-error={_IF_ERROR}"


def caching(max_age: int) -> str:
    """Give the Cache-Control of any other answer that may be kept for `max_age` seconds."""
    return f"max-age={max_age}"
