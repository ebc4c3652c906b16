"""The YAML that nearly every front matter is written in, read line by line: keys, texts on one line, lists and mappings by indent.

Whatever else YAML has (flow collections, most escapes, texts of several lines, anchors, tags, tabs), and whatever is wrong, is not for this
module: it gives up, and libyaml reads the text from its beginning. What it does read is what libyaml would read; a property test holds
the two together. Where things stand it does not tell, which would take as long as all the rest: whoever wants to know asks libyaml.
"""

import re

from aggregator.yaml_nodes import SECURED, At, Listing, Mapping, Scalar

# Each line with the break before it: a dash, a key, and a text in quotes or plain; or a comment, or nothing; or what else there is.
#
# A plain text begins with no sign that means anything to YAML, and holds neither ": " nor " #". Of keys only those are read whose like
# everybody writes. What repeats is possessive, so that no text takes more than one look at each of its characters.
_LINES = re.compile(
    r"""
    \n(?:
        (\ *+)
        (?: (-\ ++)?+ (?:([A-Za-z_][A-Za-z0-9_-]{0,100}+):(?=[\ \n]|\Z)\ *+)?
            (   "(?:[^"\\\n]++|\\["\\/])*+"
              | '[^'\n]*+'
              | (?:[A-Za-z0-9_/.+(~$\xa0-\U0010ffff]|-(?=[A-Za-z0-9.]))(?:[^:\#\n]++|:(?=[^\ \n])|(?<!\ )\#)*+
            )?+\ *+
          | \#[^\n]*+
        )(?=\n|\Z)
      | ([^\n]*+)
    )
    """,
    re.VERBOSE,
)
# Line breaks that are none to the expression above, and the byte order mark: libyaml has its own ways with each.
_UNUSUAL = re.compile("[\x85\u2028\u2029\ufeff]")
_ESCAPE = re.compile(r"\\(.)")
_MOST_LINES = 1_000
_DEEPEST = 10
NOWHERE = At(-1, -1)


def read_plain_nodes(text: str) -> Mapping | None:
    """Read front matter that begins with a line break; None where it is not plain, whatever the reason. Every node stands NOWHERE."""
    if "\t" in text or "\r" in text or not (text.isascii() or _UNUSUAL.search(text) is None):
        return None
    lines = _LINES.findall(text)
    if not text.startswith("\n") or len(lines) > _MOST_LINES:
        return None
    outline = _Outline()
    for indent, dash, key, written, rest in lines:
        if rest:
            return None
        if not (key or written or dash):
            continue  # a comment, or nothing
        value = _scalar(written) if written else None
        column = len(indent)
        if dash:
            is_read = outline.add_item(column, column + len(dash), key, value)
        else:
            is_read = bool(key) and outline.add_key(column, key, value)
        if not is_read:
            return None
    return outline.root


def _scalar(written: str) -> Scalar:
    style = written[0]
    if style == "'":
        return Scalar(written[1:-1], style, NOWHERE)
    if style == '"':
        text = written[1:-1]
        return Scalar(_ESCAPE.sub(r"\1", text) if "\\" in text else text, style, NOWHERE)
    return Scalar(written.rstrip(" "), "", NOWHERE)


class _Outline:
    """The collections that lines add to, by their indent. What it can't take, it answers with False."""

    def __init__(self) -> None:
        self.root: Mapping | None = None
        # Those that are open, the innermost last, and the columns at which their keys or dashes stand.
        self._open: list[Listing | Mapping] = []
        self._columns: list[int] = []
        # The key that the line before gave no text: this one may begin its collection.
        self._waiting: str | None = None

    def add_key(self, column: int, key: str, value: Scalar | None) -> bool:
        """Take in a line `key: value`."""
        columns = self._columns
        # A list may stand at the column of the key that it belongs to, and ends with the next key there.
        while columns and (
            columns[-1] > column or (columns[-1] == column and type(self._open[-1]) is Listing)
        ):
            self._leave()
        if not columns or columns[-1] < column:
            mapping = Mapping({}, NOWHERE)
            if columns:
                if not self._put(mapping):
                    return False
            elif self.root is None:
                self.root = mapping
            else:
                return False
            self._enter(mapping, column)
        return self._set(self._open[-1], key, value)

    def add_item(self, column: int, inside: int, key: str, value: Scalar | None) -> bool:
        """Take in a line `- value` or `- key: value`, whose dash stands at `column`, and what it has `inside`."""
        columns = self._columns
        while columns and columns[-1] > column:
            self._leave()
        if not columns:
            return False
        listing = self._open[-1]
        if type(listing) is Mapping:
            listing = Listing([], NOWHERE)
            if not self._put(listing):
                return False
            self._enter(listing, column)
        if type(listing) is not Listing or columns[-1] != column:
            return False
        if not key:
            if value is not None:
                listing.items.append(value)
            return value is not None
        mapping = Mapping({}, NOWHERE)
        listing.items.append(mapping)
        self._enter(mapping, inside)
        return self._set(mapping, key, value)

    def _set(self, mapping: Listing | Mapping, key: str, value: Scalar | None) -> bool:
        if type(mapping) is not Mapping or key in mapping.items:
            return False
        if value is None:
            value = Scalar("", "", NOWHERE)
            self._waiting = key
        else:
            self._waiting = None
        if key.lower() == SECURED:
            # Nothing of it is kept. Where it has a collection, libyaml's reader drops that.
            value, self._waiting = Scalar("", "", NOWHERE), None
        mapping.items[key] = value
        return True

    def _put(self, node: Listing | Mapping) -> bool:
        """Make `node` the value of the key that waits for one."""
        parent, key = self._open[-1], self._waiting
        if key is None or type(parent) is not Mapping or len(self._open) == _DEEPEST:
            return False
        parent.items[key] = node
        return True

    def _enter(self, node: Listing | Mapping, column: int) -> None:
        self._open.append(node)
        self._columns.append(column)
        self._waiting = None

    def _leave(self) -> None:
        self._open.pop()
        self._columns.pop()
        self._waiting = None
