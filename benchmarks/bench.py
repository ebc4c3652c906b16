"""A bench: what one run is to measure, and the corpora that its trials share."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import Form, write_corpus
from benchmarks.sites import QUIET, Site, new_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Sizes of one run.

    folder     for corpora, catalogues and trees
    files      articles of the big site
    changed    files that change in the refresh under load
    sizes      articles of the sites that show growth
    million    articles of the largest catalogue
    repeats    runs of what takes long; of several the median counts
    rounds     requests, changes and renders that are timed one by one
    seconds    of load, each time
    """

    folder: Path
    files: int = 100_000
    changed: int = 10_000
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    million: int = 1_000_000
    repeats: int = 3
    rounds: int = 50
    seconds: float = 5.0

    def corpus(self, count: int, form: Form = Form.OURS) -> Path:
        """Give a folder of `count` articles, which nobody may change. The system has all of them in memory then.

        Hugo takes 47 s for 100,000 files, and 250 s where they come from a disk that nobody read for a while (measured).
        """
        folder = self.folder / f"corpus-{count}-{form.name.lower()}"
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            write_corpus(partial, count, form)
            partial.rename(folder)
        for file in folder.rglob("*.md"):
            file.read_bytes()
        return folder

    def site(self, name: str, count: int, reload: str = QUIET) -> Site:
        """Give a site of `count` articles with a catalogue of its own, empty at first."""
        return new_site(self.folder / "sites" / name, self.corpus(count), reload)

    def own_corpus(self, name: str, count: int) -> Path:
        """Give a copy of a corpus, for a trial that changes it."""
        folder = self.folder / "sites" / name / "articles"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.corpus(count), folder)
        return folder
