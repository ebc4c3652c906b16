"""The sample site, served under its own address, with articles beside its own that mean harm."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lxml import html

from tests.aggregator.running_site import RunningSite, free_port, running
from tests.aggregator.workshop import Workshop

_SAMPLE = Path(__file__).parents[2] / "config"
_SAMPLE_URL = "url: http://127.0.0.1:8080"


@dataclass(frozen=True)
class OpenSite:
    """A site that a browser can open: its links lead to itself."""

    url: str
    server: RunningSite

    def article(self, words: str) -> str:
        """Give the path of the page of the article with these words in its title."""
        page = html.fromstring(self.server.get("/search?q=" + quote(f'"{words}"')).body.decode())
        links: Any = page.xpath("//h3/a/@href")
        assert links, words
        return str(links[0])


@contextmanager
def opened(
    folder: Path, articles: Path | None = None, settings: str = "", *arguments: str
) -> Iterator[OpenSite]:
    """Serve a copy of the sample site from `folder`, with these articles, and lines of configuration for its server and arguments besides."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    shop = Workshop(folder / "site")
    shutil.copytree(_SAMPLE, shop.folder)
    text = (shop.folder / "aggregator.yaml").read_text(encoding="utf-8")
    for written, changed in {
        _SAMPLE_URL: f"url: {url}",
        "sqlite:///../var/": "sqlite:///",
        "server:\n": f"server:\n{settings}",
    }.items():
        assert written in text
        text = text.replace(written, changed)
    shop.config_path.write_text(text, encoding="utf-8")
    if articles is not None:
        shutil.copytree(articles, shop.folder / "content/news/beside")
    with running(shop, "--port", str(port), *arguments) as server:
        yield OpenSite(url, server)
