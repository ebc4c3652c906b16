"""newsboat, a terminal reader of Debian's packages, lives with a running server; its own database says what it saw."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, wait_for
from tests.aggregator.workshop import Workshop

pytestmark = pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")


class Newsboat:
    def __init__(self, folder: Path, *urls: str) -> None:
        self._urls, self._cache = folder / "urls", folder / "cache.db"
        self._urls.write_text("".join(f"{url}\n" for url in urls))

    def poll(self) -> dict[str, tuple[str, int]]:
        """Reload, and give title and date of what is in its database by guid."""
        command = [
            "newsboat",
            "-u",
            str(self._urls),
            "-c",
            str(self._cache),
            "-C",
            "/dev/null",
            "-x",
            "reload",
        ]
        subprocess.run(command, check=True, timeout=30, capture_output=True)
        with closing(sqlite3.connect(self._cache)) as connection:
            rows = connection.execute(
                "SELECT guid, title, pubDate FROM rss_item WHERE deleted = 0"
            ).fetchall()
        return {guid: (title, date) for guid, title, date in rows}


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_it_sees_what_is_published_through_edits(
    site: RunningSite, workshop: Workshop, tmp_path: Path, name: str
) -> None:
    newsboat = Newsboat(tmp_path, f"http://127.0.0.1:{site.port}/feeds/all.{name}")
    first = newsboat.poll()
    assert first["https://pier.example/ferry?a=1&b=2"] == ("Ferries <learn> to wait & see", 1772355600)
    assert len(first) == 2
    workshop.write("late", "id: https://pier.example/late", title="Late")
    wait_for(lambda: len(newsboat.poll()) == 3)
    assert newsboat.poll()["https://pier.example/late"][0] == "Late"
    workshop.write("late", "id: https://pier.example/late", title="Later")
    wait_for(lambda: newsboat.poll()["https://pier.example/late"][0] == "Later")
