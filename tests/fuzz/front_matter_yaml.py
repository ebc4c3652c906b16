"""The reader of front matter's YAML against PyYAML: it accepts what a plain reading of libyaml's events accepts, and means the same by it.

The reader of plain front matter, line by line, gives up or means the same too. The plain reading recurses, knows no speed and shares nothing with the reader but its limits. PyYAML's own parser, which is not libyaml,
is asked too: what both accept must have the same text.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from aggregator.clean.plain_text import legal
from aggregator.frontmatter import yaml_nodes
from aggregator.frontmatter.plain_yaml import read_plain_nodes
from aggregator.frontmatter.yaml_nodes import Node, YamlNodesError, bare, read_nodes

_DEEPEST = 20
_MOST_EVENTS = 10_000
# Half a character is dropped where libyaml refuses it: a mending of the reader's own.
_ESCAPE = "\\u"
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_MARK = "\ufeff"

# A text, whether it is plain, and its line and column; a list of such; or keys with such.
Plain: TypeAlias = tuple[str, Any, tuple[int, int]]


class _RefusedError(Exception):
    """Not to be accepted."""


def check(data: bytes) -> None:
    # As the reader of front matter hands it over.
    text = _ODD_BREAK.sub(" ", legal(data.decode("utf-8", "ignore")))
    _check_plain(f"\n{text}")
    try:
        got = read_nodes(text)
    except YamlNodesError as error:
        assert error.reason
        is_secret = "takes in a line of secured" in error.reason and "secured" in text.lower()
        is_refused = is_secret or _ESCAPE in text or _read(text, yaml.CSafeLoader) is _REFUSED
        assert is_refused, f"refused: {error.reason}"
        return
    wanted = _read(text, yaml.CSafeLoader)
    if wanted is _REFUSED:
        assert _ESCAPE in text, "accepted what libyaml refuses, or front matter may not hold"
        return
    assert _told(_plain(got)) == _told(wanted)
    # The two take different places for the beginning of a text, where alone a byte order mark is one.
    other = _REFUSED if _MARK in text else _read(text, yaml.SafeLoader)
    if other is not _REFUSED:
        assert _texts(other) == _texts(wanted), f"{other} != {wanted}"


_REFUSED = ("refused", (), (0, 0))
_UNTOLD = ("untold", True)


def _told(node: Any) -> Any:
    """Give a node without the texts that have the word `secured`: of some nothing is kept."""
    if node is None:
        return None
    kind, value, place = node
    if kind == "list":
        return kind, [_told(item) for item in value], place
    if kind == "mapping":
        return kind, [(key, _told(item)) for key, item in value], place
    return kind, _UNTOLD if "secured" in value[0].lower() else value, place


def _check_plain(text: str) -> None:
    """Compare what is read line by line, which knows no places, with what libyaml reads."""
    plain = read_plain_nodes(text)
    if plain is not None:
        wanted = _read(text, yaml.CSafeLoader)
        assert wanted is not _REFUSED, "read line by line what libyaml refuses, or front matter may not hold"
        assert _placeless(_plain(plain)) == _placeless(wanted), f"{plain} != {wanted}"


def _placeless(node: Any) -> Any:
    """Give a node without where it stands; keys in their order, texts with whether they are plain."""
    if node is None:
        return None
    kind, value, _ = node
    if kind == "list":
        return [_placeless(item) for item in value]
    return [(key, _placeless(item)) for key, item in value] if kind == "mapping" else value


def _read(text: str, loader: Any) -> Plain | None:
    """Read with PyYAML, _REFUSED where it raises or the text holds what front matter may not."""
    try:
        events = iter(list(yaml.parse(text, Loader=loader)))
        return _document(events)
    except (yaml.YAMLError, _RefusedError, RecursionError, ValueError, IndexError):
        return _REFUSED


def _document(events: Iterator[Any]) -> Plain | None:
    root: Plain | None = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        elif isinstance(event, yaml.NodeEvent):
            root = _node(event, events, 1)
    if documents > 1:
        raise _RefusedError
    return root


def _node(event: Any, events: Iterator[Any], depth: int) -> Plain:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
        raise _RefusedError
    place = (event.start_mark.line, event.start_mark.column)
    if isinstance(event, yaml.ScalarEvent):
        return "scalar", (event.value, not event.style), place
    if depth > _DEEPEST:
        raise _RefusedError
    if isinstance(event, yaml.SequenceStartEvent):
        return "list", tuple(_items(events, depth)), place
    return "mapping", tuple(_pairs(events, depth)), place


def _items(events: Iterator[Any], depth: int) -> Iterator[Plain]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _node(event, events, depth + 1)


def _pairs(events: Iterator[Any], depth: int) -> Iterator[tuple[str, Plain]]:
    keys = set()
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        kind, key, _ = _node(event, events, depth + 1)
        value = _node(next(events), events, depth + 1)
        # Blanks around a key are none of it: a mending of the reader's own.
        if kind != "scalar" or (name := bare(key[0])) in keys:
            raise _RefusedError
        keys.add(name)
        # Nothing that stands under `secured` is kept, but that it was there.
        yield name, ("scalar", ("", True), value[2]) if name.lower() == "secured" else value


def _plain(node: Node | None) -> Plain | None:
    if node is None:
        return None
    place = (node.place.line, node.place.column)
    if isinstance(node, yaml_nodes.Scalar):
        return "scalar", (node.text, not node.style), place
    if isinstance(node, yaml_nodes.Listing):
        return "list", tuple(_plain(item) for item in node.items), place
    if isinstance(node, yaml_nodes.Swallowing):
        return "scalar", ("secured", True), place
    return "mapping", tuple((key, _plain(value)) for key, value in node.items.items()), place


def _texts(node: Any) -> Any:
    """Give what a node says without where it stands."""
    if node is None:
        return None
    kind, value, _ = node
    if kind == "list":
        return [_texts(item) for item in value]
    return {key: _texts(item) for key, item in value} if kind == "mapping" else value[0]
