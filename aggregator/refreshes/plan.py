"""Plan: what a refresh is to do for each source: which files are to be read, and which are gone. It reads no article, and changes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aggregator.catalogue import Snapshot
from aggregator.config import Settings, SourceSettings
from aggregator.errors import RefreshError, SourceError
from aggregator.frontmatter.reading import Reading, reading_digest
from aggregator.monitoring import events
from aggregator.refreshes.lease import Lease
from aggregator.source.glance import glance, paths_below
from aggregator.source.scan import Scan, scan
from aggregator.source.stamp import UNKNOWN, Stamp
from aggregator.topic_names import topic_aliases

# A source that loses at least this many files, and more than half of them, at once, has more likely lost its disk than its articles.
_LOSS_FLOOR = 10


@dataclass(slots=True)
class Work:
    """What is to be done for one source.

    lapsed  files that held an article, and can be read and hold none any more; known once they are read
    """

    settings: SourceSettings
    reading: Reading
    digest: str
    scan: Scan
    known: Collection[str]
    lease: Lease
    paths: list[str]
    lapsed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What is to be done.

    kept        names of the sources that stay as they are
    alarms      why each of them does
    is_renamed  whether what a source that went from the configuration held may be that of one that has come and can't be read yet
    """

    works: list[Work] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    is_renamed: bool = False


class Look(NamedTuple):
    """What a plan is made from.

    touched          absolute paths; where nothing else can have changed since the last refresh. None: anything may have
    trusts_problems  whether files that are known to be wrong need not be read again
    """

    snapshot: Snapshot
    now: datetime
    lease: Lease
    touched: Collection[str] | None
    trusts_problems: bool


class Planner:
    """Plans the refreshes of one configuration. It remembers what the last scans said, to be told again when only a few files are looked at.

    needs_all  whether a first load fails where a source can't be read: all that is served would lack what it holds
    """

    def __init__(self, settings: Settings, *, needs_all: bool) -> None:
        self._settings = settings
        self._needs_all = needs_all
        self._scans: dict[str, Scan] = {}
        self.aliases = topic_aliases(settings)

    def plan(self, look: Look) -> Plan:
        """Look at every source; raise RefreshError where a first load lacks one."""
        plan, readings = Plan(), look.snapshot.readings()
        taken_out = readings.keys() - {source.name for source in self._settings.sources}
        for source in self._settings.sources:
            look.lease.renew()
            try:
                plan.works.append(self._work(source, readings.get(source.name), look))
            except SourceError as error:
                if self._needs_all and look.snapshot.generation.number == 0:
                    raise RefreshError(f"{error}; a first load needs every source") from error
                alarm = str(error)
                if taken_out and source.name not in readings:
                    plan.is_renamed = True
                    alarm += "; until it can be read, sources that were taken out stay too: one may have been renamed"
                plan.alarms.append(alarm)
                plan.kept.append(source.name)
                events.SOURCE_KEPT.log(error=alarm, source=source.name)
        # Until it has been carried out, nothing is known: the next one scans.
        self.forget()
        return plan

    def note_done(self, plan: Plan) -> None:
        """Take note that all of a plan has been carried out."""
        if not plan.alarms:
            self._scans = {work.settings.name: work.scan for work in plan.works}

    def forget(self) -> None:
        """Have the next plan look at everything."""
        self._scans.clear()

    def _work(self, source: SourceSettings, read_by: str | None, look: Look) -> Work:
        """Give what is to be done for a source, which was read by that digest of a reading; raise SourceError where it stays as it is."""
        snapshot, name = look.snapshot, source.name
        reading = reading_of(source, self._settings)
        digest = reading_digest(reading) + repr(sorted(self.aliases.items()))
        looked = (
            None if look.touched is None else _glance(snapshot, source, look.touched, self._scans.get(name))
        )
        if looked is not None and read_by == digest:
            known, found = looked
            due = list(snapshot.due(name, look.now))
        else:
            known = snapshot.stamps(name, trust_problems=look.trusts_problems)
            found = scan(source, known if read_by == digest else dict.fromkeys(known, UNKNOWN))
            self._refuse_loss(source, len(known), found)
            due = [path for path in snapshot.due(name, look.now) if path in known and path not in found.gone]
        paths = sorted({*found.changed, *due})
        return Work(source, reading, digest, found, known.keys(), look.lease, paths)

    def _refuse_loss(self, source: SourceSettings, known: int, found: Scan) -> None:
        lost = len(found.gone)
        # What was moved within the source is gone from one place and there at another: nothing is lost.
        if self._settings.reload.accept_loss or lost < _LOSS_FLOOR or found.seen * 2 >= known:
            return
        raise SourceError(
            f"source {source.name}: {lost} of {known} files in {source.path} are gone at once, expected at most half; "
            "to mean it, set reload.accept_loss or start with --accept-loss"
        )


def _glance(
    snapshot: Snapshot, source: SourceSettings, touched: Collection[str], last: Scan | None
) -> tuple[Mapping[str, Stamp], Scan] | None:
    """Look at the touched files alone; give what was known of them, and what a scan would say. None where only a scan can."""
    if last is None:
        return None
    paths = paths_below(source, touched)
    known = snapshot.stamps_at(source.name, paths)
    changed = glance(source, known, paths)
    if changed is None:
        return None
    seen = last.seen + len(changed.keys() - known.keys())
    return known, Scan(changed=changed, gone=(), seen=seen, problems=last.problems)


def reading_of(source: SourceSettings, settings: Settings) -> Reading:
    """Give how the articles of a source are read under these settings."""
    return Reading(
        source=source.name,
        site=settings.site,
        timezone=settings.timezone,
        fields=source.fields,
        permalink=source.permalink,
        embeds=settings.embeds,
        max_front_matter=settings.limits.front_matter,
    )
