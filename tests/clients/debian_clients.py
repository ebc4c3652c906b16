"""Clients of Debian's packages, each a program that is started for every poll: newsboat and sfeed."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.clients.client import Client, Kind, RefusedError, Seen, by_id_and_title, text_of

_SECONDS = 30


class _Newsboat:
    """Reads with newsboat, and looks into the database that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._urls, self._cache = folder / "urls", folder / "cache.db"
        files = ("-u", str(self._urls), "-c", str(self._cache), "-C", os.devnull)
        self._command = ("newsboat", *files, "-x", "reload")
        # It makes a folder of its own at home.
        self._environment = os.environ | {"HOME": str(folder)}

    def subscribe(self, url: str) -> None:
        self._urls.write_text(f"{url}\n", encoding="utf-8")

    def poll(self) -> None:
        # Whatever the server answers, it ends well: what it was refused shows in the server's answers alone.
        subprocess.run(
            self._command, check=True, timeout=_SECONDS, capture_output=True, env=self._environment
        )

    def held(self) -> list[Seen]:
        with closing(sqlite3.connect(self._cache)) as connection:
            rows = connection.execute(
                "SELECT guid, title, url, pubDate, content FROM rss_item WHERE deleted = 0"
            ).fetchall()
        return [
            Seen(id=guid, title=title, link=url, published=date, text=text_of(content))
            for guid, title, url, date, content in rows
        ]


@contextmanager
def _start_newsboat(folder: Path) -> Iterator[Client]:
    yield _Newsboat(folder)


class _Sfeed:
    """Reads with sfeed_update and its own rules of fetching and merging, and looks into the file that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._rc, self._feeds = folder / "sfeedrc", folder / "feeds"

    def subscribe(self, url: str) -> None:
        text = f"sfeedpath='{self._feeds}'\nfeeds() {{\n\tfeed wire '{url}'\n}}\n"
        self._rc.write_text(text, encoding="utf-8")

    def poll(self) -> None:
        done = subprocess.run(
            ["sfeed_update", str(self._rc)], check=False, timeout=_SECONDS, capture_output=True, text=True
        )
        if done.returncode:
            raise RefusedError(done.stderr)

    def held(self) -> list[Seen]:
        lines = (self._feeds / "wire").read_text(encoding="utf-8").splitlines()
        return [_seen_by_sfeed(line.split("\t")) for line in lines]


def _seen_by_sfeed(fields: list[str]) -> Seen:
    published, title, link, content, _, identity, *_ = fields
    return Seen(id=identity, title=title, link=link, published=int(published), text=text_of(content))


@contextmanager
def _start_sfeed(folder: Path) -> Iterator[Client]:
    yield _Sfeed(folder)


def _missing(*programs: str) -> str | None:
    lacking = [program for program in programs if shutil.which(program) is None]
    return f"{' and '.join(lacking)} not installed: see tests/install_tools.sh" if lacking else None


NEWSBOAT = Kind(
    name="newsboat",
    formats=("atom", "rss"),
    start=_start_newsboat,
    missing=_missing("newsboat"),
    wants_deltas=True,
)
SFEED = Kind(
    name="sfeed",
    formats=("atom", "rss"),
    start=_start_sfeed,
    missing=_missing("sfeed_update", "curl"),
    validates=False,
    follows_moves=False,
    key=by_id_and_title,
    keeps_first=True,
)
