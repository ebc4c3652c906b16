"""What a request says of versions that its sender holds, to be told only what is new (RFC 3229 section 10.5.3). Pure."""

import re

from aggregator.server.conditional import parse_entity_tags

# Of the versions that a request names, as many are looked for: a client holds one.
_LOOKED_FOR = 8

# As Edition.etag writes them: the digest of the document, then the content coding.
_OWN_TAG = re.compile(r'"(?P<digest>[0-9a-f]{64})(?:-[a-z]+)?"')
_MEMBER = re.compile(
    r"(?P<name>[!#$%&'*+.^_`|~0-9a-z-]+)(?:[ \t]*;[ \t]*q=(?P<weight>[01](?:\.[0-9]{0,3})?))?"
)


def accepts_feed(a_im: str | None) -> bool:
    """Tell whether the field A-IM accepts the instance manipulation "feed"."""
    members = (_MEMBER.fullmatch(member.strip(" \t").lower()) for member in (a_im or "").split(","))
    return any(
        member is not None and member["name"] == "feed" and float(member["weight"] or 1) > 0
        for member in members
    )


def held_versions(if_none_match: str | None) -> dict[str, str]:
    """Give the entity tags, by the digests in them, of versions that were sent from here.

    Strong ones only: of a version that a weak one names, it is not known that the client has just these bytes (section 5.1).
    """
    strong = (tag.opaque for tag in parse_entity_tags(if_none_match or "") if not tag.is_weak)
    own = (found for tag in strong if (found := _OWN_TAG.fullmatch(tag)) is not None)
    held = {found["digest"]: found[0] for found in own}
    return dict(list(held.items())[:_LOOKED_FOR])
