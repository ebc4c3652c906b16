"""Two sites compared: every difference that readers would notice."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from aggregator.config import Settings
from aggregator.diff import feeds
from aggregator.diff.feeds import Added, Change, FeedDifference, Removed, Renamed
from aggregator.diff.identities import IdentityChange, compare_identities
from aggregator.diff.side import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two sites. False where nothing does."""

    settings: tuple[Change, ...]
    added: tuple[Added, ...]
    removed: tuple[Removed, ...]
    renamed: tuple[Renamed, ...]
    feeds: tuple[FeedDifference, ...]
    identities: tuple[IdentityChange, ...]

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return any(getattr(self, field.name) for field in fields(self))


def compare(before: Side, after: Side) -> Difference:
    """Give every difference between two sites."""
    identities = compare_identities(before, after)
    renamed = feeds.renames(before, after)
    return Difference(
        settings=tuple(_setting_changes(before.settings, after.settings)),
        added=tuple(feeds.added(before, after, renamed)),
        removed=tuple(feeds.removed(before, after, renamed)),
        renamed=tuple(feeds.told_renames(renamed, after)),
        feeds=tuple(feeds.differences(before, after, renamed, identities.same)),
        identities=identities.changes,
    )


def _setting_changes(before: Settings, after: Settings) -> Iterator[Change]:
    old, new = _seen_by_readers(before), _seen_by_readers(after)
    for what in (*old, *(what for what in new if what not in old)):
        if old.get(what) != new.get(what):
            yield Change(what=what, before=old.get(what, "-"), after=new.get(what, "-"))


def _seen_by_readers(settings: Settings) -> dict[str, str]:
    """Give, as text, the settings that readers notice beside the feeds' own."""
    seen = {
        f"site.{field.name}": str(getattr(settings.site, field.name))
        for field in fields(settings.site)
        if getattr(settings.site, field.name) not in (None, "")
    }
    seen["defaults.formats"] = ", ".join(settings.defaults.formats)
    seen["defaults.limit"] = str(settings.defaults.limit)
    seen["defaults.content"] = str(settings.defaults.content)
    seen |= {f"moved.{old}": new for old, new in settings.moved.items()}
    return seen | {f"gone.{name}": "gone" for name in sorted(settings.gone)}
