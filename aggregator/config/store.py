"""The store: the URL of the file in which SQLite keeps the catalogue, judged by what is written. Looks at no file, and opens none.

Of SQLAlchemy's URLs it takes those that a server can run on: of a file, by Python's own driver, with parameters that leave the rest to it.
"""

import re
from os.path import normpath
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

from pydantic import BeforeValidator, WithJsonSchema

from aggregator.config.texts import some_text
from aggregator.config.written import quoted
from feeds.text import legal

_SUCH_AS = "such as sqlite:///var/aggregator.db"
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9_+]*")
_SCHEMES = frozenset({"sqlite", "sqlite+pysqlite"})
# What else the driver could be told, of threads, transactions and types, is for the catalogue to say.
_PARAMETERS = {
    "timeout": re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,3})?"),
    "cached_statements": re.compile("[0-9]{1,5}"),
}
_IN_MEMORY = frozenset({"", ":memory:"})
_OWN_ADDRESS = "file:"


def _store(value: object) -> str:
    # The messages never show what was written: it may hold a password.
    if isinstance(value, str) and not _is_printable(unquote(value.strip())):
        raise ValueError(f"holds a control character, expected a SQLAlchemy URL {_SUCH_AS}")
    word = some_text(value)
    scheme, mark, _ = word.partition("://")
    if not mark or not _SCHEME.fullmatch(scheme):
        raise ValueError("is no SQLAlchemy URL, expected one such as sqlite:///var/aggregator.db")
    if scheme not in _SCHEMES:
        raise ValueError(f"is a database of the kind {quoted(scheme)}, expected a URL {_SUCH_AS}")
    _check_location(word)
    _check_parameters(word)
    return word


def _is_printable(text: str) -> bool:
    return legal(text) == text and set(text).isdisjoint("\t\n\r")


def _check_location(address: str) -> None:
    authority = address.partition("://")[2].partition("?")[0].partition("/")[0]
    if authority:
        raise ValueError(
            f"holds a user, a password or a host, which SQLite has not, expected a path behind three slashes, {_SUCH_AS}"
        )
    path = _path(address)
    if path in _IN_MEMORY:
        raise ValueError(
            f"is a database in memory, which processes can't share, expected one in a file, {_SUCH_AS}"
        )
    if path.startswith(_OWN_ADDRESS):
        raise ValueError(f"holds a URI of SQLite's own, expected a path, {_SUCH_AS}")


def _check_parameters(address: str) -> None:
    query = address.partition("?")[2]
    parameters = [part.partition("=") for part in query.split("&")] if query else []
    names = [name for name, _, _ in parameters]
    is_known = len(set(names)) == len(names) and set(names) <= _PARAMETERS.keys()
    if not is_known or not all(_PARAMETERS[name].fullmatch(value) for name, _, value in parameters):
        raise ValueError(
            "has parameters that it can't have, expected none, or timeout=SECONDS, or cached_statements=NUMBER"
        )


def _path(address: str) -> str:
    return unquote(address.partition(":///")[2].partition("?")[0])


def store_file(address: str) -> Path:
    """Give the file that a store's URL names."""
    return Path(_path(address))


def store_below(address: str, folder: Path) -> str:
    """Give a store's URL with its path absolute: a relative one begins in `folder`."""
    scheme = address.partition("://")[0]
    _, mark, query = address.partition("?")
    path = normpath(folder / store_file(address))
    return f"{scheme}:///{_escaped(path)}{mark}{query}"


def _escaped(path: str) -> str:
    # What would end the path, or be taken for an escape; a folder may be called so, whatever the URL says.
    return path.replace("%", "%25").replace("?", "%3F")


StoreAddress = Annotated[
    str, BeforeValidator(_store), WithJsonSchema({"type": "string", "pattern": r"^sqlite(\+pysqlite)?:///."})
]
