"""An explanation as text for people, or as JSON for programs. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from typing import Any

from aggregator import printable
from aggregator.explain.explanation import Explanation
from aggregator.explain.judging import FeedVerdict
from aggregator.explain.standing import moment
from aggregator.printable import on_one_line
from feeds.article import Article
from feeds.text import opening

_OPENING = 60
_MARKUP = ("body", "featured_content")
# What the lines above the values say already.
_TOLD = frozenset({"source", "path", "is_published", "is_removed"})


def as_text(explanation: Explanation, *, every_feed: bool) -> str:
    """Write an explanation as lines; `every_feed` names also the automatic feeds that do not hold the article."""
    return "\n".join(map(on_one_line, _lines(explanation, every_feed=every_feed)))


def as_json(explanation: Explanation) -> str:
    """Write an explanation as one JSON object, with every feed."""
    document = {
        "file": explanation.file,
        "source": explanation.source,
        "state": explanation.standing.word,
        "detail": explanation.standing.detail,
        "is_public": explanation.is_public,
        "article": explanation.article and asdict(explanation.article),
        "problems": [asdict(problem) for problem in explanation.problems],
        "others": explanation.others,
        "feeds": [asdict(feed) for feed in explanation.feeds],
    }
    return printable.as_json(document, default=datetime.isoformat)


def _lines(explanation: Explanation, *, every_feed: bool) -> Iterator[str]:
    source = f" (source {explanation.source})" if explanation.source else ""
    yield f"{explanation.file}{source}"
    yield f"state: {explanation.standing}"
    yield from (f"problem: {problem}" for problem in explanation.problems)
    yield from (f"same identity: {file}" for file in explanation.others)
    if explanation.article is not None:
        yield ""
        yield "values:" if not _is_older(explanation) else "values of the last good version:"
        yield from _values(explanation.article)
    if explanation.feeds:
        yield ""
        yield "feeds:" if explanation.is_public else "feeds, if it were published:"
        yield from _feeds(explanation.feeds, every_feed=every_feed)


def _is_older(explanation: Explanation) -> bool:
    return explanation.standing.word == "broken"


def _values(article: Article) -> Iterator[str]:
    for field in fields(article):
        value = getattr(article, field.name)
        if field.name not in _TOLD and value not in (None, "", ()):
            shown = _markup(value) if field.name in _MARKUP else _shown(value)
            yield f"  {field.name:<16} {shown}"


def _markup(html: str) -> str:
    return f"{len(html)} characters of HTML: {opening(html, _OPENING)}".rstrip(": ")


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return _part(value) if is_dataclass(value) else str(value)


def _part(value: Any) -> str:
    """Name a part of an article: a person, a picture, a provider."""
    name = getattr(value, "title", None) or getattr(value, "name", None) or value.url
    aside = getattr(value, "domain", None) or getattr(value, "link", None)
    return f"{name} ({aside})" if aside else str(name)


def _feeds(feeds: Iterable[FeedVerdict], *, every_feed: bool) -> Iterator[str]:
    left_out = 0
    for feed in feeds:
        if feed.is_automatic and not feed.is_in and not every_feed:
            left_out += 1
            continue
        yield f"  {'in ' if feed.is_in else 'out'}  {feed.path}" + _remark(feed)
        if not feed.is_automatic:
            yield from (
                f"         {'yes' if one.holds else 'no '}  {one.criterion} {one.wanted}: {one.found}"
                for one in feed.criteria
            )
    if left_out:
        noun = "feed" if left_out == 1 else "feeds"
        yield f"  out  {left_out} automatic {noun} of other topics, providers or categories (--all names them)"


def _remark(feed: FeedVerdict) -> str:
    return f", but not shown: {feed.remark}" if feed.remark else ""
