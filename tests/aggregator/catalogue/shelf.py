"""A catalogue on disk, and a short way to say what a refresh read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from aggregator.catalogue import Catalogue, FileRead, Snapshot, prepare
from aggregator.source.stamp import Stamp
from feeds.article import Article, Provider
from feeds.definition import FeedDefinition

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
T = TypeVar("T")

EVERYTHING = FeedDefinition(path="/feeds/all", title="All")


def article(name: str, **values: Any) -> Article:
    """An article called `name`, published at nine, in the file name.md of the source news."""
    defaults: dict[str, Any] = {
        "id": f"https://pier.example/{name}",
        "source": "news",
        "path": f"{name}.md",
        "title": name.title(),
        "published": NOON - 3 * HOUR,
        "link": f"https://pier.example/{name}",
        "provider": Provider(name="The Pier", domain="pier.example"),
    }
    return Article(**defaults | values)


def read_of(one: Article, *, has_problems: bool = False) -> FileRead:
    stamp = Stamp(1, 2, 3)
    return FileRead(
        source=one.source, path=one.path, stamp=stamp, article=prepare(one), has_problems=has_problems
    )


def broken(path: str, source: str = "news") -> FileRead:
    return FileRead(source=source, path=path, stamp=Stamp(1, 2, 4), article=None, has_problems=True)


@dataclass
class Shelf:
    """A catalogue with the few words that tests speak."""

    catalogue: Catalogue
    definitions: list[FeedDefinition] = field(default_factory=lambda: [EVERYTHING])
    archive_size: int = 50

    def apply(
        self, *reads: Article | FileRead, gone: Sequence[tuple[str, str]] = (), now: datetime = NOON
    ) -> int | None:
        """One refresh; an article that has to be read again is taken from among `reads`."""
        as_reads = [read_of(one) if isinstance(one, Article) else one for one in reads]
        with self.catalogue.writing(self.definitions, now) as writer:
            for source, path in gone:
                writer.remove(source, [path])
            writer.add(as_reads)
            again = set(writer.unsettled())
            writer.add([read for read in as_reads if (read.source, read.path) in again])
            writer.note_site("site")
            writer.note_definitions({definition.path: repr(definition) for definition in self.definitions})
            writer.note_age()
            return writer.finish(archive_size=self.archive_size)

    def titles(self, definition: FeedDefinition = EVERYTHING) -> list[str]:
        with self.catalogue.snapshot() as snapshot:
            return [one.title for one in snapshot.select(definition)]

    def the(self, title: str) -> Article:
        with self.catalogue.snapshot() as snapshot:
            return next(one for one in snapshot.select(EVERYTHING) if one.title == title)

    def ask(self, question: Callable[[Snapshot], T]) -> T:
        with self.catalogue.snapshot() as snapshot:
            return question(snapshot)
