"""Explanation: all there is to say of one article, put together."""

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.catalogue import Entry, KnownFile, Snapshot
from aggregator.config import Settings, SourceSettings
from aggregator.documents.definitions import Definitions
from aggregator.entry.keys import key_of
from aggregator.errors import Problem
from aggregator.explain.judging import FeedVerdict, judge_hidden, judge_public
from aggregator.explain.reading import read_file_of
from aggregator.explain.standing import (
    Standing,
    Word,
    standing_of_article,
    standing_of_broken,
    standing_of_gone,
    standing_of_kept,
)
from aggregator.explain.subject import Subject, find_subject
from aggregator.frontmatter.reading import Outcome
from aggregator.printable import as_utf_8
from aggregator.refreshes.refresh import Progress
from aggregator.scratch import accepting, scratch_copy
from aggregator.source.places import file_at
from aggregator.source.scan import NO_TEXT, is_text, reason_left_out
from aggregator.wiring import wire
from feeds.article import Article, State, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What there is to say of an article.

    file      its file, as a path
    source    the name of its source, which may be configured no more; None where it lies in none
    article   what its file says; of a broken one its last good version; None where there is neither
    problems  what is wrong in the file
    others    files with the same identity
    feeds     what each feed says of it: as it is when it is public, else as it would be
    """

    file: str
    source: str | None
    standing: Standing
    article: Article | None = None
    problems: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()
    feeds: tuple[FeedVerdict, ...] = ()

    @property
    def is_public(self) -> bool:
        """Tell whether readers see the article, be it in its last good version."""
        return any(feed.is_shown is not None for feed in self.feeds)


def explain_article(settings: Settings, what: str, now: datetime, progress: Progress) -> Explanation:
    """Explain the article that `what` (a file path, a URL or an id) means, as things would be after a refresh at `now`.

    Changes nothing: it works on a copy of the catalogue. Raises UnknownArticleError.
    """
    settings = accepting(settings)
    with scratch_copy(settings) as catalogue:
        wiring = wire(settings, catalogue)
        wiring.refresh.run(now, progress)
        with catalogue.snapshot() as snapshot:
            subject = find_subject(what, settings, snapshot)
            return _Explainer(settings, wiring.definitions, snapshot, now).explain(subject)


class _Explainer:
    def __init__(
        self, settings: Settings, definitions: Definitions, snapshot: Snapshot, now: datetime
    ) -> None:
        self._settings = settings
        self._definitions = definitions
        self._snapshot = snapshot
        self._now = now

    def explain(self, subject: Subject) -> Explanation:
        file = as_utf_8(str(subject.file))
        if subject.gone is not None:
            return Explanation(file=file, source=subject.gone.source, standing=standing_of_gone(subject.gone))
        if subject.kept is not None:
            return self._explain_kept(subject.kept, file)
        if subject.source is None:
            folders = ", ".join(str(source.path) for source in self._settings.sources)
            standing = Standing(
                Word.SKIPPED, f"since it lies in no source's folder, expected one of {folders}"
            )
            return Explanation(file=file, source=None, standing=standing)
        return self._explain_in(subject.source, subject.path, file)

    def _explain_in(self, source: SourceSettings, path: str, file: str) -> Explanation:
        if not is_text(path):
            return self._explain_unnamed(source, path, file)
        known = self._snapshot.file(source.name, path)
        outcome = read_file_of(source, path, self._settings, known)
        if outcome is None:
            standing = Standing(Word.SKIPPED, "since it is gone or being written at this moment; ask again")
            return Explanation(file=file, source=source.name, standing=standing)
        if outcome.article is None and outcome.problems:
            return self._explain_broken(source, file, known, outcome)
        if outcome.article is None:
            standing = Standing(
                Word.SKIPPED, "as no article: it has no front matter, or neither title nor date in it"
            )
            return Explanation(file=file, source=source.name, standing=standing)
        return self._explain_read(source, file, known, outcome.article, outcome.problems)

    def _explain_kept(self, kept: KnownFile, file: str) -> Explanation:
        """Explain a file of a source that is configured no more, by what the catalogue holds of it."""
        entry = None if kept.key is None else self._snapshot.entry(kept.key)
        standing = standing_of_kept(kept, entry, self._name(entry) if entry else "")
        explanation = Explanation(file=file, source=kept.source, standing=standing)
        if kept.key is None or standing.word is not Word.PUBLISHED:
            return explanation
        return replace(
            explanation,
            article=self._snapshot.article(kept.key),
            others=self._others(kept.key, file),
            feeds=judge_public(kept.key, self._definitions, self._snapshot),
        )

    def _explain_unnamed(self, source: SourceSettings, path: str, file: str) -> Explanation:
        """Explain a file whose name keeps it from being read."""
        left_out = reason_left_out(source, path)
        if left_out is not None:
            standing = Standing(Word.SKIPPED, f"since {as_utf_8(left_out)}")
            return Explanation(file=file, source=source.name, standing=standing)
        return Explanation(
            file=file,
            source=source.name,
            standing=Standing(Word.BROKEN, f"({NO_TEXT})"),
            problems=(Problem(file=file, reason=NO_TEXT),),
        )

    def _explain_broken(
        self, source: SourceSettings, file: str, known: KnownFile | None, outcome: Outcome
    ) -> Explanation:
        key = None if known is None or outcome.is_hidden else known.key
        article = None if key is None else self._snapshot.article(key)
        return Explanation(
            file=file,
            source=source.name,
            standing=standing_of_broken(outcome, has_good_version=article is not None),
            article=article,
            problems=outcome.problems,
            feeds=judge_public(key, self._definitions, self._snapshot) if key and article else (),
        )

    def _explain_read(
        self,
        source: SourceSettings,
        file: str,
        known: KnownFile | None,
        article: Article,
        problems: tuple[Problem, ...],
    ) -> Explanation:
        key = key_of(article.id)
        standing = self._standing(source, known, article, self._snapshot.entry(key))
        is_public = standing.word is Word.PUBLISHED
        return Explanation(
            file=file,
            source=source.name,
            standing=standing,
            article=article,
            problems=problems,
            others=self._others(key, file),
            feeds=judge_public(key, self._definitions, self._snapshot)
            if is_public
            else judge_hidden(article, self._definitions, self._snapshot, self._now),
        )

    def _standing(
        self, source: SourceSettings, known: KnownFile | None, article: Article, entry: Entry | None
    ) -> Standing:
        left_out = reason_left_out(source, article.path)
        if left_out is not None:
            return Standing(Word.SKIPPED, f"since {left_out}")
        # The catalogue's word counts: it knows what a clock that stepped back must not take back.
        state = State(known.state) if known and known.key else state_of(article, self._now)
        return standing_of_article(article, state, known, entry, self._name(entry) if entry else "")

    def _others(self, key: int, file: str) -> tuple[str, ...]:
        return tuple(name for other in self._snapshot.files_of(key) if (name := self._name(other)) != file)

    def _name(self, place: KnownFile | Entry) -> str:
        return str(file_at(place.source, place.path, self._settings.sources))
