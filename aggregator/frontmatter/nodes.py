"""The text of front matter as nodes, whatever characters it has: those that no YAML can hold are mended or left out. Pure."""

import re
from bisect import bisect_right

from aggregator.clean.plain_text import illegal_characters, legal, repaired
from aggregator.frontmatter.plain_yaml import read_plain_nodes
from aggregator.frontmatter.yaml_nodes import (
    LINE_BREAK,
    At,
    Listing,
    Mapping,
    Node,
    Place,
    YamlNodesError,
    is_within_scalar,
    read_nodes,
)

# YAML 1.1 sees line breaks where editors see none, and text would be folded there.
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_C1_CONTROL = re.compile("[\x80-\x84\x86-\x9f]")


def plain_nodes(text: str) -> Mapping | None:
    """Read front matter that is as plain as nearly all is, None where it is not; no node knows its place."""
    text = _with_usual_breaks(text)
    return read_plain_nodes(text) if legal(text) is text else None


def _with_usual_breaks(text: str) -> str:
    return text if text.isascii() else _ODD_BREAK.sub(" ", _with_mended_lines(text))


def nodes(text: str) -> Node | None:
    """Read front matter without the characters that no YAML can hold; places are those of `text` all the same."""
    text = _with_usual_breaks(text)
    clean = legal(text)
    if clean is text:
        return read_nodes(text)
    removed = _removed(text)
    try:
        node = read_nodes(clean)
    except YamlNodesError as error:
        raise YamlNodesError(error.reason, _moved(error.place, removed), error.key) from None
    _move(node, removed)
    return node


def is_within_text(text: str, line: int) -> bool:
    """Tell whether a line, from 0, of front matter that can be read is one of a text that began on a line before."""
    return is_within_scalar(legal(_with_usual_breaks(text)), line)


def _with_mended_lines(text: str) -> str:
    """Repair mojibake that holds control characters (`”` as `â€\\x9d`) before they are removed; the rest is repaired by value."""
    if _C1_CONTROL.search(text) is None:
        return text
    return "".join(repaired(line) for line in text.splitlines(keepends=True))


def _removed(text: str) -> dict[int, list[int]]:
    """Give, by line, before which columns of the text that is left the characters stood that were removed."""
    places = {}
    for number, line in enumerate(LINE_BREAK.split(text)):
        found = [start - before for before, start in enumerate(illegal_characters(line))]
        if found:
            places[number] = found
    return places


def _move(node: Node | None, removed: dict[int, list[int]]) -> None:
    """Put nodes where they stood before characters were removed."""
    if node is None:
        return
    node.place = _moved(node.place, removed)
    if isinstance(node, Mapping | Listing):
        for item in node.items.values() if isinstance(node, Mapping) else node.items:
            _move(item, removed)


def _moved(place: Place, removed: dict[int, list[int]]) -> Place:
    return At(place.line, place.column + bisect_right(removed.get(place.line, ()), place.column))
