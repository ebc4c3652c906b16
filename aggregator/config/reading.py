"""Reading: which files make up a configuration, and what they hold as trees. What can't be read is a problem, not an exception."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from aggregator.config.nodes import Entry, ListNode, MappingNode, Node, Place
from aggregator.config.yaml_document import YamlDocument, parse, place_at
from aggregator.errors import Problem
from aggregator.source.regular_file import read_start

_FEED_FOLDER = "feeds"
_BIGGEST = 10 * 1024**2


def read_main(path: Path) -> YamlDocument:
    """Read the configuration file itself."""
    document = _read(path)
    if document.root is None and not document.problems:
        reason = "the file is empty, expected a mapping with at least site and sources"
        return YamlDocument(None, (Place(str(path), 1, 1).problem(None, reason),))
    return document


def read_feed_files(path: Path) -> Iterator[YamlDocument]:
    """Read feeds/*.yaml beside the configuration file at `path`, by name; each becomes a mapping with the key `feeds`.

    Hidden files are left out, as the shell's * does: editors keep their own there.
    """
    folder = path.parent / _FEED_FOLDER
    try:
        found = _feed_files(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield YamlDocument(None, (_unreadable(folder, error, "a folder of feed files"),))
        return
    for file in found:
        document = _read(file)
        yield YamlDocument(document.root and _as_feed_file(document.root), document.problems)


def folders(path: Path) -> tuple[Path, ...]:
    """Give the folders in which the files of the configuration at `path` lie, or may come to lie."""
    return path.parent, path.parent / _FEED_FOLDER


def digest(path: Path) -> bytes:
    """Give bytes that tell one state of the files of the configuration at `path` from another. Never raises.

    It goes by what they say, so a file that was only touched, or written again as it was, makes no difference.
    """
    try:
        found = _feed_files(path.parent / _FEED_FOLDER)
    except OSError:
        found = []
    whole = blake2b(digest_size=16)
    for file in (path, *found):
        whole.update(f"{file}\0".encode(errors="surrogateescape"))
        whole.update(_digest_of(file))
    return whole.digest()


def _digest_of(file: Path) -> bytes:
    try:
        return blake2b(read_start(file, _BIGGEST + 1), digest_size=16).digest()
    except OSError as error:
        return f"can't be read: {error.errno}".encode()


def _feed_files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.iterdir() if file.suffix == ".yaml" and not file.name.startswith(".")
    )


def _as_feed_file(root: Node) -> Node:
    """Give the one form that stands for all three: a mapping with `feeds`, a list of definitions, one definition."""
    if isinstance(root, MappingNode) and "feeds" in root.entries:
        return root
    listed = root if isinstance(root, ListNode) else ListNode(root.place, (root,))
    return MappingNode(root.place, {"feeds": Entry(root.place, listed)})


def _read(path: Path) -> YamlDocument:
    try:
        data = read_start(path, _BIGGEST + 1)
    except OSError as error:
        return YamlDocument(None, (_unreadable(path, error, "a YAML file"),))
    if len(data) > _BIGGEST:
        reason = f"the file is too big, expected at most {_BIGGEST // 1024**2} MiB"
        return YamlDocument(None, (Place(str(path), 1, 1).problem(None, reason),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return YamlDocument(None, (_undecodable(path, data, error),))
    return parse(text, str(path))


def _unreadable(path: Path, error: OSError, expected: str) -> Problem:
    return Problem(file=str(path), reason=f"can't be read: {error.strerror or error}, expected {expected}")


def _undecodable(path: Path, data: bytes, error: UnicodeDecodeError) -> Problem:
    # The codec counts from behind a byte order mark.
    position = error.start + len(data) - len(error.object)
    before = data[:position].decode("utf-8-sig")
    reason = f"the byte 0x{data[position]:02X} (offset {position}) is no UTF-8, expected text in UTF-8"
    return place_at(before, len(before), str(path)).problem(None, reason)
