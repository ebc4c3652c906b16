"""The YAML of front matter as nodes that know where they stand: text stays as written, and nothing under `secured` is kept.

Front matter needs no anchors, aliases, tags or deep nesting, and each of them is a way to attack (billion laughs, merge bombs,
Python objects, a stack overflow in PyYAML's composer, which recurses). libyaml's events come one by one, without recursion, so
all of that is refused as it comes by, before anything is built.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import yaml

from aggregator.errors import AggregatorError

SECURED = "secured"

_DEEPEST = 20
# A real article has some 80. Ten thousand take 20 ms, and an attack should cost no more.
_MOST_EVENTS = 10_000
_BLOCKS = ("|", ">")
_NULLS = frozenset({"~", "null", "Null", "NULL"})
# What libyaml counts as the end of a line, but for those that are mended before it sees them.
LINE_BREAK = re.compile(r"\r\n?|\n")
# What no key is meant to have around it, seen or not: French keyboards put a blank before a colon, and what was copied has others. White
# space, and what Unicode calls default ignorable (UAX 44), up to U+FFFF.
_UNSEEN = (
    "\t\n\x0b\x0c\r\x1c-\x20\x85\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_UNSEEN_CHARACTERS = re.sub(
    "(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), _UNSEEN, flags=re.DOTALL
)
# What reads as if it gave `secured` a value: a line, in a comment too; what stands in braces, or in a text of a flow collection; an item
# without the blank.
_KEY = rf"""["']?secured["']?(?:(?!\n)[{_UNSEEN}])*+"""
_SECURED_LINE = re.compile(rf"^[^\w\n]*(?:{_KEY}[:=]|\?\s*{_KEY}$)", re.MULTILINE)
_SECURED_IN_BRACES = re.compile(rf"\{{[^{{}}\n]*(?<!\w){_KEY}[:=]", re.IGNORECASE)
# Up to the next sign that may begin an item, so that no text takes more than one look at each of its characters.
_SECURED_IN_FLOW = re.compile(rf"[\[{{,][^\w\n\[{{,]*{_KEY}[:=]", re.IGNORECASE)
_SECURED_IN_ITEM = re.compile(rf"[^\w\n]*{_KEY}[:=]", re.IGNORECASE)
_SPEAKABLE_KEY = re.compile(r"[^\W\d][\w.-]{0,30}")
# JSON's way to write a character beyond U+FFFF, or half of one, which libyaml refuses. An escaped backslash begins no such escape.
_SURROGATES = re.compile(
    r"\\\\|\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


class Place(Protocol):
    """Where something stands: line and column from 0, as libyaml's marks have them."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class At(NamedTuple):
    """A place of our own counting. A tuple, since those are made in half the time."""

    line: int
    column: int


class YamlNodesError(AggregatorError):
    """The text is no YAML, or not of the kind that front matter may hold.

    `reason` never quotes the text: what stands around a fault may be a secret. `key` is the dotted key where that may be told.
    """

    def __init__(self, reason: str, place: Place, key: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.key = key


# The nodes are not frozen: that would make reading a file a fifth slower, and they live no longer than it takes.


@dataclass(slots=True)
class Scalar:
    """A text, as written; `style` is empty where it is plain, else the sign that begins it."""

    text: str
    style: str
    place: Place


@dataclass(slots=True)
class Listing:
    """A sequence of nodes."""

    items: list["Node"]
    place: Place


@dataclass(slots=True)
class Mapping:
    """Nodes by key, in the order of the text."""

    items: dict[str, "Node"]
    place: Place


@dataclass(slots=True)
class Swallowing:
    """A text of several lines that takes in one of `secured`, as where a quotation mark is left open: of it nothing is kept."""

    place: Place


Node: TypeAlias = Scalar | Listing | Mapping | Swallowing


def bare(text: str) -> str:
    """Give a key, or a word, without the blanks around it, whatever they look like."""
    return text.strip(_UNSEEN_CHARACTERS)


def says_secured(text: str) -> bool:
    """Tell whether a line of front matter gives `secured` a value, or what stands there in braces does."""
    return _SECURED_LINE.search(text.lower()) is not None or _SECURED_IN_BRACES.search(text) is not None


def is_within_scalar(text: str, line: int) -> bool:
    """Tell whether a line, from 0, of YAML is one of a text that began on a line before, other than of a block; so it is where that can't be told."""
    loader: Any = yaml.CSafeLoader
    events: Iterator[Any] = yaml.parse(text, Loader=loader)
    try:
        return any(
            event.start_mark.line < line <= event.end_mark.line
            and isinstance(event, yaml.ScalarEvent)
            and event.style not in _BLOCKS
            for event in events
        )
    except yaml.YAMLError:
        return True


def is_null(node: Node) -> bool:
    """Tell whether a node stands for nothing: `null`, `~`, or no text at all."""
    return type(node) is Scalar and (
        not (text := node.text) or text.isspace() or (text in _NULLS and not node.style)
    )


def read_nodes(text: str) -> Node | None:
    """Read one YAML document, None where there is none; raise YamlNodesError."""
    try:
        return _build(text)
    except YamlNodesError:
        without_surrogates = _SURROGATES.sub(_joined, text)
        if without_surrogates == text:
            raise
        return _build(without_surrogates)


def _joined(match: re.Match[str]) -> str:
    """Give the character that a pair of surrogates means, nothing for half a pair."""
    if match["high"]:
        offset = ((int(match["high"], 16) - 0xD800) << 10) + (int(match["low"], 16) - 0xDC00)
        return f"\\U{0x10000 + offset:08x}"
    return match[0] if match[0] == "\\\\" else ""


def _build(text: str) -> Node | None:
    lines = LINE_BREAK.split(text) if SECURED in text.lower() else None
    try:
        return _document(yaml.CSafeLoader(text).get_event, lines)
    except yaml.MarkedYAMLError as error:
        # Only what is wrong and where: the library's own text quotes the lines around, which may hold a secret.
        reason, place = error.problem or error.context, error.problem_mark or error.context_mark or At(0, 0)
        if reason is not None and "nesting depth" in reason:
            # libyaml has a limit of its own from 0.2.6 on, and meets it before it gives the first bracket.
            raise YamlNodesError(f"is nested deeper than {_DEEPEST} levels", place) from None
        hint = "; indent with blanks, YAML allows no tabs there" if _is_at_tab(text, place) else ""
        raise YamlNodesError(f"is no YAML: {reason}{hint}", place) from None


def _is_at_tab(text: str, place: Place) -> bool:
    """Tell whether a tab is in the way at a place, or before it in the indent of its line."""
    lines = text.split("\n")
    line = lines[place.line] if place.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    return "\t" in indent or line[place.column : place.column + 1] == "\t"


def _document(next_event: Callable[[], Any], lines: Sequence[str] | None) -> Node | None:  # noqa: C901, PLR0912  one loop, for the reason below
    """Put the nodes of a document together as their events come. `lines` are those of a text that has the word `secured`.

    Not recursive: the depth of the text is not the depth of the stack. One loop, though long: a call for each of the eighty
    events of a usual file made reading it a quarter slower.
    """
    root: Node | None = None
    parent: Listing | Mapping | None = None
    key: str | None = None
    # The collections around `parent`, each with the key of the one inside it.
    above: list[tuple[Listing | Mapping | None, str | None]] = []
    flows = 0  # how many of the collections around are in braces or brackets
    for _ in range(_MOST_EVENTS):
        event = next_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                raise _refusal(event)
            is_swallowing = lines is not None and _takes_in_secured(event, lines, parent, is_flow=flows > 0)
            if key is None and type(parent) is Mapping:
                if is_swallowing:
                    raise YamlNodesError("has a key that takes in a line of secured", event.start_mark)
                key = bare(event.value)
                if key in parent.items:
                    raise _twice(event, above)
                continue
            node: Node = (
                Swallowing(event.start_mark)
                if is_swallowing
                else Scalar(event.value, event.style, event.start_mark)
            )
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            parent = above.pop()[0]
            flows -= flows > 0  # nothing in a block stands within a flow
            continue
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            node = _collection(event, parent, key, len(above))
            flows += bool(event.flow_style)
        elif kind is yaml.StreamEndEvent:
            return root
        else:
            _check(event, root)
            continue

        if key is not None and isinstance(parent, Mapping):
            # The key stays, so that it can't stand twice.
            parent.items[key] = node if key.lower() != SECURED else Scalar("", "", node.place)
        elif isinstance(parent, Listing):
            parent.items.append(node)
        else:
            root = node
        if isinstance(node, Listing | Mapping):
            above.append((parent, key))
            parent = node
        key = None
    raise YamlNodesError(f"has more than {_MOST_EVENTS} keys and values, expected fewer", At(0, 0))


def _takes_in_secured(event: Any, lines: Sequence[str], parent: Node | None, *, is_flow: bool) -> bool:
    """Tell whether a text has something in it that is to be the value of `secured`.

    A text of several lines does where one of them reads so, or one in quotation marks, where what stands in braces does: a mark may have
    been left open above. In a block only what is written as the key itself, for those hold prose. One line is judged where it is an item
    or stands in a flow collection.
    """
    start, end = event.start_mark, event.end_mark
    if is_flow and _SECURED_IN_FLOW.search(event.value) is not None:
        return True
    if not event.style and (is_flow or type(parent) is Listing) and _SECURED_IN_ITEM.match(event.value):
        return True
    if start.line == end.line:
        return False
    within = [
        *lines[start.line + 1 : end.line],
        *(line[: end.column] for line in lines[end.line : end.line + 1]),
    ]
    text = "\n".join(within)
    if event.style in _BLOCKS:
        return _SECURED_LINE.search(text) is not None
    first = lines[start.line][start.column :]
    return (
        _SECURED_LINE.search(text.lower()) is not None
        or _SECURED_IN_BRACES.search(f"{first}\n{text}") is not None
    )


def _collection(event: Any, parent: Node | None, key: str | None, depth: int) -> Listing | Mapping:
    """Begin a list or mapping."""
    place = event.start_mark
    if event.anchor is not None or event.tag is not None:
        raise _refusal(event)
    if depth == _DEEPEST:
        raise YamlNodesError(f"is nested deeper than {_DEEPEST} levels", place)
    if key is None and isinstance(parent, Mapping):
        raise YamlNodesError("has a list or a mapping for a key, expected text", place)
    return Mapping({}, place) if isinstance(event, yaml.MappingStartEvent) else Listing([], place)


def _check(event: Any, root: Node | None) -> None:
    """Refuse an event that is no node where it has no place in front matter."""
    place: Place = event.start_mark
    if isinstance(event, yaml.AliasEvent):
        raise _refusal(event)
    if isinstance(event, yaml.DocumentStartEvent) and root is not None:
        raise YamlNodesError("has a second document, expected one", place)


def _refusal(event: Any) -> YamlNodesError:
    if isinstance(event, yaml.AliasEvent):
        what = "an alias (*)"
    else:
        what = "an anchor (&)" if event.anchor is not None else "a tag (!)"
    return YamlNodesError(f"has {what}, which articles may not use", event.start_mark)


def _twice(event: Any, above: Sequence[tuple[Node | None, str | None]]) -> YamlNodesError:
    """Name a key that stands twice, but not where that could tell more than a key: below `secured`, or where it reads like none."""
    around = [key for _, key in above if key is not None]
    keys = [*around, event.value]
    is_speakable = all(map(_SPEAKABLE_KEY.fullmatch, keys)) and SECURED not in map(str.lower, around)
    return YamlNodesError(
        "has a key twice, expected it once", event.start_mark, ".".join(keys) if is_speakable else None
    )
