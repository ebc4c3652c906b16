"""What the commands that run once do, without the command line: preview and publish."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from aggregator.catalogue import Snapshot
from aggregator.config import Settings
from aggregator.documents.edition import CODINGS
from aggregator.documents.feed_drafts import FeedDrafts
from aggregator.errors import BrokenCatalogueError, UnknownFeedError
from aggregator.processes import processors
from aggregator.publish.nginx import nginx_file
from aggregator.publish.process import PublishingProcess, families_of
from aggregator.publish.tree import INDEX, Published, publish
from aggregator.refreshes.refresh import Progress, Report
from aggregator.scratch import opened, scratch_copy
from aggregator.wiring import wire
from feeds.formats import FORMATS
from feeds.slug import slug

# Articles of which the documents take longer to make than a process to begin.
_MANY = 4_000


def preview_feed(settings: Settings, feed: str, suffix: str, now: datetime, progress: Progress) -> bytes:
    """Give the document of a feed (its id or its path) as it would be now; raise UnknownFeedError where there is none.

    Works on a copy of the catalogue: what a changed configuration would do must not happen to the one that is served.
    """
    with scratch_copy(settings) as catalogue:
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
    """Bring the catalogue up to date and write every document to `out`, and beside it the configuration of nginx for it.

    only      names of formats: of feeds as they are now, and nothing else, documents in these formats; empty: the whole site
    is_plain  whether to leave out the compressed forms
    """
    codings = () if is_plain else CODINGS
    beside = nginx_file(settings, out, only or settings.defaults.formats, INDEX)
    process = PublishingProcess(settings, only)

    def expect(count: int) -> None:
        if count >= _MANY and processors() > 1:
            process.start()

    def told(done: int, total: int) -> None:
        # While files are read, so that it is there when documents are made.
        expect(total)
        progress(done, total)

    def published() -> tuple[Report, Published]:
        with opened(settings.store) as catalogue:
            catalogue.claim(settings.path, settings.site.tag)
            wiring = wire(settings, catalogue)
            report = wiring.refresh.run(now, told, words_later=True)
            expect(report.articles)
            helper = process if process.is_there else None
            with catalogue.snapshot() as snapshot:
                families = families_of(settings, wiring, only)
                return report, publish(families, snapshot, out, codings, helper, beside=beside)

    try:
        return published()
    except BrokenCatalogueError:
        # Where only a document showed it: the refresh of the second try makes the catalogue anew.
        return published()
    finally:
        process.stop()


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
