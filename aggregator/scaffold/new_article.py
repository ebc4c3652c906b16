"""New article: a file with its front matter ready, in the folder of a source, not public until its author says so."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from aggregator.config import Settings, SourceSettings
from aggregator.errors import NewFileError
from aggregator.source.scan import NO_TEXT, is_text, reason_left_out
from feeds.slug import slug
from feeds.text import one_line

_SUFFIXES = (".md", ".markdown", ".html")

_ARTICLE = """\
---
{title}: {text}
{excerpt}: ""
{publishedDateTime}: {moment}
{published}: false # take this line out when the article is ready
{category}: {kind}
{topics}: []
# {originalUrl}: https://… where it first appeared, if that is elsewhere
# {images}: [{{url: https://…, width: 1200, height: 800}}]
---

"""
_KEYS = ("title", "excerpt", "publishedDateTime", "published", "category", "topics", "originalUrl", "images")


def new_article(title: str, settings: Settings, source: str | None, folder: str, now: datetime) -> Path:
    """Write the file of an article called `title`, and give its path; raise NewFileError where that can't be.

    source  the name of the source it belongs to, None: the first
    folder  where below the source's folder, empty: there
    """
    text = one_line(title)
    if not text:
        raise NewFileError(f"the title is {title!r}, expected some text")
    chosen = _source(source, settings)
    moment = now.astimezone(settings.timezone).replace(microsecond=0)
    path = chosen.path / _path(chosen, folder, f"{moment:%Y-%m-%d}-{slug(text)}")
    _write(path, article_text(text, moment, chosen.fields, chosen.name))
    return path


def article_text(title: str, moment: datetime, names: Mapping[str, str], category: str) -> str:
    """Give the text of the file; `names` are what a source calls our keys where it has other names for them."""
    keys = {key: names.get(key, key) for key in _KEYS}
    # JSON's texts are YAML's, whatever they hold (YAML 1.2 section 1.3).
    text, kind = (json.dumps(value, ensure_ascii=False) for value in (title, category))
    return _ARTICLE.format(**keys, text=text, moment=moment.isoformat(), kind=kind)


def _source(name: str | None, settings: Settings) -> SourceSettings:
    if name is None:
        return settings.sources[0]
    for source in settings.sources:
        if source.name == name:
            return source
    known = ", ".join(source.name for source in settings.sources)
    raise NewFileError(f"{name!r} is no source, expected one of {known}")


def _path(source: SourceSettings, folder: str, stem: str) -> str:
    """Give a path that the source takes for an article's."""
    parts = _parts(source, folder)
    paths = ["/".join([*parts, stem + suffix]) for suffix in _SUFFIXES]
    fitting = next((path for path in paths if reason_left_out(source, path) is None), None)
    if fitting is None:
        raise NewFileError(f"{paths[0]}: {reason_left_out(source, paths[0])}; expected a --folder that fits")
    return fitting


def _parts(source: SourceSettings, folder: str) -> Sequence[str]:
    """Give the names of the folders that lead from the source's to `folder`, links followed: the source enters none."""
    if not is_text(folder):
        raise NewFileError(f"the folder {folder!r} can't hold articles: {NO_TEXT}")
    root = Path(os.path.realpath(source.path))
    real = Path(os.path.realpath(root / folder.rstrip("/")))
    if ".." in folder.split("/") or Path(folder).is_absolute() or not real.is_relative_to(root):
        raise NewFileError(
            f"the folder {folder!r} leads out of source {source.name} to {real}, expected one below it"
        )
    _expect_folders(real, root)
    return real.relative_to(root).parts


def _expect_folders(folder: Path, root: Path) -> None:
    """Raise where there is something else in the place of `folder`, or of one between it and `root`."""
    between = [each for each in (folder, *folder.parents) if each != root and each.is_relative_to(root)]
    for each in between:
        if os.path.lexists(each) and not each.is_dir():
            raise NewFileError(f"{each} is a file, expected a folder")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise NewFileError(
            f"{path} is there already and stays as it is, expected another title or day"
        ) from error
    except OSError as error:
        raise NewFileError(
            f"{path} can't be written: {error.strerror}; expected a folder that can be"
        ) from error
