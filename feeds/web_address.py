"""Which page a web address leads to, without what is only noise: two addresses of one page give the same text.

For comparing alone: nothing here may stand in a document.
"""

import re

from feeds.text import uri

_PARTS = re.compile(
    r"https?://(?:[^/?#@]*@)?(?:www\.)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE
)
_USUAL_PORT = re.compile(":(?:80|443)?$")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[\w.~-]", re.ASCII)

# Parameters that say where a reader came from, and nothing of where the page is: those of the great advertisers, mailers and
# networks. Words that a site may use for its pages (ref, source, id) are not among them.
_CAMPAIGN = re.compile(
    "(?:utm_[^=]*|[gd]clid|[gw]braid|fbclid|msclkid|twclid|yclid|igshid|mc_[ce]id|_ga|_gl|ref_src)(?:=|$)",
    re.IGNORECASE,
)
# A fragment is a place within a page, unless it is a path: then a program on the page makes another page of it.
_PATH_MARKS = ("/", "!")


def page_of(address: str) -> str:
    """Give what tells the page at `address` from others: no scheme, www., usual port, campaign, fragment or last slash.

    Escapes are as RFC 3986 sections 6.2.2.1 and 6.2.2.2 would have them. What is no web address stays as it is.
    """
    parts = _PARTS.fullmatch(uri(address))
    if parts is None:
        return address
    host, path, query, fragment = (part or "" for part in parts.groups())
    wanted = "&".join(part for part in query.split("&") if part and not _CAMPAIGN.match(part))
    page = _USUAL_PORT.sub("", host.lower()) + path.rstrip("/")
    page += f"?{wanted}" if wanted else ""
    page += f"#{fragment}" if fragment.startswith(_PATH_MARKS) else ""
    return _ESCAPE.sub(_plain, page)


def _plain(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()
