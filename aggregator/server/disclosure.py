"""Disclosure: who may read the metrics and the status page. Feeds are public; how many read which feed, and what fails, is not. Pure.

A proxy on this machine makes every client look as if it were on this machine too. So more is asked of a request than to come from
here: no sign of a proxy, and a Host that means this machine. A proxy that leaves no sign can't be told from a program here:
docs/operating.md says what to set there.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from aiohttp import hdrs

from aggregator.config import MetricsReaders

# Forwarded is RFC 7239, Via RFC 9110 section 7.6.3; the others are what proxies and CDNs send in place of the first.
_SIGNS = (
    hdrs.FORWARDED,
    hdrs.VIA,
    hdrs.X_FORWARDED_FOR,
    hdrs.X_FORWARDED_HOST,
    hdrs.X_FORWARDED_PROTO,
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
)
_HOST = re.compile(r"(?:\[(?P<literal>[^\]]*)\]|(?P<name>[^:]*))(?::[0-9]*)?")


def may_read(readers: MetricsReaders, peer: str | None, fields: Mapping[str, str]) -> bool:
    """Decide whether who asks from the address `peer` with these header fields is to get the metrics."""
    if readers is not MetricsReaders.LOOPBACK:
        return readers is MetricsReaders.EVERYONE
    return is_from_here(peer, fields)


def is_from_here(peer: str | None, fields: Mapping[str, str]) -> bool:
    """Tell whether who asks from the address `peer` with these header fields is on this machine."""
    has_sign = any(sign in fields for sign in _SIGNS)
    return not has_sign and is_loopback(peer or "") and _means_loopback(fields.get(hdrs.HOST, ""))


def holds_token(authorization: str | None, digest: bytes) -> bool:
    """Tell whether the field Authorization has the token whose SHA-256 is `digest`.

    As a bearer (RFC 6750) or as the password of any user (RFC 7617), which browsers ask people for. Not in the query: addresses are
    kept in histories and logs. Digests are compared, so that the time it takes tells nothing of the token, nor of its length.
    """
    offered = _offered(authorization or "")
    return offered is not None and compare_digest(sha256(offered).digest(), digest)


def _offered(authorization: str) -> bytes | None:
    scheme, _, credentials = authorization.partition(" ")
    said = credentials.strip().encode("utf-8", "surrogateescape")
    if scheme.lower() == "bearer":
        return said
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(said, validate=True).partition(b":")[2]
    except binascii.Error:
        return None


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is one of this machine's own, IPv4 within IPv6 included."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def _means_loopback(host: str) -> bool:
    # A name of somebody else's that leads here is the mark of a proxy, or of a page that attacks a browser (DNS rebinding).
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["literal"] or found["name"] or ""
    return name.lower() == "localhost" or is_loopback(name)
