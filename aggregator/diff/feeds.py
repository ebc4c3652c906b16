"""The feeds of two sites: which of them are one feed, and how the two differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from aggregator.diff.side import Side
from aggregator.explain.wording import wanted
from feeds.definition import FeedDefinition
from feeds.selection import Selection

_CONFIGURED = "/feeds/"
_NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting that differs; `-` stands for none."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as an entry of a feed. `file` is SOURCE/PATH."""

    title: str
    identity: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A feed that only the other site has, with so many entries."""

    path: str
    title: str
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A feed that only the first site has. `becomes` says what its readers get."""

    path: str
    title: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A feed that both have, under two ids. `is_told` where `moved` sends its readers on."""

    before: str
    after: str
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDifference:
    """A feed that both have and that differs. `path` is that of the other site."""

    path: str
    changes: tuple[Change, ...]
    entering: tuple[Entry, ...]
    leaving: tuple[Entry, ...]


def added(before: Side, after: Side, renamed: Mapping[str, str]) -> Iterator[Added]:
    """Give the feeds that only the other site has."""
    old, new = before.feeds(), after.feeds()
    for path, definition in new.items():
        if path not in old and path not in renamed.values():
            yield Added(path=path, title=definition.title, entries=len(after.shown(definition)))


def removed(before: Side, after: Side, renamed: Mapping[str, str]) -> Iterator[Removed]:
    """Give the feeds that only the first site has."""
    old, new = before.feeds(), after.feeds()
    for path, definition in old.items():
        if path not in new and path not in renamed:
            yield Removed(path=path, title=definition.title, becomes=_becomes(path, after))


def _becomes(path: str, after: Side) -> str:
    name = path.removeprefix(_CONFIGURED)
    if path.startswith(_CONFIGURED) and name in after.settings.moved:
        return f"moved to {_CONFIGURED}{after.settings.moved[name]} (301)"
    if path.startswith(_CONFIGURED) and name in after.settings.gone:
        return "gone (410)"
    return "not found (404)"


def renames(before: Side, after: Side) -> dict[str, str]:
    """Give, by the path that it had, the path of each feed that has another: `moved` says so, or the definition is the same."""
    old = {feed.path: feed for feed in before.settings.feeds}
    new = {feed.path: feed for feed in after.settings.feeds}
    left, come = old.keys() - new.keys(), sorted(new.keys() - old.keys())
    found: dict[str, str] = {}
    for path in (path for path in old if path in left):
        target = _target(path, after)
        alike = (one for one in come if _alike(old[path], new[one]))
        chosen = target if target in come else next(alike, None)
        if chosen is not None:
            found[path] = chosen
            come.remove(chosen)
    return found


def _target(path: str, after: Side) -> str | None:
    target = after.settings.moved.get(path.removeprefix(_CONFIGURED))
    return None if target is None else _CONFIGURED + target


def _alike(one: FeedDefinition, other: FeedDefinition) -> bool:
    return replace(one, path=other.path) == other


def told_renames(found: Mapping[str, str], after: Side) -> Iterator[Renamed]:
    """Give renames with whether readers are told."""
    for old, new in found.items():
        yield Renamed(before=old, after=new, is_told=_target(old, after) == new)


def differences(
    before: Side, after: Side, renamed: Mapping[str, str], same: Mapping[int, int]
) -> Iterator[FeedDifference]:
    """Give how the feeds that both have differ; `same` leads from keys of the other site to those of the first."""
    new = after.feeds()
    for path, definition in before.feeds().items():
        other = new.get(renamed.get(path, path))
        if other is not None:
            found = _difference(definition, other, before, after, same)
            if found.changes or found.entering or found.leaving:
                yield found


def _difference(
    one: FeedDefinition, other: FeedDefinition, before: Side, after: Side, same: Mapping[int, int]
) -> FeedDifference:
    old, new = before.shown(one), after.shown(other)
    known, kept = set(old), {same.get(key, key) for key in new}
    return FeedDifference(
        path=other.path,
        changes=tuple(definition_changes(_own(one, before), _own(other, after))),
        entering=tuple(_entry(key, after) for key in new if same.get(key, key) not in known),
        leaving=tuple(_entry(key, before) for key in old if key not in kept),
    )


def _own(definition: FeedDefinition, side: Side) -> FeedDefinition:
    """Give what a feed says for itself: of one that nobody defined, not what follows from the site and the defaults."""
    if definition in side.settings.feeds:
        return definition
    title = definition.title.removesuffix(side.settings.site.title)
    description = definition.description if title else ""
    return FeedDefinition(
        path=definition.path, title=title, description=description, selection=definition.selection
    )


def _entry(key: int, side: Side) -> Entry:
    article = side.snapshot.article(key)
    if article is None:  # pragma: no cover  a snapshot that shows an entry has its article
        raise LookupError(key)
    return Entry(title=article.title, identity=article.id, file=f"{article.source}/{article.path}")


def definition_changes(one: FeedDefinition, other: FeedDefinition) -> Iterator[Change]:
    """Give the settings by which two definitions differ, as their editors know them."""
    for field in fields(one):
        old, new = getattr(one, field.name), getattr(other, field.name)
        if field.name not in {"path", "selection"} and old != new:
            yield Change(what=field.name, before=_text(old), after=_text(new))
    for criterion in fields(one.selection):
        old, new = (_wanted(criterion.name, each.selection) for each in (one, other))
        if old != new:
            yield Change(what=f"where.{criterion.name}", before=old, after=new)


def _wanted(criterion: str, selection: Selection) -> str:
    empty = getattr(Selection(), criterion)
    return _NOTHING if getattr(selection, criterion) == empty else wanted(criterion, selection)


def _text(value: object) -> str:
    return _NOTHING if value in (None, "") else str(value)
