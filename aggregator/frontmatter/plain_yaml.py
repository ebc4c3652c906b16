"""The YAML that nearly every front matter is written in, read line by line: keys, texts on one line, lists and mappings by indent.

Whatever else YAML has (flow collections, most escapes, texts of several lines, anchors, tags, tabs), and whatever is wrong, is not for this
module: it gives up, and libyaml reads the text from its beginning. What it does read is what libyaml would read; a property test holds
the two together. Where things stand it does not tell, which would take as long as all the rest: whoever wants to know asks libyaml.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aggregator.frontmatter.yaml_nodes import SECURED, At, Listing, Mapping, Node, Scalar

# A line: a dash, a key, and a text in quotes or plain; or a comment, or nothing.
#
# A plain text begins with no sign that means anything to YAML, and holds neither ": " nor " #". Of keys only those are read whose like
# everybody writes. What repeats is possessive, so that no text takes more than one look at each of its characters.
_LINE = re.compile(
    r"""
    (\ *+)
    (?: (-\ ++)?+ (?:([A-Za-z_][A-Za-z0-9_-]{0,100}+):(?=\ |\Z)\ *+)?
        (   "(?:[^"\\\n]++|\\["\\/])*+"
          | '[^'\n]*+'
          | (?:[A-Za-z0-9_/.+(~$\xa0-\U0010ffff]|-(?=[A-Za-z0-9.]))(?:[^:\#\n]++|:(?=[^\ \n])|(?<!\ )\#)*+
        )?+\ *+
      | \#[^\n]*+
    )
    """,
    re.VERBOSE,
)
# Line breaks that are none to the expression above, and the byte order mark: libyaml has its own ways with each.
_UNUSUAL = re.compile("[\x85\u2028\u2029\ufeff]")
_ESCAPE = re.compile(r"\\(.)")
_MOST_LINES = 1_000
# Longer lines are hardly ever in two articles.
_LONG = 80
_DEEPEST = 10
NOWHERE = At(-1, -1)
_SECURED_LENGTH = len(SECURED)


# What a line says: the column at which it begins, the one behind its dash (0: it has none), the key, and the text, None where it has none.
_Said = tuple[int, int, str, Scalar | None]
_NOTHING: _Said = (0, 0, "", None)


class _NotPlainError(Exception):
    """The text has something that is not for this module."""


def read_plain_nodes(text: str) -> Mapping | None:
    """Read front matter that begins with a line break; None where it is not plain, whatever the reason. Every node stands NOWHERE.

    Not to be changed: what is written in one article as in another may be one node.
    """
    if "\t" in text or "\r" in text or not (text.isascii() or _UNUSUAL.search(text) is None):
        return None
    first, *lines = text.split("\n")
    if first or len(lines) > _MOST_LINES:
        return None
    begin, end = _secured_lines(text, lines)
    try:
        # Before the others: where they are not plain, nobody knows what belongs to them.
        secured = [_said(line) for line in lines[begin:end]]
        # A text that has the word may be one that takes in the value of it, as where the blank behind the colon is missing.
        if any(value is not None and SECURED in value.text.lower() for _, _, _, value in secured):
            return None
        said = [
            *(_usual(line) if len(line) < _LONG else _said(line) for line in lines[:begin]),
            *secured,
            *(_usual(line) if len(line) < _LONG else _said(line) for line in lines[end:]),
        ]
    except _NotPlainError:
        return None
    outline = _Outline()
    return outline.root if outline.take(said) else None


def _secured_lines(text: str, lines: Sequence[str]) -> tuple[int, int]:
    """Give between which lines everything stands that says `secured`, or may belong to it: nothing of those is kept."""
    lowered = text.lower()
    word = lowered.find(SECURED)
    if word < 0:
        return 0, 0
    begin = lowered.count("\n", 0, word) - 1
    end = lowered.count("\n", 0, lowered.rfind(SECURED))
    while end < len(lines) and not lines[end][:1].isalpha():
        end += 1
    return begin, end


def _said(line: str) -> _Said:
    """Tell what a line says; raise _NotPlainError where it is not plain."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise _NotPlainError
    indent, dash, key, written = found.groups("")
    if not (dash or key):
        if written:
            raise _NotPlainError  # it goes on with the text of the line before
        return _NOTHING
    column = len(indent)
    return column, column + len(dash) if dash else 0, key, _scalar(written) if written else None


# Most lines stand in many articles: keys without a text, names of topics and providers, sizes. To look one up takes an eighth of reading it.
# Of 380,000 lines of 5,000 articles 79 in 100 are found so, and of four times as many kept 80 (measured).
_usual = lru_cache(maxsize=2048)(_said)


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
        # Those that are open around the innermost, and the columns at which their keys or dashes stand.
        self._around: list[tuple[Listing | Mapping | None, int]] = []
        self._inner: Listing | Mapping | None = None
        self._column = -1
        # The key that the line before gave no text: this one may begin its collection.
        self._waiting: str | None = None

    def take(self, lines: Iterable[_Said]) -> bool:
        """Take in what lines say."""
        # Most lines are a key of the same mapping as the one before: with a call for each, this takes twice as long.
        items: dict[str, Node] | None = None
        at = -1
        for column, inside, key, value in lines:
            if not key and value is None and not inside:
                continue  # a comment, or nothing
            if inside or items is None or column != at:
                is_fit = self._begin_item(column, inside, key) if inside else self._begin_key(column)
                if not is_fit:
                    return False
                inner, at = self._inner, self._column
                items = inner.items if type(inner) is Mapping else None
                if type(inner) is Listing:
                    if key or value is None:
                        return False
                    inner.items.append(value)
                    continue
            if not key or items is None or key in items:
                return False
            is_secured = len(key) == _SECURED_LENGTH and key.lower() == SECURED
            # Nothing of it is kept. Where it has a collection, libyaml's reader drops that.
            self._waiting = key if value is None and not is_secured else None
            items[key] = Scalar("", "", NOWHERE) if value is None or is_secured else value
        return True

    def _begin_key(self, column: int) -> bool:
        """Make the mapping that has a key at `column` the innermost."""
        # A list may stand at the column of the key that it belongs to, and ends with the next key there.
        while self._column > column or (self._column == column and type(self._inner) is Listing):
            self._leave()
        if self._column == column:
            return True
        mapping = Mapping({}, NOWHERE)
        if self._inner is not None:
            if not self._put(mapping):
                return False
        elif self.root is None:
            self.root = mapping
        else:
            return False
        self._enter(mapping, column)
        return True

    def _begin_item(self, column: int, inside: int, key: str) -> bool:
        """Make the list that has a dash at `column` the innermost, or the mapping that a key begins `inside` of the item."""
        while self._column > column:
            self._leave()
        if self._inner is None:
            return False
        if type(self._inner) is Mapping:
            begun = Listing([], NOWHERE)
            if not self._put(begun):
                return False
            self._enter(begun, column)
        listing = self._inner
        if self._column != column or type(listing) is not Listing:
            return False
        if key:
            mapping = Mapping({}, NOWHERE)
            listing.items.append(mapping)
            self._enter(mapping, inside)
        return True

    def _put(self, node: Listing | Mapping) -> bool:
        """Make `node` the value of the key that waits for one."""
        parent, key = self._inner, self._waiting
        if key is None or type(parent) is not Mapping or len(self._around) == _DEEPEST:
            return False
        parent.items[key] = node
        return True

    def _enter(self, node: Listing | Mapping, column: int) -> None:
        self._around.append((self._inner, self._column))
        self._inner, self._column = node, column
        self._waiting = None

    def _leave(self) -> None:
        self._inner, self._column = self._around.pop()
        self._waiting = None
