"""The site that publishes the feeds, and every absolute URL and identity that derives from it.

Nothing here, or anywhere, looks at Host or X-Forwarded headers.
"""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from feeds.article import Article, Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publisher. `url` is absolute and has no slash at its end.

    `tag` is the tagging entity of every tag: URI made here, `AUTHORITY,DATE` (RFC 4151 section 2.1): fixed once,
    so that identities survive a move of the site to another host.
    """

    title: str
    url: str
    tag: str
    description: str = ""
    language: str = "en"
    author: Author | None = None
    copyright: str | None = None
    icon: str | None = None
    logo: str | None = None

    def address(self, path: str) -> str:
        """Give the absolute URL of `path`, which begins with a slash."""
        return self.url + path

    def identity(self, specific: str) -> str:
        """Give the tag: URI of `specific`, percent-encoded where RFC 4151 section 2.1 wants it."""
        return f"tag:{self.tag}:" + quote(specific, safe="/-._~!$&'()*+,;=:@")


def page_path(identity: str) -> str:
    """Give the path of an article's own page: derived from its identity alone, so it survives renames and new titles."""
    return f"/articles/{sha256(identity.encode()).hexdigest()[:16]}"


def link_of(article: Article, site: Site) -> str:
    """Give the absolute URL at which an article is to be read: its own link, else its page at this site."""
    return article.link or site.address(page_path(article.id))
