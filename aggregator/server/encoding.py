"""Which content coding a client takes (RFC 9110 section 12.5.3). Pure."""

import re

from aggregator.edition import CODINGS, IDENTITY

# Of codings that a client likes equally, the one that comes out smallest at the levels of edition.py: brotli, zstd, gzip.
_PREFERENCE = (*CODINGS, IDENTITY)
_ALIASES = {"x-gzip": "gzip"}
_ITEM = re.compile(
    r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$"
)


def choose_coding(header: str | None) -> str | None:
    """Give the coding that suits an Accept-Encoding header best, None where the client refuses them all.

    No header gives identity: any coding would be allowed, but who does not ask may not understand. An item that is not of the
    grammar is passed over.
    """
    if header is None:
        return IDENTITY
    weights = _weights(header)
    anything = weights.pop("*", None)
    # Identity is acceptable unless it is excluded by name, or by a `*;q=0` that no more specific item overrides; where nothing is
    # said of it, it comes after whatever is asked for.
    unsaid = 0.0005 if anything is None else anything
    acceptable = [(weights.get(coding, anything or 0.0), coding) for coding in CODINGS]
    acceptable.append((weights.get(IDENTITY, unsaid), IDENTITY))
    best = max(acceptable, key=lambda pair: (pair[0], -_PREFERENCE.index(pair[1])))
    return best[1] if best[0] > 0 else None


def _weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in header.split(","):
        match = _ITEM.match(item)
        if match is not None:
            name = match[1].lower()
            weights.setdefault(_ALIASES.get(name, name), float(match[2] or 1))
    return weights
