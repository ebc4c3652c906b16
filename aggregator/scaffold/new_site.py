"""New site: a configuration, one feed and one article in an empty folder, which work as they are."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator import config
from aggregator.errors import ConfigurationError, NewFileError
from feeds.text import one_line

# What somebody may have put there before: nothing of these is ours.
_NOBODYS = frozenset({".git", ".gitignore", ".gitattributes", ".github", ".DS_Store"})

_CONFIGURATION = """\
# yaml-language-server: $schema=aggregator-schema.json
#
# Paths are relative to this file. `aggregator check` says what is wrong, and where. A running server takes changes up at once.

site:
  title: {title}
  # The public address. Self links, pages and identities derive from it: set it before the first reader subscribes.
  url: {url}
  description: ""
  language: en
  timezone: UTC # of dates that name no time zone

# Folders of articles: Markdown files that begin with YAML front matter.
sources:
  - name: news # part of identities: never change it
    path: ../content/news

# Made again from the articles when it is deleted.
store: sqlite:///../var/aggregator.db

# Feeds of your own: /feeds/ID. More may lie in feeds/*.yaml beside this file.
feeds:
  - id: highlights
    title: {highlights}
    where:
      topics: [Highlights]
"""

_ARTICLE = """\
---
title: The first article
excerpt: It is here to be changed.
publishedDateTime: {moment}
category: news
topics: [Highlights]
---

Save this file with another title, and every feed that it is in has it at once.

- `aggregator new "A title"` begins another article.
- `aggregator explain {path}` says in which feeds it is, and why.
"""


def new_site(folder: Path, title: str, url: str, now: datetime) -> tuple[Path, ...]:
    """Write a site into `folder`, which must be empty or not there, and give the files; raise NewFileError where that can't be."""
    name = one_line(title)
    if not name:
        raise NewFileError(f"the title is {title!r}, expected some text")
    article = f"content/news/{now:%Y-%m-%d}-the-first-article.md"
    texts = {
        "config/aggregator.yaml": _CONFIGURATION.format(
            title=_quoted(name), url=_quoted(url), highlights=_quoted(f"Highlights of {name}")
        ),
        "config/aggregator-schema.json": json.dumps(config.schema(), indent=2, ensure_ascii=False) + "\n",
        article: _ARTICLE.format(moment=now.replace(microsecond=0).isoformat(), path=article),
    }
    try:
        _expect_empty(folder)
        _expect_usable(texts)
        return tuple(_write(folder / path, text) for path, text in texts.items())
    except OSError as error:
        raise NewFileError(
            f"{error.filename or folder} can't be written: {error.strerror}; expected a folder that can be"
        ) from error


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _expect_empty(folder: Path) -> None:
    if not folder.exists():
        return
    found = sorted(entry.name for entry in folder.iterdir() if entry.name not in _NOBODYS)
    if found:
        raise NewFileError(
            f"{folder} is not empty: {found[0]} is in it; expected an empty folder, or one to be made"
        )


def _expect_usable(texts: Mapping[str, str]) -> None:
    """Load the site from somewhere else first: what can't be used is better not written."""
    with TemporaryDirectory(prefix="aggregator-") as trial:
        written = [_write(Path(trial, path), text) for path, text in texts.items()]
        try:
            config.load(written[0])
        except ConfigurationError as error:
            reasons = "; ".join(f"{problem.key}: {problem.reason}" for problem in error.problems)
            raise NewFileError(f"the site can't be made: {reasons}") from error


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
