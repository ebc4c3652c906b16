"""A feed as every format renders it, and `compose`, which makes one of a definition and the articles selected for it.

Whatever stands in a FeedDocument may stand in any format: text without illegal characters, ASCII URIs, aware UTC
times in whole seconds. The formats only have to write it down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from feeds.article import Action, Article, Author, Image
from feeds.content import byline_of, entry_html, excerpt_of
from feeds.coverage import Coverage, coverage_of
from feeds.definition import Content, FeedDefinition
from feeds.history import History
from feeds.site import Site, link_of
from feeds.stories import Story
from feeds.text import (
    is_email,
    is_media_type,
    is_right_to_left,
    is_web_address,
    isolate,
    language_tag,
    legal,
    media_type_of,
    one_line,
    uri,
)
from feeds.written import Written

# When a feed that never held anything changed last: a constant, so that its bytes are the same everywhere and always.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_UNKNOWN_MEDIA_TYPE = "application/octet-stream"
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Category:
    """What an entry is about: a name within a scheme, which is the address of the list of such names."""

    term: str
    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry first appeared: the provider's name, home page and picture."""

    title: str
    url: str
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another article, by title and absolute URL."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an entry; length in bytes and duration in whole seconds, None where unknown."""

    url: str
    type: str
    length: int | None = None
    duration: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as a feed shows it.

    id            an absolute IRI, the same in every feed and format
    link          where it is to be read; original_url: where it first appeared, None where that is the link
    summary       plain text, may be empty; content_html is never empty
    language      BCP 47, None where it is not known
    enclosures    its files, the one that counts first: RSS can tell one only
    coverage      other articles on its story, which stand in this feed in no other place; none of them is among `related`
    """

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    content_html: str
    summary: str = ""
    original_url: str | None = None
    language: str | None = None
    authors: tuple[Author, ...] = ()
    source: Source | None = None
    categories: tuple[Category, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    related: tuple[Reference, ...] = ()
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Retraction:
    """An entry that the feed held and that was withdrawn: its id, and when (aware, UTC)."""

    id: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """One feed, or a part of its history, ready to be rendered.

    page_url     the absolute URL of its page for people
    history      the document's place in the history of the feed
    site_url     the absolute URL to which the paths of `history` belong
    query        what stands behind the path and suffix of its own address, with its question mark, escaped
    updated      when it last changed (aware, UTC)
    retractions  what readers should forget
    authors      who answers for the feed; never empty, so that every Atom entry has an author
    icon         a square picture; logo: a wide one
    ttl_minutes  how long it may be kept, None: not said
    entries      those that are still to be written; written: the others, by their places among all of them
    """

    id: str
    title: str
    page_url: str
    history: History
    site_url: str
    updated: datetime
    authors: tuple[Author, ...]
    description: str = ""
    language: str | None = None
    rights: str | None = None
    icon: str | None = None
    logo: str | None = None
    ttl_minutes: int | None = None
    query: str = ""
    entries: tuple[Entry, ...] = ()
    written: Mapping[int, Written] = field(default_factory=dict)
    retractions: tuple[Retraction, ...] = ()

    @property
    def newest(self) -> datetime | None:
        """When the newest entry was published, None where there is none."""
        dates = [entry.published for entry in self.entries]
        return max(dates + [one.published for one in self.written.values()], default=None)

    def self_url(self, suffix: str) -> str:
        """Give the canonical absolute URL of the document in the format of `suffix`, which begins with a dot."""
        return self._url(self.history.path, suffix) + self.query

    def history_urls(self, suffix: str) -> dict[str, str]:
        """Give the absolute URLs of the documents around this one, by their link relation (RFC 5005 section 4)."""
        paths = {
            "current": self.history.current,
            "prev-archive": self.history.previous,
            "next-archive": self.history.next,
        }
        return {relation: self._url(path, suffix) for relation, path in paths.items() if path}

    def _url(self, path: str, suffix: str) -> str:
        return uri(self.site_url + path) + suffix


def compose(
    definition: FeedDefinition,
    articles: Sequence[Article | Story | Written],
    site: Site,
    updated: datetime | None,
    *,
    history: History | None = None,
    retractions: Iterable[tuple[str, datetime]] = (),
    ttl_minutes: int | None = None,
) -> FeedDocument:
    """Make the document of a feed out of its articles, or the stories that they were folded into, which come in their order.

    Of an article that was written before, in the format that the document is for, that may stand in its place.

    updated      when the feed itself last changed, such as by losing an article; None: it never did
    history      the document's place in the feed's history; None: it is the feed itself, and has none
    retractions  identity and time of what was withdrawn
    ttl_minutes  how long readers may go without asking, None: not said
    """
    fresh = [one for one in articles if not isinstance(one, Written)]
    stories = (one if isinstance(one, Story) else Story(one) for one in fresh)
    entries = tuple(_entry(story, definition.content, site) for story in stories)
    written = {place: one for place, one in enumerate(articles) if isinstance(one, Written)}
    dates = [entry.updated for entry in entries] + [one.updated for one in written.values()]
    language = language_tag(site.language)
    return FeedDocument(
        id=site.identity(definition.path.removeprefix("/")),
        title=_title(one_line(definition.title) or definition.path, language),
        page_url=uri(site.address(definition.path)),
        history=history or History(path=definition.path),
        site_url=site.url,
        updated=max([_whole_second(updated or NEVER), *dates]),
        authors=_authors((site.author,) if site.author else ())
        or (Author(name=one_line(site.title) or "-"),),
        description=one_line(definition.description),
        language=language,
        rights=one_line(site.copyright or "") or None,
        icon=_web_address(site.icon),
        logo=_web_address(site.logo),
        ttl_minutes=ttl_minutes,
        entries=entries,
        written=written,
        retractions=tuple(Retraction(legal(identity), _whole_second(when)) for identity, when in retractions),
    )


def _entry(story: Story, content: Content, site: Site) -> Entry:
    article = replace(story.lead, related=story.related()) if story.others else story.lead
    coverage = tuple(coverage_of(other, _link(other, site)) for other in story.others)
    link = _link(article, site)
    original = _web_address(article.original_url)
    language = language_tag(article.language) or language_tag(site.language)
    source = _source(article)
    return Entry(
        id=legal(article.id),
        title=_title(one_line(article.title) or link, language),
        link=link,
        published=_whole_second(article.published),
        updated=_whole_second(article.updated or article.published),
        content_html=entry_html(article, link, content, language, coverage),
        summary=excerpt_of(article, content),
        original_url=original if original != link else None,
        language=language,
        authors=_authors(byline_of(article)) or _institution(source),
        source=source,
        categories=tuple(_categories(article, site)),
        images=_images(article.images),
        enclosures=_enclosures(article),
        related=tuple(
            Reference(one_line(one.title), uri(one.link))
            for one in article.related
            if is_web_address(one.link)
        ),
        coverage=coverage,
    )


def _link(article: Article, site: Site) -> str:
    return _web_address(article.link) or uri(link_of(replace(article, link=None), site))


def _title(title: str, language: str | None) -> str:
    return isolate(title) if is_right_to_left(language) else title


def _whole_second(moment: datetime) -> datetime:
    """Drop what RSS can't say, so that every format says the same."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _web_address(address: str | None) -> str | None:
    return uri(address) if address and is_web_address(address) else None


def _authors(authors: Iterable[Author]) -> tuple[Author, ...]:
    named = ((one_line(author.name), author) for author in authors)
    return tuple(
        Author(name=name, email=_email(author.email), url=_web_address(author.url))
        for name, author in named
        if name
    )


def _email(address: str | None) -> str | None:
    address = legal(address or "").strip()
    return address if is_email(address) else None


def _institution(source: Source | None) -> tuple[Author, ...]:
    """Name the provider where no person is named: else an Atom entry would take the feed's author for its own."""
    return (Author(name=source.title, url=source.url),) if source else ()


def _source(article: Article) -> Source | None:
    """Give the provider, if it has an address. Its own feed's is not known: its home page stands for it."""
    if article.provider is None:
        return None
    domain = one_line(article.provider.domain)
    if not domain:
        return None
    icon = next(filter(None, (_web_address(image.url) for image in article.provider.images)), None)
    return Source(one_line(article.provider.name) or domain, uri(f"https://{domain}/"), icon)


def _categories(article: Article, site: Site) -> Iterable[Category]:
    named = [("topics", topic) for topic in article.topics]
    named += [("categories", article.category)] if article.category else []
    for kind, name in named:
        term = one_line(name)
        if term:
            yield Category(term, term, uri(site.address(f"/{kind}")))


def _images(images: Iterable[Image]) -> tuple[Image, ...]:
    unique: dict[str, Image] = {}
    for image in images:
        if is_web_address(image.url):
            unique.setdefault(uri(image.url), image)
    return tuple(_image(url, image) for url, image in unique.items())


def _image(url: str, image: Image) -> Image:
    return Image(
        url=url,
        width=image.width,
        height=image.height,
        title=one_line(image.title or "") or None,
        attribution=one_line(image.attribution or "") or None,
        is_cached=image.is_cached,
    )


def _enclosures(article: Article) -> tuple[Enclosure, ...]:
    """Give the files among an article's actions, each once. An embedded video has no file, hence no enclosure."""
    files = (enclosure for action in article.actions if (enclosure := _enclosure(action, article.duration)))
    unique: dict[str, Enclosure] = {}
    for file in files:
        unique.setdefault(file.url, file)
    return tuple(unique.values())


def _enclosure(action: Action, duration: int | None) -> Enclosure | None:
    media_type = _media_type(action)
    if media_type is None or not is_web_address(action.url):
        return None
    return Enclosure(
        url=uri(action.url),
        type=media_type,
        length=action.length,
        duration=duration if media_type.startswith(("audio/", "video/")) else None,
        title=one_line(action.title or ""),
    )


def _media_type(action: Action) -> str | None:
    """Tell the media type of what an action leads to, None where that is a page or some other act."""
    said = legal(action.type or "").strip().lower()
    if is_media_type(said):
        return None if said.partition(";")[0].rstrip() in _PAGE_TYPES else said
    if said == "download":
        return media_type_of(action.url) or _UNKNOWN_MEDIA_TYPE
    return media_type_of(action.url) if said in {"audio", "video"} else None
