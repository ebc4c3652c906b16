"""The HTML that an entry shows: picture, excerpt or body, attribution, related articles.

Text is escaped here; `body` and `featured_content` are taken as they are, for they reach an Article sanitised.
"""

from collections.abc import Sequence
from html import escape

from feeds.article import Article, Author, Image, Related
from feeds.coverage import Coverage
from feeds.definition import Content
from feeds.text import host_of, is_right_to_left, is_web_address, legal, one_line, opening, uri

# What stands in for an excerpt that the article does not give: about as long as the excerpts that editors write.
_EXCERPT_LENGTH = 300


def entry_html(
    article: Article, link: str, content: Content, language: str | None, coverage: Sequence[Coverage] = ()
) -> str:
    """Give the HTML of an entry, never empty, without characters that XML can't hold.

    link      where the article is to be read
    language  of the article; right-to-left ones are marked as such, since xml:lang sets no direction
    coverage  where else its story is told, which is shown however little of the article is
    """
    parts = [_attribution(article), _coverage(coverage)]
    if content is not Content.TITLE:
        parts = [_picture(article, content), *_main(article, content), *parts, _related(article.related)]
    html = legal("".join(parts)).strip() or f"<p>{_anchor(link, one_line(article.title) or link)}</p>"
    return directed(html, language)


def excerpt_of(article: Article, content: Content) -> str:
    """Give the plain-text summary of an entry, empty where there is none or the feed shows titles only."""
    if content is Content.TITLE:
        return ""
    excerpt = legal(article.excerpt).strip()
    if content is Content.EXCERPT and not excerpt:
        return opening(article.body, _EXCERPT_LENGTH)
    return excerpt


def directed(html: str, language: str | None) -> str:
    """Wrap HTML in its direction where that is not the usual one."""
    return f'<div dir="rtl">{html}</div>' if is_right_to_left(language) else html


def byline_of(article: Article) -> tuple[Author, ...]:
    """Give who wrote an article: its own authors, else its provider's."""
    return article.authors or (article.provider.authors if article.provider else ())


def _main(article: Article, content: Content) -> list[str]:
    excerpt = excerpt_of(article, content)
    paragraph = f"<p>{escape(excerpt)}</p>" if excerpt else ""
    if content is Content.EXCERPT:
        return [paragraph]
    body = article.body or paragraph
    return [body] if article.featured_content in body else [article.featured_content, body]


def _picture(article: Article, content: Content) -> str:
    """Show the first picture, for many readers ignore every other place for it, unless the body shows it."""
    image = next((image for image in article.images if is_web_address(image.url)), None)
    if image is None or (content is Content.FULL and _shows(article.body, image)):
        return ""
    caption = f"<figcaption>{escape(image.attribution)}</figcaption>" if image.attribution else ""
    return f"<figure>{_image_tag(image)}{caption}</figure>"


def _shows(body: str, image: Image) -> bool:
    forms = (image.url, escape(image.url), escape(uri(image.url)))
    return any(f'src="{form}"' in body for form in forms)


def _image_tag(image: Image) -> str:
    sizes = "".join(
        f' {name}="{size}"' for name, size in (("width", image.width), ("height", image.height)) if size
    )
    return f'<img src="{escape(uri(image.url))}" alt="{escape(image.title or "")}"{sizes}>'


def _attribution(article: Article) -> str:
    """Say who published and who wrote an article: most readers hide <source> and authors."""
    origin = _origin(article)
    authors = _listed([_author(author) for author in byline_of(article) if one_line(author.name)])
    if origin and authors:
        return f"<p>From {origin}, by {authors}</p>"
    if origin or authors:
        return f"<p>From {origin}</p>" if origin else f"<p>By {authors}</p>"
    return ""


def _origin(article: Article) -> str:
    original = article.original_url or article.link or ""
    provider = article.provider
    name = (one_line(provider.name) or one_line(provider.domain)) if provider else ""
    if is_web_address(original):
        return _anchor(original, name or host_of(uri(original)))
    return escape(name)


def _author(author: Author) -> str:
    return (
        _anchor(author.url, author.name) if author.url and is_web_address(author.url) else escape(author.name)
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _coverage(coverage: Sequence[Coverage]) -> str:
    items = "".join(f"<li>{_coverage_item(one)}</li>" for one in coverage)
    return f"<p>Also covered by:</p><ul>{items}</ul>" if items else ""


def _coverage_item(one: Coverage) -> str:
    return (f"{escape(one.provider)}: " if one.provider else "") + _anchor(one.url, one.title)


def _related(related: Sequence[Related]) -> str:
    items = "".join(f"<li>{_related_item(one)}</li>" for one in related if is_web_address(one.link))
    return f"<p>Related:</p><ul>{items}</ul>" if items else ""


def _related_item(related: Related) -> str:
    provider = one_line(related.provider.name) if related.provider else ""
    title = one_line(related.title) or related.link
    return _anchor(related.link, title) + (f" ({escape(provider)})" if provider else "")


def _anchor(link: str, text: str) -> str:
    return f'<a href="{escape(uri(link))}">{escape(text)}</a>'
