"""From what somebody types (a file path, a URL or an id) to the file that is meant."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from aggregator.catalogue import Entry, KnownFile, Snapshot
from aggregator.config import Settings, SourceSettings
from aggregator.entry.keys import key_of
from aggregator.errors import UnknownArticleError
from aggregator.explain.reading import article_in
from aggregator.source.places import file_at, source_called
from aggregator.source.scan import is_text
from feeds.article import State
from feeds.site import page_path
from feeds.text import uri

_HIDDEN_STATES = (State.UNPUBLISHED, State.SCHEDULED, State.REMOVED)
_PAGE = page_path("")[: page_path("").rindex("/") + 1]
_KEY_DIGITS = 16
_CLOSE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An article file. `source` is None where it lies in no source's folder; `path` is its path below that folder.

    gone  what the catalogue remembers of the article, where the file itself is no more
    kept  what the catalogue holds of the file, where its source is configured no more
    """

    file: Path
    source: SourceSettings | None
    path: str
    gone: Entry | None = None
    kept: KnownFile | None = None


def find_subject(what: str, settings: Settings, snapshot: Snapshot) -> Subject:
    """Find the file that `what` means; raise UnknownArticleError where there is none."""
    found = _by_file(what, settings)
    if found is None or found.source is None:
        found = _kept_file(what, settings, snapshot) or found
    # Bytes that are no UTF-8 can be the name of a file, and of nothing else.
    if found is None and is_text(what):
        found = (
            _by_identity(what, settings, snapshot)
            or _gone_file(what, settings, snapshot)
            or _by_hidden_address(what, settings, snapshot)
        )
    if found is None:
        raise UnknownArticleError(
            f"{what!r} is no article here, expected the path of its file, its URL or its id"
            + _hint(what, settings, snapshot)
        )
    return found


# By its file


def _by_file(what: str, settings: Settings) -> Subject | None:
    there = (file for file in _candidates(what, settings) if os.path.lexists(file) and not file.is_dir())
    found = [_subject_of(file, settings) for file in there]
    # Of several files so called one that is an article's is meant, not the README beside which somebody stands.
    return next((subject for subject in found if subject.source is not None), next(iter(found), None))


def _candidates(what: str, settings: Settings) -> Iterator[Path]:
    """Give where a file so called may lie: from here, beside the configuration, below a source, or below the source it names."""
    if "\0" in what or not what:
        return
    yield Path(what)
    yield settings.path.parent / what
    first, _, rest = what.partition("/")
    for source in settings.sources:
        yield source.path / what
        if rest and source.name == first:
            yield source.path / rest


def _subject_of(file: Path, settings: Settings) -> Subject:
    places = [(source, path) for source in settings.sources if (path := _below(file, source.path))]
    if not places:
        return Subject(file=file, source=None, path=file.name)
    # Folders of sources may lie within one another: the innermost says most.
    source, path = min(places, key=lambda place: len(place[1]))
    return Subject(file=source.path / path, source=source, path=path)


def _below(file: Path, folder: Path) -> str | None:
    """Give the path of a file below a folder, as written or with links followed; None where it is not below it."""
    for this, that in (
        (os.path.normpath(Path.cwd() / file), str(folder)),
        (os.path.realpath(file.parent) + f"/{file.name}", os.path.realpath(folder)),
    ):
        if this.startswith(that.rstrip("/") + "/"):
            return this[len(that.rstrip("/")) + 1 :]
    return None


def _gone_file(what: str, settings: Settings, snapshot: Snapshot) -> Subject | None:
    for file in _candidates(what, settings):
        place = _subject_of(file, settings)
        # Whoever asks may stand in a folder whose name is no text.
        if place.source is None or not is_text(place.path):
            continue
        gone = snapshot.entry_from(place.source.name, place.path)
        if gone is not None:
            return Subject(file=place.file, source=place.source, path=place.path, gone=gone)
    return None


def _kept_file(what: str, settings: Settings, snapshot: Snapshot) -> Subject | None:
    """Give a file of a source that is configured no more. Nobody knows its folder: it is taken to be called like the source."""
    kept = snapshot.readings().keys() - {source.name for source in settings.sources}
    for file in _candidates(what, settings) if kept else ():
        parts = (Path.cwd() / file).parts
        for number, name in enumerate(parts):
            path = "/".join(parts[number + 1 :])
            known = snapshot.file(name, path) if name in kept and is_text(path) else None
            if known is not None:
                return _subject_at(known, settings, snapshot)
    return None


# By its identity or its address


def _by_identity(what: str, settings: Settings, snapshot: Snapshot) -> Subject | None:
    for key in _keys(what, settings):
        entry = snapshot.entry(key)
        files = snapshot.files_of(key)
        if files:
            return _subject_at(_counting(files, entry), settings, snapshot)
        if entry is not None:
            return _remembered(entry, settings, snapshot)
    found = (snapshot.entry_at(form) for form in _forms(what))
    entry = next((entry for entry in found if entry is not None), None)
    return None if entry is None else _remembered(entry, settings, snapshot)


def _forms(what: str) -> tuple[str, ...]:
    """Give a URL as it was typed, and with everything escaped, or nothing: articles may have it in any of these forms."""
    try:
        plain = unquote(what, errors="strict")
    except UnicodeDecodeError:
        plain = what
    return tuple(dict.fromkeys((what, uri(what), plain)))


def _keys(what: str, settings: Settings) -> Iterator[int]:
    yield from map(key_of, (*_forms(what), settings.site.identity(what)))
    path = what.removeprefix(settings.site.url)
    digits = path.removeprefix(_PAGE)
    if path.startswith(_PAGE) and len(digits) == _KEY_DIGITS and not digits.strip("0123456789abcdef"):
        yield int(digits, 16) >> 1


def _counting(files: tuple[KnownFile, ...], entry: Entry | None) -> KnownFile:
    """Give the file that counts among those with one identity, the first by name where none does."""
    place = (entry.source, entry.path) if entry else None
    return next((file for file in files if (file.source, file.path) == place), files[0])


def _subject_at(place: KnownFile | Entry, settings: Settings, snapshot: Snapshot) -> Subject:
    source, file = _place_of(place, settings)
    kept = snapshot.file(place.source, place.path) if source is None else None
    return Subject(file=file, source=source, path=place.path, kept=kept)


def _remembered(entry: Entry, settings: Settings, snapshot: Snapshot) -> Subject:
    if entry.withdrawn_at is None:
        return _subject_at(entry, settings, snapshot)
    source, file = _place_of(entry, settings)
    return Subject(file=file, source=source, path=entry.path, gone=entry)


def _place_of(place: KnownFile | Entry, settings: Settings) -> tuple[SourceSettings | None, Path]:
    sources = settings.sources
    return source_called(place.source, sources), file_at(place.source, place.path, sources)


def _by_hidden_address(what: str, settings: Settings, snapshot: Snapshot) -> Subject | None:
    """Look through the files of articles that are not public: of those the catalogue knows no address."""
    wanted = set(_forms(what))
    for file in snapshot.files_in(*_HIDDEN_STATES):
        article = article_in(file, settings)
        if article is not None and wanted & {article.id, article.link, article.original_url}:
            return _subject_at(file, settings, snapshot)
    return None


def _hint(what: str, settings: Settings, snapshot: Snapshot) -> str:
    names = {Path(file.path).name: file for file in snapshot.files_in(State.PUBLIC, *_HIDDEN_STATES)}
    close = get_close_matches(Path(what).name, names, n=1, cutoff=_CLOSE)
    return f"; did you mean {_place_of(names[close[0]], settings)[1]}?" if close else ""
