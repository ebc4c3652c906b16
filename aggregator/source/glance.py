"""Glance: a few files of a source looked at where the file system says that they changed. What is more than that wants a scan."""

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from aggregator.config import SourceSettings
from aggregator.source.file_reader import stamp_of
from aggregator.source.scan import is_temporary, reason_left_out
from aggregator.source.stamp import Stamp

# So many at once are no edit: a scan looks at them all, and sees what else there is.
_MOST = 200


def paths_below(settings: SourceSettings, touched: Collection[str]) -> tuple[str, ...]:
    """Give those of the absolute paths `touched` that lie below the folder of a source, as POSIX paths below it."""
    roots = {f"{root}/" for root in (str(settings.path.absolute()), os.path.realpath(settings.path))}
    below = {path.removeprefix(root) for path in touched for root in roots if path.startswith(root)}
    return tuple(sorted(below))


def glance(
    settings: SourceSettings, known: Mapping[str, Stamp], paths: Collection[str]
) -> Mapping[str, Stamp] | None:
    """Give which of the files at `paths` differ from what is `known` of them; None where only a scan can tell what happened.

    That is so wherever anything is not there, or is no regular file: a folder that was moved away says nothing of what was in it.
    """
    if len(paths) > _MOST:
        return None
    changed = {}
    root = os.path.realpath(settings.path)
    try:
        for path, status in _files(root, paths):
            if not stat.S_ISREG(status.st_mode):
                return None
            stamp = stamp_of(status)
            if stamp != known.get(path) and reason_left_out(settings, path) is None:
                changed[path] = stamp
    except (OSError, ValueError):
        return None
    return changed


def _files(root: str, paths: Collection[str]) -> Iterator[tuple[str, os.stat_result]]:
    for path in paths:
        if is_temporary(path):
            continue
        folder = str(Path(root, path).parent)
        if os.path.realpath(folder) != folder:
            raise ValueError(f"{path} lies below a symbolic link, expected one that a scan would enter")
        path.encode()
        yield path, os.lstat(f"{root}/{path}")
