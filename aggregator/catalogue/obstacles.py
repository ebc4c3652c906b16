"""What stands in the way of a database at a SQLAlchemy URL. Looks, and touches nothing."""

import os
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_IN_MEMORY = ":memory:"
_OWN_ADDRESS = "file:"


def obstacle(address: str) -> str | None:
    """Tell why there can't be a database at a SQLAlchemy URL, and what was expected; None where there can. Holds no password."""
    try:
        url = make_url(address)
    except ArgumentError:
        return "is no SQLAlchemy URL, expected one such as sqlite:///var/aggregator.db"
    if url.get_backend_name() != "sqlite":
        return f"is a database of the kind {url.get_backend_name()}, expected a sqlite:/// URL"
    path = _file(url.database)
    if path is None:
        return None
    if path.is_dir():
        return f"{path} is a folder, expected a file in it, such as {path / 'aggregator.db'}"
    if path.exists() and not path.is_file():
        return f"{path} is no regular file, expected a database or a name that is free"
    around = _nearest(path)
    return None if around.is_dir() else f"{around} is no folder, expected one: {path} is to lie in it"


def ban(address: str) -> str | None:
    """Tell what whoever runs this program may not do for a database to be there; None where nothing is in the way."""
    path = None if obstacle(address) else _file(make_url(address).database)
    if path is None:
        return None
    place = path if path.exists() else _nearest(path)
    wanted = os.W_OK | (os.X_OK if place.is_dir() else os.R_OK)
    is_allowed = os.access(place, wanted, effective_ids=os.access in os.supports_effective_ids)
    return (
        None
        if is_allowed
        else f"{place} can't be written by this user, expected to be allowed to make {path}"
    )


def _file(database: str | None) -> Path | None:
    if not database or database == _IN_MEMORY or database.startswith(_OWN_ADDRESS):
        return None
    return Path(database)


def _nearest(path: Path) -> Path:
    """Give what there is of the folders above a file: those below it would be made."""
    return next(folder for folder in path.parents if folder.exists() or folder == folder.parent)
