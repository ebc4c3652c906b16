"""The articles of two sites: which of them are the same to readers, and which got another identity, so that they would be new."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregator.catalogue import Entry, KnownFile
from aggregator.diff.side import Side
from feeds.article import State


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChange:
    """An article that readers would take for a new one. `file` is SOURCE/PATH, of the other site."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Identities:
    """What became of identities. `same` leads from keys of the other site to those that the articles have at the first."""

    changes: tuple[IdentityChange, ...]
    same: Mapping[int, int]


def compare_identities(before: Side, after: Side) -> Identities:
    """Find the public articles of both sites that lie at one place, or were moved as they are, and whose keys differ."""
    changes: list[IdentityChange] = []
    same: dict[int, int] = {}
    for old_file, new_file in _pairs(before, after):
        old, new = _entry(old_file, before), _entry(new_file, after)
        if old is None or new is None or old.key == new.key:
            continue
        same[new.key] = old.key
        if not _is_followed(old, new, before, after):
            file = f"{new.source}/{new.path}"
            changes.append(IdentityChange(file=file, before=old.identity, after=new.identity))
    return Identities(tuple(changes), same)


def _pairs(before: Side, after: Side) -> Iterator[tuple[KnownFile, KnownFile]]:
    """Give the files at one place with different identities, then those of the same bytes at places that the other site lacks."""
    old, new = _files(before), _files(after)
    yield from ((old[place], new[place]) for place in sorted(old.keys() & new.keys()))
    gone: dict[bytes, list[KnownFile]] = defaultdict(list)
    for place in sorted(old.keys() - new.keys()):
        gone[old[place].digest].append(old[place])
    for place in sorted(new.keys() - old.keys()):
        candidates = gone.get(new[place].digest)
        if candidates:
            yield candidates.pop(0), new[place]


def _files(side: Side) -> dict[tuple[str, str], KnownFile]:
    return {(file.source, file.path): file for file in side.snapshot.files_in(State.PUBLIC)}


def _entry(file: KnownFile, side: Side) -> Entry | None:
    return None if file.key is None else side.snapshot.entry(file.key)


def _is_followed(old: Entry, new: Entry, before: Side, after: Side) -> bool:
    """Tell whether a server would keep the identity: it does where that comes from the place of a file that was moved."""
    is_moved = (old.source, old.path) != (new.source, new.path)
    has_one_tag = before.settings.site.tag == after.settings.site.tag
    return is_moved and has_one_tag and _is_of_place(old, before) and _is_of_place(new, after)


def _is_of_place(entry: Entry, side: Side) -> bool:
    return entry.identity == side.settings.site.identity(f"{entry.source}/{entry.path}")
