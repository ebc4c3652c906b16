"""A difference as text for people, or as JSON for programs. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar

from aggregator import printable
from aggregator.diff.comparison import Difference
from aggregator.diff.feeds import Change, Entry, FeedDifference
from aggregator.printable import on_one_line

T = TypeVar("T")

_MOST = 10


def as_json(difference: Difference) -> str:
    """Write a difference as one JSON object, whole."""
    return printable.as_json(asdict(difference))


def as_text(difference: Difference) -> str:
    """Write a difference as lines, long lists shortened, with a summary at the end."""
    return "\n".join(map(on_one_line, _lines(difference)))


def _lines(difference: Difference) -> Iterator[str]:
    yield from (_change(change) for change in difference.settings)
    yield from (f"+ {one.path}: new, {_entries(one.entries)}" for one in difference.added)
    yield from (f"- {one.path}: {one.becomes}" for one in difference.removed)
    for renamed in difference.renamed:
        told = "" if renamed.is_told else "; not below moved, so its readers get 404"
        yield f"~ {renamed.before} is {renamed.after} now{told}"
    for feed in difference.feeds:
        yield from _feed(feed)
    if difference.identities:
        yield "identities that would change, so that readers see these articles as new:"
        yield from _some([f"  {one.file}: {one.before} -> {one.after}" for one in difference.identities])
    yield _summary(difference)


def _feed(feed: FeedDifference) -> Iterator[str]:
    yield f"{feed.path}:"
    yield from (f"  {_change(change)}" for change in feed.changes)
    yield from _some([f"  + {_entry(entry)}" for entry in feed.entering])
    yield from _some([f"  - {_entry(entry)}" for entry in feed.leaving])


def _entries(number: int) -> str:
    return f"{number} entry" if number == 1 else f"{number} entries"


def _change(change: Change) -> str:
    return f"{change.what}: {change.before} -> {change.after}"


def _entry(entry: Entry) -> str:
    return f"{entry.title} ({entry.file})"


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        yield f"  … and {len(lines) - _MOST} more (--json has all)"


def _summary(difference: Difference) -> str:
    if not difference:
        return "no difference that readers would notice"
    entering, leaving = (
        sum(len(getattr(feed, name)) for feed in difference.feeds) for name in ("entering", "leaving")
    )
    feeds = (
        f"{len(difference.added)} new, {len(difference.removed)} gone, {len(difference.renamed)} renamed, "
        f"{len(difference.feeds)} different"
    )
    identities = f"{len(difference.identities)} identities change"
    return f"feeds: {feeds}; entries: {entering} enter, {leaving} leave; {identities}"
