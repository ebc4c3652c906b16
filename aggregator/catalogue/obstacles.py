"""What stands in the way of a database at a path. Looks, and touches nothing."""

import os
from pathlib import Path


def obstacle(path: Path) -> str | None:
    """Tell why there can't be a database at an absolute path, and what was expected; None where there can."""
    try:
        return _in_the_way(path)
    except PermissionError:
        return None  # of who runs this program, not of the path
    except OSError as error:
        return (
            f"{path} can't be there: {error.strerror}, expected the path of a database or a name that is free"
        )


def ban(path: Path) -> str | None:
    """Tell what whoever runs this program may not do for a database to be there; None where nothing is in the way."""
    try:
        place = path if path.exists() else _nearest(path)
    except OSError:
        return f"{path} can't be looked at by this user, expected to be allowed to make it"
    wanted = os.W_OK | (os.X_OK if place.is_dir() else os.R_OK)
    is_allowed = os.access(place, wanted, effective_ids=os.access in os.supports_effective_ids)
    return (
        None
        if is_allowed
        else f"{place} can't be written by this user, expected to be allowed to make {path}"
    )


def _in_the_way(path: Path) -> str | None:
    if path.is_dir():
        return f"{path} is a folder, expected a file in it, such as {path / 'aggregator.db'}"
    if path.exists() and not path.is_file():
        return f"{path} is no regular file, expected a database or a name that is free"
    around = _nearest(path)
    return None if around.is_dir() else f"{around} is no folder, expected one: {path} is to lie in it"


def _nearest(path: Path) -> Path:
    """Give what there is of the folders above a file: those below it would be made."""
    return next(folder for folder in path.parents if folder.exists() or folder == folder.parent)
