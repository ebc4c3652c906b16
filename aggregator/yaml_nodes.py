"""The YAML of front matter as nodes that know where they stand. Built from libyaml's events, with every refusal before any building.

Front matter needs no anchors, aliases, tags or deep nesting, and each of them is a way to attack (billion laughs, merge bombs,
Python objects, a stack overflow in PyYAML's composer, which recurses): they are refused as they come by. Text stays as written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

_DEEPEST = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# JSON's way to write a character beyond U+FFFF, or half of one, which libyaml refuses.
_SURROGATE_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


class YamlNodesError(Exception):
    """The text is no YAML, or not of the kind that front matter may hold. line and column count from 1 in that text."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


@dataclass(slots=True)
class Scalar:
    """A text, as written; `is_null` where it stands for nothing."""

    text: str
    is_null: bool
    line: int
    column: int


@dataclass(slots=True)
class Listing:
    """A sequence of nodes."""

    items: list["Node"]
    line: int
    column: int


@dataclass(slots=True)
class Mapping:
    """Nodes by key, in the order of the text."""

    items: dict[str, "Node"]
    line: int
    column: int


Node: TypeAlias = Scalar | Listing | Mapping


def read_nodes(text: str) -> Node | None:
    """Read one YAML document, None where there is none; raise YamlNodesError."""
    try:
        return _read(text)
    except YamlNodesError:
        repaired = _SURROGATE_ESCAPE.sub(_joined_surrogates, text)
        if repaired == text:
            raise
        return _read(repaired)


def _joined_surrogates(match: re.Match[str]) -> str:
    """Give the character that a pair of surrogates means, nothing for half a pair."""
    units = [int(unit, 16) for unit in match[0].split("\\u")[1:]]
    if len(units) == 1:
        return ""
    return f"\\U{0x10000 + ((units[0] - 0xD800) << 10) + (units[1] - 0xDC00):08x}"


def _read(text: str) -> Node | None:
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        return _document(events)
    except yaml.MarkedYAMLError as error:
        # Only what is wrong and where: the library's own text quotes the lines around, which may hold a secret.
        place = _place_of(error.problem_mark or error.context_mark)
        raise YamlNodesError(f"is no YAML: {error.problem or error.context}", *place) from None
    except yaml.reader.ReaderError as error:
        raise YamlNodesError(f"is no YAML: {error.reason}", 1, 1) from None


def _document(events: Iterator[yaml.Event]) -> Node | None:
    """Build the nodes of the first document. Iterative: the depth of the text is not the depth of the stack."""
    root: Node | None = None
    stack: list[Listing | Mapping] = []
    keys: list[Scalar | None] = []
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            _refuse(event)
            is_null = event.style is None and event.value in _NULLS
            node: Node = Scalar(event.value, is_null, *_place_of(event.start_mark))
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse(event)
            place = _place_of(event.start_mark)
            if len(stack) == _DEEPEST:
                raise YamlNodesError(f"is nested deeper than {_DEEPEST} levels", *place)
            node = Mapping({}, *place) if isinstance(event, yaml.MappingStartEvent) else Listing([], *place)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            keys.pop()
            continue
        elif isinstance(event, yaml.AliasEvent):
            raise _refusal(event, "an alias (*)")
        else:
            continue
        if not stack:
            if root is not None:
                raise YamlNodesError("has a second document, expected one", node.line, node.column)
            root = node
        else:
            _place(node, stack[-1], keys)
        if not isinstance(node, Scalar):
            stack.append(node)
            keys.append(None)
    return root


def _place(node: Node, parent: Listing | Mapping, keys: list[Scalar | None]) -> None:
    """Put a node where it belongs: into a list, or as a key, or as the value of the key before."""
    if isinstance(parent, Listing):
        parent.items.append(node)
        return
    key = keys[-1]
    if key is not None:
        parent.items[key.text] = node
        keys[-1] = None
        return
    if not isinstance(node, Scalar):
        raise YamlNodesError("a key is a list or a mapping, expected text", node.line, node.column)
    if node.text in parent.items:
        raise YamlNodesError(f"key {node.text[:60]!r} stands twice, expected once", node.line, node.column)
    keys[-1] = node


def _refuse(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.anchor is not None:
        raise _refusal(event, "an anchor (&)")
    if event.tag is not None:
        raise _refusal(event, "a tag (!)")


def _refusal(event: yaml.NodeEvent, what: str) -> YamlNodesError:
    return YamlNodesError(f"has {what}, which articles may not use", *_place_of(event.start_mark))


def _place_of(mark: yaml.Mark | Any) -> tuple[int, int]:
    """Give line and column of a mark, which libyaml counts from 0 and always sets."""
    return mark.line + 1, mark.column + 1
