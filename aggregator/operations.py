"""What the commands that run once do, without the command line: preview and publish."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from aggregator.catalogue import Snapshot
from aggregator.config import Settings
from aggregator.draft import Drafts
from aggregator.edition import CODINGS
from aggregator.errors import UnknownFeedError
from aggregator.feed_drafts import FeedDrafts
from aggregator.publish import Published, publish
from aggregator.refresh import Progress, Report
from aggregator.scratch import opened, scratch_copy
from aggregator.wiring import Wiring, wire
from feeds.formats import FORMATS
from feeds.slug import slug


def preview_feed(settings: Settings, feed: str, suffix: str, now: datetime, progress: Progress) -> bytes:
    """Give the document of a feed (its id or its path) as it would be now; raise UnknownFeedError where there is none.

    Works on a copy of the catalogue: what a changed configuration would do must not happen to the one that is served.
    """
    with scratch_copy(settings.store) as catalogue:
        wiring = wire(settings, catalogue)
        wiring.refresh.run(now, progress)
        with catalogue.snapshot() as snapshot:
            feeds = FeedDrafts(wiring.definitions, settings.site, (suffix,), settings.server.max_age)
            return _body(feeds, f"{_path(feed)}.{suffix}", feed, snapshot)


def publish_site(
    settings: Settings,
    out: Path,
    now: datetime,
    progress: Progress,
    *,
    only: Sequence[str] = (),
    is_plain: bool = False,
) -> tuple[Report, Published]:
    """Bring the catalogue up to date and write every document to `out`.

    only      names of formats: of feeds as they are now, and nothing else, documents in these formats; empty: the whole site
    is_plain  whether to leave out the compressed forms
    """
    with opened(settings.store) as catalogue:
        wiring = wire(settings, catalogue)
        report = wiring.refresh.run(now, progress, words_later=True)
        families = _current_feeds(settings, wiring, only) if only else wiring.tree
        with catalogue.snapshot() as snapshot:
            return report, publish(families, snapshot, out, () if is_plain else CODINGS)


def _current_feeds(settings: Settings, wiring: Wiring, formats: Sequence[str]) -> tuple[Drafts]:
    max_age = settings.server.max_age
    return (FeedDrafts(wiring.definitions, settings.site, tuple(formats), max_age, current_only=True),)


def _body(feeds: FeedDrafts, path: str, asked: str, snapshot: Snapshot) -> bytes:
    draft = feeds.find(path, snapshot)
    if draft is None:
        known = [known.rpartition(".")[0] for known in feeds.paths(snapshot)]
        meant = " or ".join(_meant(asked, known))
        hint = f"; did you mean {meant}?" if meant else ""
        raise UnknownFeedError(
            f"{asked!r} is no feed, expected an id such as 'all' or a path such as '/topics/ai'{hint}"
        )
    return draft.make().body


def _meant(asked: str, known: Sequence[str]) -> list[str]:
    """Give the paths that may be meant: of the same name in another group or with a suffix too many, else the closest."""
    stem = asked.lower()
    for chosen in FORMATS.values():
        stem = stem.removesuffix(chosen.suffix)
    name = stem.rpartition("/")[2]
    same = [path for path in known if path.rpartition("/")[2] in {name, slug(name)}]
    # By the name alone: what stands before it would make any two short names close.
    by_name = {path.rpartition("/")[2]: path for path in reversed(known)}
    return sorted(set(same)) or [by_name[close] for close in get_close_matches(name, by_name, n=1)]


def _path(feed: str) -> str:
    return feed if feed.startswith("/") else f"/feeds/{feed}"
