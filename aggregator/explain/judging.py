"""Every feed's verdict on an article: of one that is public, as it is; of any other, as it would be.

Both ask the catalogue's own expressions. An article that is not public is put, alone and as if it were, into a catalogue in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.catalogue import Catalogue, FileRead, Snapshot, Verdict, names_of, prepare
from aggregator.documents.definitions import Definitions, Lacking
from aggregator.entry.keys import key_of
from aggregator.explain import wording
from aggregator.scratch import opened
from aggregator.source.stamp import UNKNOWN
from feeds.article import Article
from feeds.definition import FeedDefinition
from feeds.selection import Selection

_EVERY = 1_000_000_000
_CONFIGURED = "/feeds/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionVerdict:
    """What one criterion says, in words: `min_quality` wanted `60`, `article has 53`."""

    criterion: str
    holds: bool
    wanted: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedVerdict:
    """Whether a feed holds an article.

    is_in         every criterion holds
    is_shown      it is among the entries of the feed's document, None where that can't be told of an article that is not public
    remark        why it is not shown although it is in, be it that there is no such feed yet; empty where there is nothing to say
    is_automatic  the feed is there because articles are; no editor defined it
    """

    path: str
    title: str
    is_in: bool
    is_shown: bool | None
    remark: str
    is_automatic: bool
    criteria: tuple[CriterionVerdict, ...]


def judge_public(key: int, definitions: Definitions, snapshot: Snapshot) -> tuple[FeedVerdict, ...]:
    """Give the verdict of every feed on the public article with this key, and of those that lack articles."""
    article = snapshot.article(key)
    names = () if article is None else names_of(article)
    judged = (
        _with_place(_verdict(definition, snapshot, key), definition, key, snapshot)
        for definition in definitions.all(snapshot)
    )
    lacking = (
        replace(_verdict(feed.definition, snapshot, key), is_shown=False, remark=wording.lacking(feed))
        for feed in definitions.lacking(names, snapshot)
    )
    return (*judged, *lacking)


def judge_hidden(
    article: Article, definitions: Definitions, snapshot: Snapshot, now: datetime
) -> tuple[FeedVerdict, ...]:
    """Give what the verdict of every feed would be if `article` were public; with the feeds that would begin with it."""
    public = replace(article, is_published=True, is_removed=False)
    with opened("sqlite://") as catalogue:
        _put(public, definitions, catalogue, max(now, article.published))
        with catalogue.snapshot() as alone:
            feeds = {definition.path: definition for definition in definitions.all(alone)}
            feeds |= {definition.path: definition for definition in definitions.all(snapshot)}
            remarks = {}
            for feed in _with_one_more(public, definitions, alone, snapshot):
                if feed.definition.path not in feeds:
                    feeds[feed.definition.path] = feed.definition
                    remarks[feed.definition.path] = wording.lacking(feed)
            key = key_of(article.id)
            return tuple(
                replace(_verdict(definition, alone, key), remark=remarks.get(definition.path, ""))
                for definition in _sorted(feeds)
            )


def _with_one_more(
    article: Article, definitions: Definitions, alone: Snapshot, snapshot: Snapshot
) -> Iterator[Lacking]:
    """Give what feeds of the article's names would lack if it were public beside all others; of one that would begin, nothing."""
    names = tuple(names_of(article))
    before = {feed.definition.path: feed.articles for feed in definitions.lacking(names, snapshot)}
    for feed in definitions.lacking(names, alone):
        yield replace(feed, articles=before.get(feed.definition.path, 0) + 1)


def _put(article: Article, definitions: Definitions, catalogue: Catalogue, now: datetime) -> None:
    read = FileRead(
        source=article.source, path=article.path, stamp=UNKNOWN, article=prepare(article), has_problems=False
    )
    with catalogue.writing(definitions.configured, now) as writer:
        writer.add([read])
        writer.note_definitions(definitions.digests())
        writer.finish(1)


def _sorted(feeds: dict[str, FeedDefinition]) -> Iterator[FeedDefinition]:
    """Give the configured feeds in their order, then the automatic ones by kind and path."""
    kinds = ("feeds", "topics", "providers", "categories")
    yield from sorted(
        feeds.values(),
        key=lambda one: (
            kinds.index(one.path.split("/")[1]),
            "" if one.path.startswith(_CONFIGURED) else one.path,
        ),
    )


def _verdict(definition: FeedDefinition, snapshot: Snapshot, key: int) -> FeedVerdict:
    verdicts = snapshot.explain(definition, key) or ()
    return FeedVerdict(
        path=definition.path,
        title=definition.title,
        is_in=all(verdict.holds for verdict in verdicts),
        is_shown=None,
        remark="",
        is_automatic=not definition.path.startswith(_CONFIGURED),
        criteria=tuple(_in_words(verdict, definition.selection) for verdict in verdicts),
    )


def _in_words(verdict: Verdict, selection: Selection) -> CriterionVerdict:
    return CriterionVerdict(
        criterion=verdict.criterion,
        holds=verdict.holds,
        wanted=wording.wanted(verdict.criterion, selection),
        found=wording.found(verdict, selection),
    )


def _with_place(
    verdict: FeedVerdict, definition: FeedDefinition, key: int, snapshot: Snapshot
) -> FeedVerdict:
    if not verdict.is_in:
        return replace(verdict, is_shown=False)
    is_shown, remark = _place(definition, key, snapshot)
    return replace(verdict, is_shown=is_shown, remark=remark)


def _place(definition: FeedDefinition, key: int, snapshot: Snapshot) -> tuple[bool, str]:
    """Tell whether a feed's document shows an article that meets every criterion, and if not, what keeps it out."""
    for story in snapshot.stories(definition):
        if key_of(story.lead.id) == key:
            return True, ""
        if key in {key_of(other.id) for other in story.others}:
            return False, f"it stands below {story.lead.title!r}, which tells the same story"
    everything = _keys(replace(definition, limit=_EVERY, fold=False), snapshot)
    if key not in everything:
        return False, f"others of its provider come first, per_provider {definition.per_provider}"
    place = everything.index(key) + 1
    steady = "; what is shown already stays until it is clearly beaten" if place <= definition.limit else ""
    return False, f"it comes as number {place} of {len(everything)}, limit {definition.limit}{steady}"


def _keys(definition: FeedDefinition, snapshot: Snapshot) -> list[int]:
    return [key for key, _ in snapshot.revisions(definition)]
