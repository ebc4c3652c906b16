"""What the notes on articles come to: one finding for each odd spelling, not one for each article that has it."""

from collections.abc import Collection, Iterator, Mapping

from aggregator.errors import Problem
from aggregator.lint.notes import Notes, Uses
from aggregator.lint.places import Locator, item, part, whole
from aggregator.lint.rules import finding
from aggregator.lint.spelling import one_letter_apart

_AND_OTHERS = {0: "", 1: " and in one other article"}


def lint_articles(notes: Notes, named: Collection[str], locator: Locator) -> Iterator[Problem]:
    """Give everything that is odd about articles.

    named  the folded names of topics for which the configuration decides how they are written, aliases included
    """
    yield from _bare(notes, locator)
    yield from _far(notes, locator)
    yield from _cases(notes, named, locator)
    yield from _slips(notes, locator)
    yield from _provider_names(notes, locator)


def _bare(notes: Notes, locator: Locator) -> Iterator[Problem]:
    for place, lacking in notes.bare.items():
        words = ", ".join(f"no {word}" for word in lacking)
        yield finding(
            "bare-article",
            f"has {words}; readers have less to show",
            file=locator.file(place),
            line=1,
            column=1,
        )


def _far(notes: Notes, locator: Locator) -> Iterator[Problem]:
    for place, dates in notes.far.items():
        for key, date in dates:
            reason = f"is {locator.day(date)}, more than a year ahead, expected a date nearer to today"
            yield locator.finding("far-future", reason, place, key, whole)


def _cases(notes: Notes, named: Collection[str], locator: Locator) -> Iterator[Problem]:
    for folded, spellings in sorted(notes.topics.items()):
        if folded in named:
            continue
        usual, *others = _by_use(spellings)
        for other in others:
            uses = spellings[other]
            reason = f"{other!r}{_elsewhere(uses)} is {usual!r} in {spellings[usual].count}, expected one way to write it"
            yield locator.finding("topic-case", reason, uses.first, "topics", item(other))


def _slips(notes: Notes, locator: Locator) -> Iterator[Problem]:
    counts = {
        folded: sum(uses.count for uses in written.values()) for folded, written in notes.topics.items()
    }
    for pair in one_letter_apart(counts):
        rare, usual = sorted(pair, key=lambda folded: (counts[folded], folded))
        spelling = _by_use(notes.topics[rare])[0]
        better = _by_use(notes.topics[usual])[0]
        uses = notes.topics[rare][spelling]
        reason = f"{spelling!r}{_elsewhere(uses)} is close to {better!r} in {counts[usual]}; did you mean {better!r}?"
        yield locator.finding("topic-spelling", reason, uses.first, "topics", item(spelling))


def _provider_names(notes: Notes, locator: Locator) -> Iterator[Problem]:
    for domain, names in sorted(notes.providers.items()):
        usual, *others = _by_use(names)
        for other in others:
            uses = names[other]
            reason = f"{domain} is {other!r} here{_elsewhere(uses)}, and {usual!r} in {names[usual].count}, expected one name"
            yield locator.finding("provider-names", reason, uses.first, "provider", part("name"))


def _by_use(written: Mapping[str, Uses]) -> list[str]:
    """Give spellings, the most used first."""
    return sorted(written, key=lambda spelling: (-written[spelling].count, spelling))


def _elsewhere(uses: Uses) -> str:
    others = uses.count - 1
    return _AND_OTHERS.get(others, f" and in {others} other articles")
