"""Front matter and body to an Article: the bytes of a file to an Outcome. Pure, and the only reader of articles' YAML.

`secured`, wherever it stands, is never looked at: no value of it gets into an article, a problem, or anything that lives on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import TypeVar
from urllib.parse import urlsplit

from aggregator import article_values as values
from aggregator import yaml_nodes
from aggregator.article_values import ValueProblem
from aggregator.clean import legal, markdown_to_html, repaired, sanitise
from aggregator.errors import Problem, Severity
from aggregator.yaml_nodes import Node, Scalar, YamlNodesError, read_nodes
from feeds.article import Action, Article, Author, Image, Provider, Related
from feeds.site import Site, page_path
from feeds.slug import slug

T = TypeVar("T")

# Raised when the same file would be read differently: it makes every file be read again.
READER_VERSION = 1

_OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*(?:\r?\n|\Z)")
_CLOSING = re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_FILE_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-|$)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_HTML_SUFFIXES = (".html", ".htm")

# Our keys, each with the names by which other tools know it, in the order in which they are looked for.
_NAMES = {
    "excerpt": ("description", "summary"),
    "publishedDateTime": ("date",),
    "updatedDateTime": ("lastmod", "last_modified_at"),
    "originalUrl": ("canonicalUrl", "canonical_url"),
    "topics": ("tags",),
    "category": ("categories",),
    "authors": ("author",),
    "locale": ("lang", "language"),
    "images": ("image",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the articles of one source are read: all that decides the outcome besides a file's path and bytes.

    fields     our key to the name that this source's files use for it
    permalink  pattern of the URL of an article that names none, None: its own page here
    embeds     hosts whose iframes may stay
    """

    source: str
    site: Site
    timezone: tzinfo
    fields: Mapping[str, str] = field(default_factory=dict)
    permalink: str | None = None
    embeds: tuple[str, ...] = ()
    max_front_matter: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a file holds: an article, perhaps with warnings; or none and the errors that keep it out; or neither, being no article."""

    article: Article | None = None
    problems: tuple[Problem, ...] = ()


def reading_digest(reading: Reading) -> str:
    """Give a text that differs when files would be read differently."""
    site = (reading.site.url, reading.site.tag, reading.site.language)
    parts = (
        READER_VERSION,
        reading.source,
        site,
        str(reading.timezone),
        sorted(reading.fields.items()),
        reading.permalink,
        reading.embeds,
        reading.max_front_matter,
    )
    return sha256(repr(parts).encode()).hexdigest()


def read_article(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    """Read the file at `path` (POSIX, below the source's folder), which problems call `file`."""
    try:
        parts = _split(data, reading.max_front_matter)
        if parts is None:
            return Outcome()
        front, body = parts
        node = read_nodes(front)
    except _FileProblem as problem:
        return Outcome(problems=(Problem(file=file, reason=str(problem), line=problem.line, column=1),))
    except YamlNodesError as error:
        reason = f"the front matter {error.reason}"
        return Outcome(
            problems=(Problem(file=file, reason=reason, line=error.line + 1, column=error.column),)
        )
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return Outcome()
    if not isinstance(node, yaml_nodes.Mapping):
        reason = f"the front matter is {values.shown(node)}, expected keys and values"
        return Outcome(problems=(Problem(file=file, reason=reason, line=node.line + 1, column=node.column),))
    return _ArticleReader(node, path, reading, file).read(body)


class _FileProblem(Exception):  # noqa: N818  it becomes a Problem
    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def _split(data: bytes, max_front_matter: int) -> tuple[str, str] | None:
    """Cut a file into front matter and body, None where it has no front matter."""
    opening = _OPENING.match(data)
    if opening is None:
        return None
    closing = _CLOSING.search(data, opening.end(), opening.end() + max_front_matter + 4)
    if closing is None:
        if len(data) - opening.end() > max_front_matter:
            raise _FileProblem(
                f"the front matter is longer than {max_front_matter} bytes, expected a line '---' before", 1
            )
        raise _FileProblem("the front matter that begins here is not closed, expected another line '---'", 1)
    return legal(_decoded(data, opening.end(), closing.start())), _decoded(data, closing.end(), len(data))


def _decoded(data: bytes, start: int, end: int) -> str:
    try:
        return data[start:end].decode()
    except UnicodeDecodeError as error:
        offset = start + error.start
        line = data.count(b"\n", 0, offset) + 1
        raise _FileProblem(
            f"byte {offset} (0x{data[offset]:02x}) is not UTF-8, expected text in UTF-8", line
        ) from None


class _ArticleReader:
    """Reads one file's keys; takes note of what is wrong, so that all of it is told at once."""

    def __init__(self, root: yaml_nodes.Mapping, path: str, reading: Reading, file: str) -> None:
        self._root = root
        self._path = path
        self._reading = reading
        self._file = file
        self._problems: list[Problem] = []

    def read(self, body: str) -> Outcome:
        title = self._get("title", values.line)
        published = self._published()
        if not title and published is None and not self._problems:
            return Outcome()
        if not title:
            self._missing("title", "the title as text")
        if published is None:
            self._missing("publishedDateTime", "a date, or a file name that begins with one")
        article = self._article(title or "", published, body) if published is not None else None
        if article is None or any(problem.severity is Severity.ERROR for problem in self._problems):
            return Outcome(problems=tuple(self._problems))
        return Outcome(article=article, problems=tuple(self._problems))

    def _published(self) -> datetime | None:
        written = self._get("publishedDateTime", lambda node: values.moment(node, self._reading.timezone))
        # The date of a file's name stands in for a key only where there is a title: else any dated file would be an article.
        if written is not None or self._node("publishedDateTime") is not None or self._node("title") is None:
            return written
        match = _FILE_DATE.match(self._path.rpartition("/")[2].partition(".")[0])
        if match is None:
            return None
        named = Scalar(match[1], is_null=False, line=0, column=1)
        return self._read(
            "publishedDateTime", named, lambda node: values.moment(node, self._reading.timezone)
        )

    def _article(self, title: str, published: datetime, body: str) -> Article:
        site = self._reading.site
        original = self._get("originalUrl", values.web_address)
        web = self._get("webUrl", values.web_address)
        identity = self._identity(original, web)
        link = web or original or self._permalink(published)
        base = link or site.address(page_path(identity))
        is_draft = self._get("draft", values.boolean) or False
        return Article(
            id=identity,
            source=self._reading.source,
            path=self._path,
            title=title,
            published=published,
            updated=self._get("updatedDateTime", lambda node: values.moment(node, self._reading.timezone)),
            excerpt=self._get("excerpt", values.line) or "",
            body=self._body(body, base),
            featured_content=self._get("featuredContent", lambda node: self._html(values.text(node), base))
            or "",
            link=link,
            original_url=original,
            category=next(iter(self._get("category", values.lines) or ()), None),
            type=self._get("type", values.line) or None,
            language=self._get("locale", values.language) or site.language,
            quality=self._mark("quality", 0),
            heat=self._mark("heat", -1),
            duration=self._get("length", values.duration),
            provider=self._get("provider", lambda node: self._provider(node, base, link)),
            authors=self._get("authors", _authors) or (),
            topics=self._get("topics", values.lines) or (),
            images=self._get("images", lambda node: _images(node, base)) or (),
            related=self._get("related", values.each(self._related, "articles in short form")) or (),
            actions=self._get(
                "actions", values.each(lambda one: _action(one, base), "a list of url, type and title")
            )
            or (),
            is_published=(self._get("published", values.boolean) is not False) and not is_draft,
            is_removed=bool(self._get("removed", values.boolean))
            or bool(self._get("deleted", values.boolean)),
        )

    # Keys

    def _node(self, key: str) -> Node | None:
        """Give what stands under a key, by the source's own name for it, ours, or another tool's; nothing where it is null."""
        own = self._reading.fields.get(key)
        for name in (*((own,) if own else ()), key, *_NAMES.get(key, ())):
            node = self._root.items.get(name) if name != "secured" else None
            if node is not None and not (isinstance(node, Scalar) and node.is_null):
                return node
        return None

    def _get(self, key: str, read: Callable[[Node], T]) -> T | None:
        node = self._node(key)
        return None if node is None else self._read(key, node, read)

    def _read(self, key: str, node: Node, read: Callable[[Node], T]) -> T | None:
        try:
            return read(node)
        except ValueProblem as problem:
            at = problem.node
            self._note(key, problem.reason, at, problem.value)
            return None

    def _note(self, key: str, reason: str, at: Node, value: str, severity: Severity = Severity.ERROR) -> None:
        # The front matter begins in the file's second line.
        problem = Problem(
            file=self._file,
            line=at.line + 1,
            column=at.column,
            key=key,
            value=value,
            reason=reason,
            severity=severity,
        )
        self._problems.append(problem)

    def _missing(self, key: str, expected: str) -> None:
        if not any(problem.key == key for problem in self._problems):
            self._problems.append(
                Problem(file=self._file, line=1, column=1, key=key, reason=f"is missing, expected {expected}")
            )

    def _mark(self, key: str, lowest: int) -> int | None:
        """Read a mark up to 100: one out of its range counts as the end of the range, with a warning; -1 is unknown."""
        mark = self._get(key, values.whole_number)
        if mark is None or mark == -1:
            return None
        clamped = max(lowest, min(100, mark))
        node = self._node(key)
        if clamped != mark and node is not None:
            reason = f"is {mark}, expected {lowest} to 100; {clamped} is used"
            self._note(key, reason, node, str(mark), Severity.WARNING)
        return None if clamped == -1 else clamped

    # Identity and address

    def _identity(self, original: str | None, web: str | None) -> str:
        written = (self._get("id", values.line) or "").strip()
        if written:
            return written if _IRI.fullmatch(written) else self._reading.site.identity(written)
        return original or web or self._reading.site.identity(f"{self._reading.source}/{self._path}")

    def _permalink(self, published: datetime) -> str | None:
        if self._reading.permalink is None:
            return None
        day = published.astimezone(self._reading.timezone)
        stem = self._path.rpartition("/")[2].rpartition(".")[0]
        parts = {
            "year": f"{day:%Y}",
            "month": f"{day:%m}",
            "day": f"{day:%d}",
            "source": self._reading.source,
        }
        parts |= {"slug": _FILE_DATE.sub("", stem, count=1) or stem, "path": self._path.rpartition(".")[0]}
        link = self._reading.permalink
        for name, value in parts.items():
            link = link.replace(f"{{{name}}}", value)
        return link

    # Text

    def _body(self, body: str, base: str) -> str:
        text = repaired(legal(body)).strip()
        if not text:
            return ""
        return self._html(
            text if self._path.lower().endswith(_HTML_SUFFIXES) else markdown_to_html(text), base
        )

    def _html(self, html: str, base: str) -> str:
        return sanitise(html, base, self._reading.embeds)

    # Mappings

    def _provider(self, node: Node, base: str, link: str | None) -> Provider | None:
        if isinstance(node, Scalar):
            node = yaml_nodes.Mapping({"name": node}, node.line, node.column)
        fields = values.mapping(node, "a mapping with name and domain")
        name = _optional(fields, "name", values.line) or ""
        domain = _optional(fields, "domain", values.domain) or _host(link) or (slug(name) if name else "")
        if not domain:
            return None
        images = _optional(fields, "images", lambda images: _images(images, base)) or ()
        return Provider(
            name=name or domain,
            domain=domain,
            images=images,
            authors=_optional(fields, "authors", _authors) or (),
        )

    def _related(self, fields: yaml_nodes.Mapping) -> Related:
        site = self._reading.site
        link = _optional(fields, "webUrl", values.web_address) or _optional(
            fields, "originalUrl", values.web_address
        )
        title = _optional(fields, "title", values.line)
        if not title or link is None:
            raise ValueProblem(fields, "a title and a webUrl or originalUrl")
        provider = fields.items.get("provider")
        return Related(
            title=title,
            link=link,
            excerpt=_optional(fields, "excerpt", values.line) or "",
            published=_optional(
                fields, "publishedDateTime", lambda node: values.moment(node, self._reading.timezone)
            ),
            type=_optional(fields, "type", values.line) or None,
            quality=_optional(fields, "quality", _bounded_mark),
            provider=self._provider(provider, site.url, link)
            if provider is not None and not _is_null(provider)
            else None,
            images=_optional(fields, "images", lambda node: _images(node, link)) or (),
        )


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _optional(fields: yaml_nodes.Mapping, key: str, read: Callable[[Node], T]) -> T | None:
    node = fields.items.get(key)
    return None if node is None or _is_null(node) else read(node)


def _bounded_mark(node: Node) -> int | None:
    mark = values.whole_number(node)
    return None if mark == -1 else max(0, min(100, mark))


def _host(link: str | None) -> str:
    host = (urlsplit(link).hostname or "") if link else ""
    return host.removeprefix("www.")


def _images(node: Node, base: str) -> tuple[Image, ...]:
    nodes = node.items if isinstance(node, yaml_nodes.Listing) else [node]
    return tuple(_image(one, base) for one in nodes)


def _image(node: Node, base: str) -> Image:
    if isinstance(node, Scalar):
        return Image(url=values.address(base)(node))
    fields = values.mapping(node, "a URL, or a mapping with url")
    url = fields.items.get("url")
    if url is None or _is_null(url):
        raise ValueProblem(fields, "a mapping with url")
    return Image(
        url=values.address(base)(url),
        width=_optional(fields, "width", _pixels),
        height=_optional(fields, "height", _pixels),
        title=_optional(fields, "title", values.line) or None,
        attribution=_optional(fields, "attribution", values.line) or None,
        is_cached=_optional(fields, "isCached", values.boolean) or False,
    )


def _pixels(node: Node) -> int | None:
    """Read a width or height; one that is not positive is unknown."""
    number = values.whole_number(node)
    return number if number > 0 else None


def _authors(node: Node) -> tuple[Author, ...]:
    nodes = node.items if isinstance(node, yaml_nodes.Listing) else [node]
    named = [_author(one) for one in nodes if not _is_null(one)]
    return tuple(author for author in named if author.name)


def _author(node: Node) -> Author:
    if isinstance(node, Scalar):
        return Author(name=values.line(node))
    fields = values.mapping(node, "a name, or a mapping with name")
    return Author(
        name=_optional(fields, "name", values.line) or "",
        email=_optional(fields, "email", values.line) or None,
        url=_optional(fields, "url", values.web_address),
    )


def _action(fields: yaml_nodes.Mapping, base: str) -> Action:
    url = _optional(fields, "url", values.address(base))
    if url is None:
        raise ValueProblem(fields, "a mapping with url")
    return Action(
        url=url,
        type=_optional(fields, "type", values.line) or None,
        title=_optional(fields, "title", values.line) or None,
        length=_optional(fields, "length", values.whole_number),
    )
