"""Front matter and body to an Article: the bytes of a file to an Outcome. Pure, and the only reader of article files.

`secured`, wherever it stands, is dropped unread: no value of it gets into an article, a problem, or anything that lives on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from aggregator.clean.html import markdown_to_html, sanitise
from aggregator.clean.markup_limits import excess_of, excess_of_markdown
from aggregator.clean.plain_text import legal, repaired
from aggregator.errors import Problem
from aggregator.frontmatter import fields, values, yaml_nodes
from aggregator.frontmatter.fields import Surroundings
from aggregator.frontmatter.hidden_mark import hiding_line
from aggregator.frontmatter.keys import ArticleKeys, told
from aggregator.frontmatter.nodes import is_within_text, nodes, plain_nodes
from aggregator.frontmatter.parts import FilePartsError, front_lines, is_empty, split, stray_front
from aggregator.frontmatter.values import ValueProblem, shown
from aggregator.frontmatter.yaml_nodes import (
    LINE_BREAK,
    At,
    Node,
    Place,
    Scalar,
    YamlNodesError,
    says_secured,
)
from feeds.article import Article
from feeds.site import Site, page_path

# Raised when the same file would be read differently: it makes every file be read again.
READER_VERSION = 8

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_FILE_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-|$)")
_PLACEHOLDER = re.compile(r"\{(year|month|day|slug|path|source)\}")
_HTML_SUFFIXES = (".html", ".htm")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the articles of one source are read: all that decides the outcome besides a file's path and bytes.

    timezone          of times without an offset
    fields            our key to the name that this source's files use for it
    permalink         pattern of the URL of an article that names none, None: its own page here
    embeds            hosts whose iframes may stay
    max_front_matter  bytes
    """

    source: str
    site: Site
    timezone: tzinfo
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    permalink: str | None = None
    embeds: tuple[str, ...] = ()
    max_front_matter: int = 256 * 1024


class Outcome(NamedTuple):
    """What a file holds: an article, perhaps with warnings; or none and the errors that keep it out; or neither, being no article.

    is_hidden  whether a file that can't be read as an article says all the same that nobody is to see it
    is_empty   whether there is nothing in the file, as a full disk or a crash leaves it
    """

    article: Article | None = None
    problems: tuple[Problem, ...] = ()
    is_hidden: bool = False
    is_empty: bool = False

    def emptied(self, file: str) -> "Outcome":
        """Give the outcome for an empty file that held an article before: it most likely lost that, and its last good version is to stay."""
        reason = "is empty, expected the article that it held; delete the file to withdraw that"
        return self._replace(problems=(Problem(file=file, reason=reason),))


def reading_digest(reading: Reading) -> str:
    """Give a text that differs when files would be read differently, and is the same after a restart."""
    parts = (
        READER_VERSION,
        reading.source,
        (reading.site.url, reading.site.tag, reading.site.language),
        str(reading.timezone),
        sorted(reading.fields.items()),
        reading.permalink,
        sorted(reading.embeds),
        reading.max_front_matter,
    )
    return sha256(repr(parts).encode()).hexdigest()


def read_article(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    """Read the file at `path` (POSIX, below the source's folder), which problems call `file`. Never raises."""
    try:
        return _read(data, path, reading, file)
    except FilePartsError as error:
        place: Place = At(error.line - 1, 0)
        reason, key = error.reason, None
    except YamlNodesError as error:
        reason, place, key = f"the front matter {error.reason}", error.place, error.key and told(error.key)
    problem = Problem(file=file, reason=reason, line=place.line + 1, column=place.column + 1, key=key)
    return Outcome(problems=(problem,), is_hidden=says_hidden(data, reading))


def says_hidden(data: bytes, reading: Reading) -> bool:
    """Tell whether a file that can't be read, or its beginning, says that nobody is to see it."""
    lines = front_lines(data, reading.max_front_matter)
    return hiding_line(lines, reading.fields, is_broken=True) is not None


def _read(data: bytes, path: str, reading: Reading, file: str) -> Outcome:
    parts = split(data, reading.max_front_matter, path)
    if parts is None:
        return Outcome(is_empty=is_empty(data))
    _expect_all_in_front(*parts, reading)
    plain = plain_nodes(parts[0])
    if plain is not None:
        outcome = _ArticleReader(ArticleKeys(plain, reading.fields, file), path, reading).read(parts[1])
        # Where there is something to tell, it is to be told with its place.
        if not outcome.problems:
            return outcome
    node = nodes(parts[0])
    if node is None or yaml_nodes.is_null(node):
        return Outcome()
    if not isinstance(node, yaml_nodes.Mapping):
        what = "a list" if isinstance(node, yaml_nodes.Listing) else "text"
        raise YamlNodesError(f"is {what}, expected keys and values", node.place)
    outcome = _ArticleReader(ArticleKeys(node, reading.fields, file), path, reading).read(parts[1])
    if outcome.article is None or not _is_hidden(outcome.article):
        _expect_no_swallowed_mark(parts[0], reading)
    return outcome


def _expect_all_in_front(front: str, body: str, reading: Reading) -> None:
    """Refuse a file whose front matter goes on in its body with what is not to be shown, or says that nothing is."""
    start, stray = stray_front(body)
    if not stray:
        return
    lines = LINE_BREAK.split(stray)
    if says_secured(stray):
        what = "a line of secured"
    elif hiding_line(lines, reading.fields, is_broken=False) is not None:
        what = "a line that hides the article"
    else:
        return
    line = front.count("\n") + 2 + body.count("\n", 0, start)
    reason = f"front matter with {what} goes on behind the line that closes it, or begins anew there; expected all of it before that line"
    raise FilePartsError(reason, line)


def _is_hidden(article: Article) -> bool:
    return not article.is_published or article.is_removed


def _expect_no_swallowed_mark(front: str, reading: Reading) -> None:
    """Refuse front matter of which libyaml has read a line that hides the article as part of a text."""
    number = hiding_line(LINE_BREAK.split(front), reading.fields, is_broken=False)
    if number is None or not is_within_text(front, number):
        return
    raise YamlNodesError(
        "has a line that hides the article within a text, as where a quotation mark is left open",
        At(number, 0),
    )


def written_keys(data: bytes, reading: Reading, file: str) -> ArticleKeys | None:
    """Give the keys of a file with their places, None where it has none that can be read. Never raises."""
    try:
        parts = split(data, reading.max_front_matter, file)
        node = nodes(parts[0]) if parts else None
    except (FilePartsError, YamlNodesError):
        return None
    return ArticleKeys(node, reading.fields, file) if isinstance(node, yaml_nodes.Mapping) else None


class _ArticleReader:
    """Reads one file that has keys."""

    def __init__(self, keys: ArticleKeys, path: str, reading: Reading) -> None:
        self._keys = keys
        self._path = path
        self._name = path.rpartition("/")[2]
        self._reading = reading
        self._moment = values.moment(reading.timezone)

    def read(self, body: str) -> Outcome:
        keys = self._keys
        title = keys.get("title", values.line)
        published = self._published()
        if not title and published is None and not keys.problems:
            return Outcome()
        if not title:
            keys.missing("title", "the title as text")
        if published is None:
            keys.missing("publishedDateTime", "a date, or a file name that begins with one")
        # Read all the same: an editor is to hear of everything at once.
        article = self._article(title or "", published or _NO_DATE, body)
        if not keys.problems:
            return Outcome(article=article)
        is_hidden = _is_hidden(article)
        # Where what decides can't be read, nobody may see it. What has no date, and no mark, is no secret.
        is_unclear = self._is_unclear("published", "draft", "removed", "deleted", "publishedDateTime")
        hidden_until = _NEVER if is_hidden or is_unclear else published
        problems = tuple(replace(problem, hidden_until=hidden_until) for problem in keys.problems)
        if not keys.has_errors:
            return Outcome(article=article, problems=problems)
        # Whatever else is wrong, what is to be hidden is: its last good version would go on being served.
        return Outcome(article=self._withdrawn(article) if is_hidden else None, problems=problems)

    def _withdrawn(self, article: Article) -> Article:
        """Give an article that has errors and is to be hidden: it claims no identity that another file may have."""
        place = self._reading.site.identity(f"{self._reading.source}/{self._path}")
        is_unclear = self._is_unclear("id", "originalUrl", "webUrl")
        return replace(article, id=place) if is_unclear else article

    def _is_unclear(self, *keys: str) -> bool:
        """Tell whether something is wrong with what stands under one of these keys."""
        written = {self._keys.written(key).lower() for key in keys if self._keys.find(key) is not None}
        return any((problem.key or "").lower() in written for problem in self._keys.problems)

    def _published(self) -> datetime | None:
        if self._keys.find("publishedDateTime") is not None:
            return self._keys.get("publishedDateTime", self._moment)
        # The name's date stands in only where there is a title: else any file with a dated name would be an article.
        found = _FILE_DATE.match(self._name.partition(".")[0])
        if found is None or self._keys.find("title") is None:
            return None
        named = Scalar(found[1], "", At(0, 0))
        return self._keys.read("publishedDateTime", self._moment, named)

    def _article(self, title: str, published: datetime, body: str) -> Article:
        get, site = self._keys.get, self._reading.site
        original = get("originalUrl", values.web_address)
        web = get("webUrl", values.web_address)
        identity = self._identity(original, web)
        link = web or original or self._permalink(published)
        around = Surroundings(
            base=link or site.address(page_path(identity)),
            link=link,
            zone=self._reading.timezone,
            warn=self._keys.warn,
        )
        return Article(
            id=identity,
            source=self._reading.source,
            path=self._path,
            title=title,
            published=published,
            updated=get("updatedDateTime", self._moment),
            excerpt=get("excerpt", values.line) or "",
            body=self._body(body, around.base),
            featured_content=get("featuredContent", self._html(around.base)) or "",
            link=link,
            original_url=original,
            category=self._category(),
            type=get("type", values.line) or None,
            language=get("locale", values.language) or site.language,
            quality=get("quality", values.mark(0, lambda problem: around.warn("quality", problem))),
            heat=get("heat", values.mark(-1, lambda problem: around.warn("heat", problem))),
            duration=get("length", values.duration),
            provider=get("provider", fields.provider(around)),
            authors=get("authors", fields.authors) or (),
            topics=get("topics", self._topics) or (),
            images=get("images", fields.images(around)) or (),
            related=get("related", fields.related(around)) or (),
            actions=get("actions", fields.actions(around)) or (),
            is_published=self._is_published(),
            is_removed=self._is_removed(),
        )

    def _category(self) -> str | None:
        """Give the first: an article has one. That others are left out is said."""
        keys = self._keys
        named, node = keys.get("category", values.lines) or (), keys.find("category")
        if not named or node is None:
            return None
        several = [("category", node)] if len(named) > 1 else []
        for key, unused in (*several, *keys.spare("category")):
            keys.warn(key, ValueProblem(unused, f"one category; {named[0]!r} is used"))
        return named[0]

    def _topics(self, node: Node) -> tuple[str, ...]:
        if values.is_switch(node):
            name = shown(node)
            self._keys.warn(
                "topics", ValueProblem(node, f"a list of names; {name} is used as the name of one")
            )
        return values.names(node)

    def _is_published(self) -> bool:
        return not (self._says("published", is_true=False) or self._says("draft", is_true=True))

    def _is_removed(self) -> bool:
        return self._says("removed", is_true=True) or self._says("deleted", is_true=True)

    def _says(self, key: str, *, is_true: bool) -> bool:
        """Tell whether a mark says that; where it stands more than once, but for the case of its name, whether any of them does.

        By another name it may mean anything: a source's `fields` says which counts.
        """
        name = self._keys.written(key).lower()
        said = [self._keys.get(key, values.boolean)]
        for other, node in self._keys.spare(key):
            if other.lower() == name:
                said.append(self._keys.read(other, values.boolean, node))
        return is_true in said

    # Identity and address

    def _identity(self, original: str | None, web: str | None) -> str:
        written = self._keys.get("id", values.word)
        if written:
            return written if _IRI.fullmatch(written) else self._reading.site.identity(written)
        return original or web or self._reading.site.identity(f"{self._reading.source}/{self._path}")

    def _permalink(self, published: datetime) -> str | None:
        if self._reading.permalink is None:
            return None
        day = published.astimezone(self._reading.timezone)
        stem = self._name.rpartition(".")[0] or self._name
        parts = {
            "year": f"{day.year:04}",
            "month": f"{day.month:02}",
            "day": f"{day.day:02}",
            "slug": stem[dated.end() :] or stem if (dated := _FILE_DATE.match(stem)) else stem,
            "path": self._path.removesuffix(self._name) + stem,
            "source": self._reading.source,
        }
        return _PLACEHOLDER.sub(lambda found: quote(parts[found[1]]), self._reading.permalink)

    # Text

    def _body(self, body: str, base: str) -> str:
        text = legal(repaired(body)).strip()
        if not text:
            return ""
        is_html = self._name.lower().endswith(_HTML_SUFFIXES)
        excess = None if is_html else excess_of_markdown(text)
        html = text if is_html or excess else markdown_to_html(text)
        excess = excess or excess_of(html, is_rendered=not is_html and "<" not in text)
        if excess is not None:
            self._keys.refuse(f"the body has more than {excess}, expected fewer")
            return ""
        return sanitise(html, base, self._reading.embeds)

    def _html(self, base: str) -> Callable[[Node], str]:
        def read(node: Node) -> str:
            html = values.text(node)
            excess = excess_of(html)
            if excess is not None:
                raise ValueProblem(node, f"HTML of at most {excess}")
            return sanitise(html, base, self._reading.embeds)

        return read
