"""The place of a published tree: what may be there already, and which release it leads to. Looks only, and changes nothing."""

import os
import re
from pathlib import Path

from aggregator.errors import PublishError

_RELEASE = re.compile("[0-9a-f]{16}")


def releases_of(out: Path) -> Path:
    """Give the folder of the releases of a tree at `out`."""
    return out.parent / f".{out.name}.releases"


def is_release(path: Path) -> bool:
    """Tell whether it has the name of a release; what has another name is not publish's own."""
    return _RELEASE.fullmatch(path.name) is not None


def check_place(out: Path) -> None:
    """Raise PublishError where publish may not put a tree, for it would take the place of what somebody else put there."""
    if out.name in {"", ".."}:
        raise PublishError(
            f"{out}: has no name of its own, expected the path of a tree, such as /var/www/feeds"
        )
    if out.is_symlink():
        if linked_release(out) is None:
            raise _foreign(out, f"a link to {out.readlink()}")
    elif out.is_dir():
        if any(out.iterdir()):
            raise _foreign(out, "a folder that is not empty")
    elif out.exists():
        raise _foreign(out, "a file")


def linked_release(out: Path) -> Path | None:
    """Give the release that `out` leads to, whether or not it is still there; None where it is no link to one of its own."""
    if not out.is_symlink():
        return None
    target = out.parent / out.readlink()
    releases = releases_of(out)
    is_own = is_release(target) and os.path.realpath(target.parent) == os.path.realpath(releases)
    return releases / target.name if is_own else None


def _foreign(out: Path, found: str) -> PublishError:
    return PublishError(
        f"{out}: is not something that publish made, but {found}; expected a new path, an empty folder, or an earlier tree"
    )
