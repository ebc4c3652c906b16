"""The only reader of the configuration's YAML: from text to a tree of nodes with their places.

Builds the tree from libyaml's events, not by PyYAML's composer: that one says nothing of duplicate keys, makes other things of
text, and crashes the process at some 30,000 nested brackets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from aggregator.config.nodes import Entry, ListNode, MappingNode, Node, Place, ScalarNode
from aggregator.errors import Problem

# A configuration needs seven levels. Aliases are welcome, bombs of them are not.
_DEEPEST = 20
_TOO_DEEP = f"is nested too deep, expected at most {_DEEPEST} levels"
_MOST_NODES = 100_000

# YAML 1.1 section 5.1, c-printable, turned round.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# YAML 1.1 section 5.4.
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

_HINTS = {
    "mapping values are not allowed in this context": (
        "keys of one mapping must begin in one column, and text that holds ': ' needs quotation marks"
    ),
    "found character that cannot start any token": "text that begins with @, ` or % needs quotation marks",
    "could not find expected ':'": "every key needs a colon and a blank behind it",
    "did not find expected key": "keys of one mapping must begin in one column",
    "did not find expected '-' indicator": "items of one list must begin in one column",
    "did not find expected ',' or ']'": "a list that begins with [ must end with ]",
    "did not find expected ',' or '}'": "a mapping that begins with { must end with }",
    "found unexpected end of stream": "a text that begins with a quotation mark must end with one",
}


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a file holds (None: nothing that can be used), and what is wrong with it as YAML."""

    root: Node | None
    problems: tuple[Problem, ...]


def parse(text: str, file: str) -> YamlDocument:
    """Parse one YAML document; `file` is the name that places carry. Never raises."""
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        reason = f"the character U+{ord(unprintable[0]):04X} can't stand in YAML, expected printable text"
        return YamlDocument(None, (place_at(text, unprintable.start(), file).problem(None, reason),))
    composer = _Composer(file)
    try:
        root = composer.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        return YamlDocument(None, (*composer.problems, _syntax_problem(error, text, file)))
    except _UnusableError as error:
        return YamlDocument(None, (*composer.problems, error.problem))
    return YamlDocument(root, tuple(composer.problems))


class _UnusableError(Exception):
    """Nothing behind this place can be understood."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias stands for, and what that costs: levels, and nodes with all aliases expanded."""

    node: Node
    height: int
    nodes: int


class _Composer:
    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._events: Iterator[Any] = iter(())
        self._anchors: dict[str, _Anchored | None] = {}  # None: not yet at its end
        self._nodes = 0
        self._deepest = 0  # the deepest level since the last anchor that is still open

    def document(self, events: Iterator[Any]) -> Node | None:
        self._events = events
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                reason = "a second document begins here, expected one document a file"
                self._report(event, reason)
                break
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, 1)
        is_empty = isinstance(root, ScalarNode) and root.is_plain and not root.text
        return None if is_empty else root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        self._descend(1, depth, event)
        if event.tag is not None:
            self._report(event, f"the tag {event.tag!r} is not supported, expected a value without one")
        return self._built(event, depth) if event.anchor is None else self._anchored(event, depth)

    def _anchored(self, event: Any, depth: int) -> Node:
        nodes_before, deepest_before = self._nodes - 1, self._deepest
        self._deepest = depth
        self._anchors[event.anchor] = None
        node = self._built(event, depth)
        height = self._deepest - depth + 1
        self._anchors[event.anchor] = _Anchored(node, height, self._nodes - nodes_before)
        self._deepest = max(self._deepest, deepest_before)
        return node

    def _built(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            found = tuple(self._node(item, depth + 1) for item in self._until(yaml.SequenceEndEvent))
            return ListNode(self._place(event), found)
        is_plain = event.style is None or event.style == ""
        return ScalarNode(self._place(event), event.value, is_plain)

    def _alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self._anchors:
            self._give_up(
                event,
                f"the alias *{event.anchor} stands for nothing, expected an anchor &{event.anchor} before it",
            )
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._give_up(event, f"the alias *{event.anchor} stands inside of what it stands for")
        self._descend(anchored.nodes, depth + anchored.height - 1, event)
        return anchored.node

    def _mapping(self, event: Any, depth: int) -> MappingNode:
        found: dict[str, Entry] = {}
        merged: list[MappingNode] = []
        for key_event in self._until(yaml.MappingEndEvent):
            key = self._node(key_event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, ScalarNode):
                self.problems.append(key.place.problem(None, "a key is a mapping or a list, expected text"))
            elif key.is_plain and key.text == "<<":
                merged += self._mergeable(value)
            elif key.text in found:
                first = found[key.text].place.line
                self.problems.append(
                    key.place.problem(
                        key.text, f"the key is there twice, first in line {first}, expected it once"
                    )
                )
            else:
                found[key.text] = Entry(key.place, value)
        for other in merged:  # of several, the first counts (yaml.org/type/merge)
            for name, entry in other.entries.items():
                found.setdefault(name, entry)
        return MappingNode(self._place(event), found)

    def _mergeable(self, value: Node) -> Iterator[MappingNode]:
        parts = value.items if isinstance(value, ListNode) else (value,)
        for part in parts:
            if isinstance(part, MappingNode):
                yield part
            else:
                self.problems.append(
                    part.place.problem("<<", "only mappings can be merged, expected an alias of one")
                )

    def _until(self, end: type[Any]) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _descend(self, nodes: int, depth: int, event: Any) -> None:
        self._nodes += nodes
        self._deepest = max(self._deepest, depth)
        if self._nodes > _MOST_NODES:
            self._give_up(
                event,
                f"with its aliases expanded the file is too big, expected at most {_MOST_NODES:,} values",
            )
        if depth > _DEEPEST:
            self._give_up(event, _TOO_DEEP)

    def _report(self, event: Any, reason: str) -> None:
        self.problems.append(self._place(event).problem(None, reason))

    def _give_up(self, event: Any, reason: str) -> NoReturn:
        raise _UnusableError(self._place(event).problem(None, reason))

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    what = error.problem or "can't be understood"
    if "nesting depth" in what:
        # libyaml has a limit of its own from 0.2.6 on, and meets it before it gives the first bracket.
        return place.problem(None, _TOO_DEEP)
    if error.context and error.context_mark and error.context_mark.line + 1 != place.line:
        what += f", {error.context} that begins in line {error.context_mark.line + 1}"
    hint = _hint(error.problem or "", text, place)
    return place.problem(None, f"is no YAML: {what}" + (f"; {hint}" if hint else ""))


def _hint(problem: str, text: str, place: Place) -> str:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[place.column - 1 : place.column] == "\t":
        return "indent with blanks, YAML allows no tabs there"
    return _HINTS.get(problem, "")


def place_at(text: str, position: int, file: str) -> Place:
    """Give the place of a character, counting lines as libyaml does: it knows five ways to end one."""
    *lines, before = _BREAK.split(text[:position])
    return Place(file, len(lines) + 1, len(before) + 1)
