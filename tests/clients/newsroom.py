"""A newsroom: it writes, edits, withdraws and moves article files, and knows what is public after that, without asking the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from feeds.site import page_path
from tests.aggregator.workshop import Workshop, article_text
from tests.clients.client import Seen

TAG = "example.org,2026-01-05"
NEVER_PUBLIC = "Canary"

_BEGINNING = datetime(2026, 1, 10, 9, tzinfo=UTC)
_STEP = timedelta(minutes=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article. `place` is SOURCE/NAME of its file; `front_matter` are its lines besides title and date."""

    id: str
    name: str
    place: str
    title: str
    link: str
    published: datetime
    edition: int = 1
    front_matter: tuple[str, ...] = ()
    is_public: bool = True

    @property
    def text(self) -> str:
        return f"{self.name}, edition {self.edition}"


@dataclass(slots=True)
class Newsroom:
    """The articles of one site, whose address is `url`. Each edit is a file that has changed; the server reads it at its next refresh."""

    workshop: Workshop
    url: str
    _pieces: dict[str, Piece] = field(default_factory=dict)
    _written: int = 0

    @property
    def names(self) -> list[str]:
        """Give the names of all articles, in order."""
        return sorted(self._pieces)

    def edition(self, name: str) -> int:
        """Tell the edition of an article; each edit makes another."""
        return self._pieces[name].edition

    def write(
        self, name: str, *, title: str | None = None, published: datetime | None = None, web_url: str = ""
    ) -> None:
        """Write an article into the source news. One with an address is known by that, another by the place of its file."""
        self._written += 1
        identity = web_url or f"tag:{TAG}:news/{name}.md"
        self._pieces[name] = Piece(
            id=identity,
            name=name,
            place=f"news/{name}",
            title=title or name.title(),
            link=quote(web_url, safe=":/?&=") or self.url + page_path(identity),
            published=published or _BEGINNING + self._written * _STEP,
            front_matter=(f"webUrl: {web_url}",) if web_url else (),
        )
        self._save(name)

    def edit(self, name: str, *, title: str | None = None) -> None:
        """Change the body of an article, and its title where one is given. It is public after that."""
        piece = self._pieces[name]
        self._pieces[name] = replace(
            piece, title=title or piece.title, edition=piece.edition + 1, is_public=True
        )
        self._save(name)

    def schedule(self, name: str, published: datetime) -> None:
        """Give an article another date, which may lie in the future."""
        self._pieces[name] = replace(self._pieces[name], published=published)
        self._save(name)

    def hide(self, name: str, line: str) -> None:
        """Take an article from the public by a line of its front matter."""
        self._pieces[name] = replace(self._pieces[name], is_public=False)
        self._save(name, line)

    def restore(self, name: str) -> None:
        """Publish an article again, as it was."""
        self._pieces[name] = replace(self._pieces[name], is_public=True)
        self._save(name)

    def delete(self, name: str) -> None:
        """Delete the file of an article."""
        self._file(self._pieces[name].place).unlink()
        del self._pieces[name]

    def move(self, name: str, place: str) -> None:
        """Give the file of an article another name, folder or source."""
        target = self._file(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file(self._pieces[name].place).rename(target)
        self._pieces[name] = replace(self._pieces[name], place=place)

    def spoil(self, name: str) -> None:
        """Write what can't be read over an article's file, or into a new one. What was public before stays so."""
        place = self._pieces[name].place if name in self._pieces else f"news/{name}"
        text = article_text(NEVER_PUBLIC, "publishedDateTime: [the day after", body="Spoilt.")
        self._file(place).write_text(text, encoding="utf-8")

    def public(self, now: datetime) -> Mapping[str, Seen]:
        """Give what every reader may see at a time, by id."""
        return {
            piece.id: Seen(
                id=piece.id,
                title=piece.title,
                link=piece.link,
                published=int(piece.published.timestamp()),
                text=piece.text,
            )
            for piece in self._pieces.values()
            if piece.is_public and piece.published <= now
        }

    def _save(self, name: str, *more: str) -> None:
        piece = self._pieces[name]
        source, _, path = piece.place.partition("/")
        lines = (f"publishedDateTime: {piece.published.isoformat()}", *piece.front_matter, *more)
        self.workshop.write(path, *lines, title=piece.title, body=f"This is {piece.text}.", source=source)

    def _file(self, place: str) -> Path:
        return self.workshop.folder / f"{place}.md"
