"""The parts of an article that are more than one value: provider, pictures, people, related articles, actions. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.frontmatter import values
from aggregator.frontmatter.keys import DATES, HIDING
from aggregator.frontmatter.values import ValueProblem, items_of, member
from aggregator.frontmatter.yaml_nodes import Mapping, Node, Scalar
from feeds.article import Action, Author, Image, Provider, Related
from feeds.slug import slug
from feeds.text import provider_domain

# Other tools' names: Hugo themes say src, jekyll-seo-tag path, and several a cover's image.
_PICTURE_ADDRESSES = ("url", "src", "path", "image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What reading a part depends on besides its text.

    base  the absolute URL that relative addresses are relative to
    link  where the article is to be read, None: on its own page here
    zone  of times without an offset
    warn  told of what was mended: the key, and what is wrong with its value
    """

    base: str
    link: str | None
    zone: tzinfo
    warn: Callable[[str, ValueProblem], None]


def provider(around: Surroundings) -> Callable[[Node], Provider | None]:
    """Give a reader of providers: a mapping, or a name alone. One without a domain has the host of the article's link."""

    def read(node: Node) -> Provider | None:
        if isinstance(node, Scalar):
            if values.is_switch(node):
                reason = f"a mapping with name and domain; {node.text!r} is used as the name"
                around.warn("provider", ValueProblem(node, reason))
            return _provider(values.line(node), None, around.link)
        fields = values.mapping(node, "a mapping with name and domain")
        name = member(fields, values.line, "name") or ""
        domain = member(fields, values.domain, "domain")
        shown = member(fields, images(around), "images") or ()
        people = member(fields, authors, "authors", "author") or ()
        return _provider(name, domain and provider_domain(domain), around.link, shown, people)

    return read


def _provider(
    name: str,
    domain: str | None,
    link: str | None,
    images: tuple[Image, ...] = (),
    authors: tuple[Author, ...] = (),
) -> Provider | None:
    domain = domain or (link and _domain_of(link)) or (slug(name) if name else None)
    return Provider(name=name or domain, domain=domain, images=images, authors=authors) if domain else None


def _domain_of(link: str) -> str:
    return provider_domain(values.domain_of(link) or "")


def images(around: Surroundings) -> Callable[[Node], tuple[Image, ...]]:
    """Give a reader of pictures: a list of mappings or URLs, or one of them."""
    read_address = values.address(around.base)
    return lambda node: tuple([_image(one, read_address) for one in items_of(node)])


def _image(node: Node, read_address: Callable[[Node], str]) -> Image:
    if isinstance(node, Scalar):
        return Image(url=read_address(node))
    fields = values.mapping(node, "a URL, or a mapping with url")
    url = member(fields, read_address, *_PICTURE_ADDRESSES)
    if url is None:
        raise ValueProblem(fields, "a mapping with url")
    return Image(
        url=url,
        width=member(fields, values.size, "width"),
        height=member(fields, values.size, "height"),
        title=member(fields, values.line, "title", "alt") or None,
        attribution=member(fields, values.line, "attribution") or None,
        is_cached=member(fields, values.boolean, "isCached") or False,
    )


def authors(node: Node) -> tuple[Author, ...]:
    """Read people: a list of mappings or names, or one of them; those without a name are left out."""
    named = [_author(one) for one in items_of(node)]
    return tuple(author for author in named if author.name)


def _author(node: Node) -> Author:
    if isinstance(node, Scalar):
        return Author(name=values.line(node))
    fields = values.mapping(node, "a name, or a mapping with name")
    return Author(
        name=member(fields, values.line, "name") or "",
        email=member(fields, values.line, "email") or None,
        url=member(fields, values.web_address, "url"),
    )


def related(around: Surroundings) -> Callable[[Node], tuple[Related, ...]]:
    """Give a reader of other articles in short form: a list of mappings, or one. Those that say they are not public are left out."""

    def read(node: Node) -> tuple[Related, ...]:
        shortened = [values.mapping(one, "an article in short form") for one in items_of(node)]
        return tuple([_related(fields, around) for fields in shortened if not _is_hidden(fields)])

    return read


def _is_hidden(fields: Mapping) -> bool:
    """Tell whether an article in short form says that it is not public, in whatever case."""
    marks = [(key.lower(), key) for key in fields.items if key.lower() in HIDING]
    return any(member(fields, values.boolean, key) is HIDING[mark] for mark, key in marks)


def _dates(fields: Mapping) -> list[str]:
    """Give the keys of an article in short form that have its date, in whatever case, the one that counts first."""
    written = {key.lower(): key for key in fields.items}
    return [written[name.lower()] for name in DATES if name.lower() in written]


def _related(fields: Mapping, around: Surroundings) -> Related:
    title = member(fields, values.line, "title")
    link = member(fields, values.web_address, "webUrl", "originalUrl")
    if not title or link is None:
        raise ValueProblem(fields, "a mapping with title and originalUrl")
    own = Surroundings(
        base=link,
        link=link,
        zone=around.zone,
        warn=lambda key, problem: around.warn(f"related.{key}", problem),
    )
    read_quality = values.mark(0, lambda problem: own.warn("quality", problem))
    return Related(
        title=title,
        link=link,
        excerpt=member(fields, values.line, "excerpt", "description", "summary") or "",
        published=member(fields, values.moment(around.zone), *_dates(fields)),
        type=member(fields, values.line, "type") or None,
        quality=member(fields, read_quality, "quality"),
        provider=member(fields, provider(own), "provider"),
        images=member(fields, images(own), "images", "image") or (),
    )


def actions(around: Surroundings) -> Callable[[Node], tuple[Action, ...]]:
    """Give a reader of what may be done with an article: a list of mappings with url, or one."""
    return lambda node: tuple(_action(one, around) for one in items_of(node))


def _action(node: Node, around: Surroundings) -> Action:
    fields: Mapping = values.mapping(node, "a mapping with url, type and title")
    url = member(fields, values.address(around.base), "url")
    if url is None:
        raise ValueProblem(fields, "a mapping with url")
    return Action(
        url=url,
        type=member(fields, values.line, "type") or None,
        title=member(fields, values.line, "title") or None,
        length=member(fields, values.size, "length"),
    )
