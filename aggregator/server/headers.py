"""The headers that answers share. Pure."""

from types import MappingProxyType

PRODUCT = "feed-aggregator"

# On every answer. Feeds are public: any page may read them (CORS), and see the validators too.
COMMON = MappingProxyType(
    {
        "Server": PRODUCT,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified",
    }
)

# Pages show text that others wrote: nothing in them may run, and only pictures, sound and allowed embeds are loaded.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src http: https: data:; media-src http: https:; frame-src https:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

DAY = 86_400
MINUTE = 60

# For how long after its time a cache may still give an answer: while it asks for the new one (a minute's delay is nothing to a
# feed), and when the server can't be reached (RFC 5861).
_WHILE_REVALIDATE = 60
_IF_ERROR = DAY


def caching(max_age: int) -> str:
    """Give the Cache-Control of a document that may be kept `max_age` seconds."""
    return (
        f"public, max-age={max_age}, stale-while-revalidate={_WHILE_REVALIDATE}, stale-if-error={_IF_ERROR}"
    )
