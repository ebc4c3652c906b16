"""A server with a newsroom behind it and a recorder before it: what clients live with."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop
from tests.clients.newsroom import TAG, Newsroom
from tests.clients.recorder import Recorder, recording

SOURCES = ("news", "port")

_CONFIGURATION = """\
site: {site}
store: sqlite:///catalogue.db
sources: [{{name: news, path: news}}, {{name: port, path: port}}]
reload: {{every: 1h, watch: false}}
{feeds}
"""

# What the server logs at the end of a refresh that changed what readers see.
_GENERATION = "refresh.changed"


class Stage:
    """The server reads its files when `refresh` says so, and at no other time: what clients see is never half an edit.

    feed   the id of the one configured feed, which holds everything
    limit  how many articles it shows
    """

    def __init__(self, workshop: Workshop, recorder: Recorder, limit: int) -> None:
        self.workshop = workshop
        self.recorder = recorder
        self.newsroom = Newsroom(workshop, recorder.url)
        self.feed = "wire"
        self.limit = limit
        self._past: list[str] = []
        self._stack = ExitStack()
        self._site: RunningSite | None = None
        for source in SOURCES:
            (workshop.folder / source).mkdir()
        self._configure(self._definition())

    @property
    def site(self) -> RunningSite:
        assert self._site is not None, "the server is not running"
        return self._site

    def url(self, ending: str) -> str:
        """Give the address of the feed in a format."""
        return f"{self.recorder.url}/feeds/{self.feed}.{ending}"

    def start(self) -> None:
        """Start the server, which reads its files."""
        self._site = self._stack.enter_context(running(self.workshop))
        self.recorder.target = self._site.port

    def stop(self) -> None:
        """Stop the server, which forgets what it does not keep on disk."""
        self._stack.close()
        self._site = None

    def refresh(self) -> None:
        """Have the server read its configuration and its files; wait until the generation that comes of it is public.

        The process that serves is told of it as the log is, and may take it up a moment later. Whatever changes, the feed tells.
        """
        generations, document = self._generations(), self._document()
        self.site.signal(signal.SIGHUP)
        wait_for(lambda: self._generations() > generations and self._document() != document)

    def rename_feed(self, feed: str, shows: str) -> None:
        """Give the feed another id, to which its old address leads; wait until it shows a text there.

        The configuration counts a moment before the generation that comes of it: at its new address the feed may show the one before.
        """
        old, self.feed = self.feed, feed
        self._past.append(old)
        self._configure(f"{self._definition()}moved: {{{old}: {feed}}}\n")
        self.site.signal(signal.SIGHUP)
        wait_for(lambda: shows.encode() in self._document())

    def end_feed(self) -> None:
        """End the feed for good."""
        path = f"/feeds/{self.feed}.atom"
        self._configure(f"gone: [{', '.join([*self._past, self.feed])}]\n")
        self.site.signal(signal.SIGHUP)
        wait_for(lambda: self.site.get(path).status == 410)

    def _definition(self) -> str:
        return f"feeds: [{{id: {self.feed}, title: The wire, limit: {self.limit}}}]\n"

    def _configure(self, more: str) -> None:
        site = f"{{title: The Harbour Wire, url: {self.recorder.url}, tag: '{TAG}'}}"
        text = _CONFIGURATION.format(site=site, feeds=more)
        self.workshop.config_path.write_text(text, encoding="utf-8")

    def _document(self) -> bytes:
        return self.site.get(f"/feeds/{self.feed}.json").body

    def _generations(self) -> int:
        return sum(_GENERATION in line for line in self.site.lines)


@contextmanager
def staged(folder: Path, limit: int) -> Iterator[Stage]:
    """Give a stage in a folder; its server is yet to be started."""
    with recording() as recorder:
        stage = Stage(Workshop(folder), recorder, limit)
        try:
            yield stage
        finally:
            stage.stop()
