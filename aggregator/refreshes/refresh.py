"""Refresh: what changed in the sources goes into the catalogue as one generation. Whatever fails, the last good state stays."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aggregator.catalogue import Catalogue, FileRead, Prepared, Writer
from aggregator.config import Settings
from aggregator.documents.definitions import Definitions
from aggregator.errors import BrokenCatalogueError, Problem, RefreshError
from aggregator.frontmatter.reading import Outcome
from aggregator.refreshes.duplicates import duplicates
from aggregator.refreshes.garbage import uncollected
from aggregator.refreshes.given_up import GivenUp
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.plan import Look, Plan, Planner, Work
from aggregator.source.intake import Preparing, take_in
from aggregator.source.stamp import UNKNOWN
from aggregator.source.taken import Taken
from feeds.article import Article

# Told how many files have been read, and how many there are to read.
Progress = Callable[[int, int], None]
# Told when the next scheduled article goes live, as soon as what was found is in the catalogue.
Committed = Callable[[datetime | None], None]
# Told each article as its file has it, whether the world may see it or not.
Observe = Callable[[Article], None]

_BATCH = 2_000
_SETTLING_ROUNDS = 3
_FEW_IDENTITIES = 5
# The words of so many files are indexed in a tenth of a second: not worth a moment in which nobody can search.
_MOST_WITH_WORDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a refresh found and did.

    generation  the new generation's number, None where nothing that readers see changed
    seen, read  files found in the sources, and files that were read
    articles    public articles
    states      number of files by state
    problems    everything that is wrong in the sources now, not only what is new
    alarms      sources that were left as they were, and why
    next_due    when the next scheduled article goes live
    has_words   whether full text can be searched; the next refresh sees to it where it can't
    kept        names of the sources that were left as they were
    lapsed      files that held an article, and can be read and hold none any more
    """

    generation: int | None
    seen: int
    read: int
    articles: int
    states: Mapping[str, int]
    problems: tuple[Problem, ...]
    alarms: tuple[str, ...]
    next_due: datetime | None
    has_words: bool = True
    kept: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()


def _untold(_done: int, _total: int) -> None:
    """Tell nobody."""


def _unheard(_next_due: datetime | None) -> None:
    """Tell nobody."""


class Refresh:
    """The refreshes of one configuration. Not for two threads at once.

    It remembers what is wrong in which file, since the catalogue, which must not hold unpublished text, does not.

    needs_all  as a Planner has it
    """

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        catalogue: Catalogue,
        observe: Observe | None = None,
        *,
        given_up: GivenUp | None = None,
        needs_all: bool = True,
    ) -> None:
        self._observe = observe
        self._planner = Planner(settings, needs_all=needs_all)
        self._settings = settings
        self._definitions = definitions
        self._catalogue = catalogue
        self._problems: dict[tuple[str, str], tuple[Problem, ...]] = {}
        self._has_run = False
        self._given_up = given_up or GivenUp()

    def run(
        self,
        now: datetime,
        progress: Progress = _untold,
        lease: Lease | None = None,
        touched: Collection[str] | None = None,
        committed: Committed = _unheard,
        *,
        words_later: bool = False,
    ) -> Report:
        """Do one refresh at `now`; raise CatalogueError, and change nothing, where the catalogue fails.

        A catalogue that turns out to be corrupt is set aside, and made again from the sources.

        lease    renewed with every folder, file and statement; revoked, it ends the refresh with RefreshError, and nothing is changed
        touched  absolute paths; where nothing else in the sources can have changed since the last refresh. None: anything may have
        committed  told in this thread, before the report, which takes longer than a small change does, and may fail
        words_later  whether a first load of many files may leave full-text search to the next refresh
        """
        lease = lease or Lease()
        self._catalogue.delete_old_asides(now)
        try:
            with self._doubting(lease):
                return self._run(now, progress, lease, touched, committed, words_later=words_later)
        except BrokenCatalogueError as error:
            lease.renew()
            self._catalogue.begin_anew(f"is broken ({error.reason})")
            self._problems.clear()
            self._planner.forget()
            return self._run(now, progress, lease, None, committed, words_later=words_later)

    @contextmanager
    def _doubting(self, lease: Lease) -> Iterator[None]:
        """Within the block, use the catalogue; raise BrokenCatalogueError before it where one that was doubted is broken, or after it where
        that is why anything failed.
        """
        self._catalogue.expect_sound(lease.renew)
        try:
            yield
        except Exception:
            self._catalogue.expect_sound(lease.renew)
            raise

    def _run(
        self,
        now: datetime,
        progress: Progress,
        lease: Lease,
        touched: Collection[str] | None,
        committed: Committed,
        *,
        words_later: bool,
    ) -> Report:
        with self._catalogue.snapshot() as snapshot:
            plan = self._planner.plan(Look(snapshot, now, lease, touched, self._has_run))
            is_without_words = not snapshot.has_words
        if is_without_words:
            # By itself: a refresh that is refused, again and again, must not take them along.
            self._catalogue.complete_words(lease.renew)
        keep = self._settings.history.retractions
        words_later = words_later and sum(len(work.paths) for work in plan.works) > _MOST_WITH_WORDS
        with self._catalogue.writing(
            self._definitions.configured, now, keep, lease.renew, words_later=words_later
        ) as writer:
            read = self._write(writer, plan, progress)
            generation = writer.finish(self._settings.defaults.limit)
        with self._catalogue.snapshot() as snapshot:
            committed(snapshot.next_due(now))
        # One that fails is made up for by the next refresh: the catalogue remembers.
        if writer.owes_purge:
            self._catalogue.purge()
        self._has_run = True
        self._planner.note_done(plan)
        return self._report(plan, now, read, generation)

    def _write(self, writer: Writer, plan: Plan, progress: Progress) -> int:
        works = plan.works
        if not plan.is_renamed:
            writer.remove_sources_except(source.name for source in self._settings.sources)
        for work in works:
            writer.remove(work.settings.name, work.scan.gone)
            for path in work.scan.gone:
                self._problems.pop((work.settings.name, path), None)
        count = 0
        total = sum(len(work.paths) for work in works)
        with uncollected() if total > _BATCH else nullcontext():
            for work in works:
                for number in self._read(writer, work, work.paths):
                    count += number
                    progress(count, total)
                writer.note_reading(work.settings.name, work.digest)
        count += self._settle(writer, {work.settings.name: work for work in works})
        self._refuse_new_identities(writer)
        writer.note_site(self._definitions.site_digest())
        writer.note_definitions(self._definitions.digests())
        writer.note_age()
        return count

    def _refuse_new_identities(self, writer: Writer) -> None:
        """Refuse to give many published articles another identity at once: to every reader each of them would be new."""
        changed = writer.changed_identities
        if self._settings.reload.accept_identities or len(changed) <= _FEW_IDENTITIES:
            return
        source, path = changed[0]
        raise RefreshError(
            f"{len(changed)} published articles would get another identity at once, expected at most {_FEW_IDENTITIES}; readers would "
            f"see each of them as new. The first is {path} in source {source}. Perhaps site.tag, a URL's scheme or host, or a source's "
            "name changed; to mean it, set reload.accept_identities or start with --accept-identities"
        )

    def _settle(self, writer: Writer, works: Mapping[str, Work]) -> int:
        """Read again the files that count now because another one went, changed or lost its claim."""
        count = 0
        for _ in range(_SETTLING_ROUNDS):
            wanted = [(source, path) for source, path in writer.unsettled() if source in works]
            if not wanted:
                break
            for source in sorted({source for source, _ in wanted}):
                count += sum(
                    self._read(writer, works[source], [path for name, path in wanted if name == source])
                )
        return count

    def _read(self, writer: Writer, work: Work, paths: Sequence[str]) -> Iterator[int]:
        """Read files into the catalogue; give the number of each batch when it is in."""
        with closing(self._file_reads(writer, work, paths)) as reads:
            while batch := list(islice(reads, _BATCH)):
                writer.add(batch)
                yield len(batch)

    def _file_reads(
        self, writer: Writer, work: Work, paths: Sequence[str]
    ) -> Generator[FileRead, None, None]:
        name, held = work.settings.name, writer.holding_articles(work.settings.name, paths)
        left_out = self._given_up.left_out(name, {path: work.scan.changed.get(path) for path in paths})
        for path in left_out:
            yield self._file_read(writer, work, self._left_out(work, path), held)
        limit = self._settings.limits.file
        keeps_articles = self._observe is not None
        preparing = Preparing(
            self._planner.aliases, writer.now, keeps_articles=keeps_articles, has_words=writer.has_words
        )
        taking = take_in(
            work.settings.path,
            [path for path in paths if path not in left_out],
            work.reading,
            limit,
            preparing=preparing,
            # One after the other, to find out at which of them a refresh hangs.
            processes=None if self._given_up.is_sure else 1,
            check=work.lease.check,
            headway=work.lease.renew,
            given_up=lambda path, is_over: self._given_up.note(
                name, path, work.scan.changed.get(path or ""), is_over
            ),
        )
        # Closed in any case, for the processes that read to end.
        with closing(taking) as reads:
            for taken in reads:
                work.lease.renew()
                yield self._file_read(writer, work, taken, held)

    def _left_out(self, work: Work, path: str) -> Taken:
        reason = (
            "was being read when a refresh was given up for want of headway, expected a file that is read in a moment; it is left out as "
            "long as that reading goes on, and after the second time until it changes, or for an hour"
        )
        problem = Problem(file=str(work.settings.path / path), reason=reason)
        return Taken(path, UNKNOWN, b"", Outcome(problems=(problem,)))

    def _file_read(self, writer: Writer, work: Work, taken: Taken, held: Collection[str]) -> FileRead:
        name, outcome, article = work.settings.name, taken.outcome, taken.prepared
        if self._observe is not None and outcome.article is not None:
            self._observe(outcome.article)
        if article is None and not outcome.problems and taken.path in held:
            if outcome.is_empty:
                outcome = outcome.emptied(str(work.settings.path / taken.path))
            else:
                work.lapsed.append(taken.path)
        self._problems.pop((name, taken.path), None)
        if outcome.problems:
            self._problems[name, taken.path] = outcome.problems
        place = f"{name}/{taken.path}"
        is_new = taken.path not in work.known
        # One that broke is to be the same article again when it is mended, wherever it was moved before or since.
        has_origin = article is not None or bool(outcome.problems) or not is_new
        origin = writer.origins.origin_of(place, taken.digest, is_new=is_new) if has_origin else place
        return FileRead(
            source=name,
            path=taken.path,
            stamp=taken.stamp,
            article=article and self._identified(article, place, origin),
            has_problems=bool(outcome.problems),
            is_hidden=outcome.is_hidden,
            digest=taken.digest,
            origin=origin if origin != place else None,
        )

    def _identified(self, article: Prepared, place: str, origin: str) -> Prepared:
        """Give the article by the identity of the place where its file first lay."""
        is_of_place = origin != place and article.identity == self._settings.site.identity(place)
        return article.identified(self._settings.site.identity(origin)) if is_of_place else article

    def _report(
        self,
        plan: Plan,
        now: datetime,
        read: int,
        generation: int | None,
    ) -> Report:
        with self._catalogue.snapshot() as snapshot:
            found = [problem for work in plan.works for problem in work.scan.problems]
            found += [problem for problems in self._problems.values() for problem in problems]
            found += duplicates(snapshot, self._settings.sources)
            return Report(
                generation=generation,
                seen=sum(work.scan.seen for work in plan.works),
                read=read,
                articles=snapshot.count(),
                states=snapshot.states(),
                problems=tuple(
                    sorted(found, key=lambda problem: (problem.file, problem.line or 0, problem.column or 0))
                ),
                alarms=tuple(plan.alarms),
                next_due=snapshot.next_due(now),
                has_words=snapshot.has_words,
                kept=tuple(plan.kept),
                lapsed=tuple(str(work.settings.path / path) for work in plan.works for path in work.lapsed),
            )
