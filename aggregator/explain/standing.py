"""What has become of an article file: its state in a word, and the rest of the sentence."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.catalogue import Entry, KnownFile
from aggregator.errors import Severity
from aggregator.frontmatter.reading import Outcome
from feeds.article import Article, State


class Word(StrEnum):
    """The state of a file, in the words that editors know."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    UNPUBLISHED = "unpublished"
    WITHDRAWN = "withdrawn"
    BROKEN = "broken"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, and what completes it: `scheduled` `for 2099-01-01 …`. The detail is empty where there is nothing to add."""

    word: Word
    detail: str = ""

    def __str__(self) -> str:
        """Format as one phrase."""
        return f"{self.word} {self.detail}".rstrip()


def standing_of_article(
    article: Article, state: State, known: KnownFile | None, entry: Entry | None, counting: str
) -> Standing:
    """Tell what has become of an article that could be read.

    known     what the catalogue knows of its file
    entry     what the catalogue holds under its identity
    counting  the file that counts where that is another one
    """
    if state is State.SCHEDULED:
        return Standing(Word.SCHEDULED, f"for {moment(article.published)}")
    if state is State.UNPUBLISHED:
        return Standing(Word.UNPUBLISHED, "by published: false or draft: true")
    if state is State.REMOVED:
        return Standing(Word.WITHDRAWN, f"by removed: true or deleted: true{_since(entry)}")
    if known is not None and entry is not None and (entry.source, entry.path) != (known.source, known.path):
        return Standing(Word.DUPLICATE, f"of {counting}, which was updated later or comes first and counts")
    return Standing(Word.PUBLISHED)


def standing_of_broken(outcome: Outcome, *, has_good_version: bool) -> Standing:
    """Tell what has become of a file that can't be read."""
    first = next(problem for problem in outcome.problems if problem.severity is Severity.ERROR)
    subject = f"{first.key}: " if first.key else ""
    rest = "; its last good version stays published" if has_good_version else ""
    if outcome.is_hidden:
        rest = "; it says that it is to be hidden, so no version of it is published"
    return Standing(Word.BROKEN, f"({subject}{first.reason}){rest}")


def standing_of_kept(kept: KnownFile, entry: Entry | None, counting: str) -> Standing:
    """Tell what has become of a file whose source is configured no more, while another one, which may be it under a new name, can't be read.

    entry, counting  as of an article that could be read
    """
    why = f"source {kept.source} is not configured, and what it held stays as it was until every source can be read: one may have been renamed"
    if kept.state != State.PUBLIC or entry is None:
        return Standing(Word.SKIPPED, f"since its {why}; it was {kept.state}")
    if (entry.source, entry.path) != (kept.source, kept.path):
        return Standing(Word.DUPLICATE, f"of {counting}, which counts; its {why}")
    return Standing(Word.PUBLISHED, f"though its {why}")


def standing_of_gone(entry: Entry) -> Standing:
    """Tell what has become of an article whose file is no more."""
    return Standing(Word.WITHDRAWN, f"since its file is gone{_since(entry)}")


def _since(entry: Entry | None) -> str:
    when = entry and entry.withdrawn_at
    return f"; readers are told so since {moment(when)}" if when else ""


def moment(time: datetime) -> str:
    """Write a time as people read it, to the second where that counts."""
    return f"{time.strftime('%Y-%m-%d %H:%M:%S').removesuffix(':00')} {time.strftime('%Z') or 'UTC'}"
