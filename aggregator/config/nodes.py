"""What stands in a YAML file, as a tree of values that each know their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.config.written import Plain
from aggregator.errors import Problem

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def problem(self, key: str | None, reason: str, value: str | None = None) -> Problem:
        """Give the problem that is to be reported here; `value` is shortened."""
        return Problem(
            file=self.file,
            line=self.line,
            column=self.column,
            key=key or None,
            value=value if value is None or len(value) <= _SHOWN else value[: _SHOWN - 1] + "…",
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """Text as written; `is_plain` where it has no quotation marks and is no block."""

    place: Place
    text: str
    is_plain: bool


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a mapping holds under one key; `place` is that of the key."""

    place: Place
    value: "Node"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping by keys as written."""

    place: Place
    entries: Mapping[str, Entry]


Node = ScalarNode | ListNode | MappingNode


def content(node: Node) -> Any:
    """Give what a node holds as dict, list, and str for scalars (Plain for those without quotation marks)."""
    if isinstance(node, MappingNode):
        return {key: content(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [content(item) for item in node.items]
    return Plain(node.text) if node.is_plain else node.text


def child(node: Node | None, key: str) -> Node | None:
    """Give what stands under `key`, None where `node` is no mapping or has no such key."""
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return entry.value if entry else None


def entries(node: Node | None) -> Iterator[tuple[str, Entry]]:
    """Give the entries of a mapping, none where `node` is none."""
    if isinstance(node, MappingNode):
        yield from node.entries.items()


def items(node: Node | None) -> tuple[Node, ...]:
    """Give the items of a list, none where `node` is none."""
    return node.items if isinstance(node, ListNode) else ()


def text_of(node: Node | None) -> str | None:
    """Give the text of a scalar, None where `node` is none."""
    return node.text.strip() if isinstance(node, ScalarNode) else None


def scalars(node: Node | None) -> Iterator[ScalarNode]:
    """Give every scalar in `node`, in the order in which they are written."""
    if isinstance(node, ScalarNode):
        yield node
    for item in items(node):
        yield from scalars(item)
    for _, entry in entries(node):
        yield from scalars(entry.value)
