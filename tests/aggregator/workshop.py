"""A site in a temporary folder: articles that tests write, change and delete, and the parts of the system over them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

from aggregator import config
from aggregator.catalogue import Catalogue, Snapshot
from aggregator.config import Settings
from aggregator.refreshes.refresh import Refresh, Report
from aggregator.wiring import Wiring, wire
from feeds.definition import FeedDefinition

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYTHING = FeedDefinition(path="/feeds/all", title="All", limit=1000)


def article_text(title: str, *lines: str, body: str = "") -> str:
    """Give an article file's text; a key of `lines` takes the place of the one that is there by default."""
    keys = {"title": f"title: {title!r}", "publishedDateTime": "publishedDateTime: 2026-03-01T09:00:00Z"}
    keys |= {line.partition(":")[0]: line for line in lines}
    return "\n".join(["---", *keys.values(), "---", "", body, ""])


@dataclass
class Workshop:
    """The folder of one site. Each refresh happens at the time that the test gives."""

    folder: Path
    text: str = ""
    _refreshes: list[Refresh] = field(default_factory=list)

    def configure(self, more: str = "", sources: str = "- {name: news, path: news}") -> None:
        """Write the configuration: the required keys, and `more`."""
        self.text = (
            dedent("""\
            site: {title: The Harbour Wire, url: https://news.example.org}
            store: sqlite:///catalogue.db
            sources:
            """)
            + "".join(f"  {line}\n" for line in sources.splitlines())
            + dedent(more)
        )
        self._put(self.config_path, self.text)
        (self.folder / "news").mkdir(exist_ok=True)
        self._refreshes.clear()

    @property
    def config_path(self) -> Path:
        return self.folder / "site.yaml"

    def settings(self) -> Settings:
        return config.load(self.config_path)

    def write(
        self, name: str, *lines: str, title: str | None = None, body: str = "", source: str = "news"
    ) -> Path:
        """Write the article `name`.md, called `title`, else by its name."""
        path = self.folder / source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._put(path, article_text(title or name.title(), *lines, body=body))
        return path

    def _put(self, path: Path, text: str) -> None:
        """Write a file at once: a server that watches must not see it empty."""
        partial = self.folder / ".partial"
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)

    def delete(self, name: str) -> None:
        (self.folder / "news" / f"{name}.md").unlink()

    @contextmanager
    def wired(self) -> Iterator[tuple[Wiring, Catalogue]]:
        settings = self.settings()
        catalogue = Catalogue.open(settings.store)
        try:
            yield wire(settings, catalogue), catalogue
        finally:
            catalogue.close()

    def refresh(self, now: datetime = NOON) -> Report:
        """Refresh as a new process would."""
        with self.wired() as (wiring, _):
            return wiring.refresh.run(now)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.wired() as (_, catalogue), catalogue.snapshot() as snapshot:
            yield snapshot

    def titles(self) -> list[str]:
        with self.snapshot() as snapshot:
            return sorted(article.title for article in snapshot.select(EVERYTHING))

    def document(self, path: str) -> bytes:
        """Give the bytes of the document at `path`, as published now."""
        with self.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
            drafts = (family.find(path, snapshot) for family in wiring.families)
            draft = next(draft for draft in drafts if draft is not None)
            return draft.make().body
