"""The bytes of an article file cut into front matter and body, as text. Pure.

The value of `secured`, as nearly every file writes it, is gone before anything is decoded or parsed.
"""

import re
from codecs import BOM_UTF8

from aggregator.errors import AggregatorError
from aggregator.frontmatter.yaml_nodes import LINE_BREAK, SECURED

_OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*(?:\r?\n|\Z)")
# From the line break before it: the expression is four times as fast when it begins with a character.
_CLOSING = re.compile(rb"\n(?:---|\.\.\.)[ \t]*(?=\r?\n|\r?\Z)")
# A line that gives `secured` a value, as nearly every file writes it: quoted, or plain. That value is gone before the text is
# parsed or decoded, so it can't leak whatever is broken around it; the other forms, such as one that ends with the bracket or the comma of
# what is around it, or one in capitals, which prose may have, are dropped as libyaml gives them.
# What repeats is possessive, so that no line takes more than one look at each of its characters.
_SECURED = re.compile(
    rb"""(?P<key>\n[ \t]*+(?:-[ \t]++)*+(?P<quote>["']?)secured(?P=quote)[ \t]*+:[ \t]*+)"""
    rb"""(?:"[^"\r\n]*+"(?:[ \t]+\#[^\r\n]*+)?|'[^'\r\n]*+'(?:[ \t]+\#[^\r\n]*+)?|[A-Za-z0-9+/][^\r\n{}\[\],]*+)[ \t]*+(?=\r?\n|\r?\Z)""",
    re.VERBOSE,
)
# Front matter behind front matter, as a tool leaves it that did not see the first, or as a line --- too many leaves it: lines that hold
# nothing but keys and what belongs to them, and begin with a line --- or end with one. What repeats is possessive, as above.
_RULE = r"(?:---|\.\.\.)[ \t]*+(?:\#[^\n]*+)?+\r?+(?:\n|\Z)"
_KEY_LINE = r"""(?:[?:-](?:[ \t][^\n]*+)?|["']?+[\w$@.-]{1,200}["']?+[^\S\n]*+:[^\n]*+|\{[^\n]*+|[\]}]+,?+[ \t]*+|\#[^\n]*+)\r?+(?:\n|\Z)"""
_MORE_LINE = r"[ \t]++[^\n]*+(?:\n|\Z)"
_SKIPPED = r"(?:[\s\ufeff]|<!--(?:[^-]|-(?!->))*+-->)*+"
_STRAY = re.compile(
    rf"""
    {_SKIPPED}(?:
        {_RULE}(?P<second>(?:{_RULE}|{_KEY_LINE}|{_MORE_LINE}|\r?\n)*+)
      | (?P<rest>(?=[^ \t])(?:(?:{_KEY_LINE}(?:{_MORE_LINE})*+)++{_RULE})++)
    )""",
    re.VERBOSE,
)
# What no prose has either, up to a line that would close it.
_SECOND_SECRET = re.compile(
    rf"""{_SKIPPED}---[ \t]*+\r?\n(?:(?!---|\.\.\.)[^\n]*+\n)*?(?P<secret>[ \t]*+["']?secured["']?[ \t]*+:[^\n]*+)""",
)
_SECURED_WORD = SECURED.encode()
_ARTICLE_SUFFIXES = (".md", ".markdown", ".html", ".htm")
# A byte order mark, or the line that begins front matter, in two or four bytes a character; and what that is.
_WIDE = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"-\0-\0-\0": "utf-16-le",
    b"\0-\0-\0-": "utf-16-be",
    b"-\0\0\0-\0\0\0": "utf-32-le",
    b"\0\0\0-\0\0\0-": "utf-32-be",
}
_EMPTY_LINE = re.compile(rb"\n[ \t]*+\r?\n")
# Text holds no NUL. Where Git looks for one, too.
_SNIFFED = 8000


class FilePartsError(AggregatorError):
    """A file can't be cut into front matter and body: what is wrong, and the line, from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def is_empty(data: bytes) -> bool:
    """Tell whether there is nothing in a file but white space."""
    return not data.removeprefix(BOM_UTF8).strip()


def split(data: bytes, limit: int, name: str) -> tuple[str, str] | None:
    """Cut a file into front matter of at most `limit` bytes and body, None where it has no front matter.

    The front matter begins with the line break of the file's first line, so that its lines count as the file's do.
    """
    opening = _OPENING.match(data)
    if opening is None:
        _expect_text(data, name)
        return None
    start = opening.end() - (opening[0][-1:] == b"\n")
    closing = _CLOSING.search(data, start)
    end = closing.start() if closing else len(data)
    if end - start > limit:
        raise FilePartsError(f"the front matter has {end - start} bytes, expected at most {limit}", 1)
    if closing is None:
        raise FilePartsError("the front matter that begins here is not closed, expected another line ---", 1)
    front = _without_secured(data[start:end])
    return _decoded(front, data, start), _decoded(data[closing.end() :], data, closing.end())


def front_lines(data: bytes, limit: int) -> list[str]:
    """Give the lines of the front matter as far as `limit` bytes, as well as they can be read, of a file that `split` refuses.

    Of one that is not closed, as far as the first empty line: what comes then is most likely the body. Of one that is, with what goes on
    behind the line that closes it.
    """
    encoding = next((name for begin, name in _WIDE.items() if data.startswith(begin)), None)
    if encoding is not None:
        data = data[: 4 * limit].decode(encoding, errors="replace").encode()
    opening = _OPENING.match(data)
    if opening is None:
        return []
    start = opening.end() - (opening[0][-1:] == b"\n")
    closing = _CLOSING.search(data, start, start + limit) or _EMPTY_LINE.search(data, start, start + limit)
    front = data[start : closing.start() if closing else start + limit]
    behind = data[closing.end() : closing.end() + limit].decode(errors="replace") if closing else ""
    return LINE_BREAK.split(_without_secured(front).decode(errors="replace") + stray_front(behind)[1])


def stray_front(body: str) -> tuple[int, str]:
    """Give what reads as front matter at the beginning of a body, and where it begins; nothing where nothing does."""
    found = _STRAY.match(body)
    part = found and found.lastgroup
    secret = _SECOND_SECRET.match(body)
    if secret is not None and (not found or not part or found.end(part) < secret.end()):
        return secret.start("secret"), "\n" + secret["secret"]
    return (found.start(part), "\n" + found[part]) if found and part else (0, "")


def _expect_text(data: bytes, name: str) -> None:
    """Take no file for one without front matter that has it in another encoding, or that only its name calls an article."""
    if data.startswith(tuple(_WIDE)):
        raise FilePartsError("is UTF-16 or UTF-32, expected text in UTF-8", 1)
    if name.lower().endswith(_ARTICLE_SUFFIXES) and b"\0" in data[:_SNIFFED]:
        offset = data.index(b"\0")
        raise FilePartsError(f"is no text: byte {offset} of the file is NUL, expected text in UTF-8", 1)


def _without_secured(front: bytes) -> bytes:
    """Blank every value of `secured` that stands where nearly every file has it."""
    # From the first line that has the word: to look at every line takes 16 µs of a usual file, this 3.
    word = front.find(_SECURED_WORD)
    if word < 0:
        return front
    begin = max(front.rfind(b"\n", 0, word), 0)
    return front[:begin] + _SECURED.sub(_blanked, front[begin:])


def _blanked(found: re.Match[bytes]) -> bytes:
    """Give the key alone, as long as it was with its value, so that every place stays what it was."""
    return found["key"].ljust(len(found[0]))


def _decoded(part: bytes, data: bytes, start: int) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        offset = start + error.start
        line = data.count(b"\n", 0, offset) + 1
        reason = f"byte {offset} of the file (0x{data[offset]:02x}) is not UTF-8, expected text in UTF-8"
    # Outside of the clause: the codec's error would carry the text along.
    raise FilePartsError(reason, line)
