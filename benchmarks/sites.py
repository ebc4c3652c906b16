"""A site over a folder of articles: its configuration and its catalogue, in a folder of their own."""

from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = """\
site: {{title: Benchmark, url: http://127.0.0.1}}
sources: [{{name: news, path: {articles}}}]
store: sqlite:///catalogue.db
reload: {reload}
"""

# Nothing is done but what is asked for.
QUIET = "{every: 24h, watch: false}"
WATCHING = "{every: 1h, watch: true}"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a site lies."""

    folder: Path
    articles: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "site.yaml"

    def forget(self) -> None:
        """Delete the catalogue."""
        for file in self.folder.glob("catalogue.db*"):
            file.unlink()


def new_site(folder: Path, articles: Path, reload: str = QUIET) -> Site:
    """Write the configuration of a site into `folder`; one that there is already keeps its catalogue."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, articles)
    site.configuration.write_text(_CONFIGURATION.format(articles=articles, reload=reload), encoding="utf-8")
    return site
