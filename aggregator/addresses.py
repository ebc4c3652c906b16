"""The addresses that lead elsewhere: the usual names of a site's feed, feeds that moved, feeds that are gone. Pure."""

from collections.abc import Mapping, Sequence

from aggregator.definitions import ALL

_ALIASES = {
    "/feed": "rss",
    "/rss": "rss",
    "/feed.xml": "rss",
    "/rss.xml": "rss",
    "/index.xml": "rss",
    "/atom.xml": "atom",
    "/feed.json": "json",
}


def redirects(formats: Sequence[str], moved: Mapping[str, str]) -> dict[str, str]:
    """Give the new path of every path that moved: aliases lead to their format, or the first that is published where it is not."""
    found = {alias: f"{ALL}.{name if name in formats else formats[0]}" for alias, name in _ALIASES.items()}
    for old, new in moved.items():
        for suffix in _suffixes(formats):
            found[f"/feeds/{old}{suffix}"] = f"/feeds/{new}{suffix}"
    return found


def gone_paths(formats: Sequence[str], gone: frozenset[str]) -> frozenset[str]:
    """Give every path of the feeds that are gone."""
    return frozenset(f"/feeds/{old}{suffix}" for old in gone for suffix in _suffixes(formats))


def page_path_of(path: str, formats: Sequence[str]) -> str | None:
    """Give the path of the page that belongs to a feed's path, None where `path` is no feed's."""
    stem, dot, suffix = path.rpartition(".")
    return stem if dot and suffix in formats else None


def _suffixes(formats: Sequence[str]) -> list[str]:
    return ["", *(f".{name}" for name in formats)]
