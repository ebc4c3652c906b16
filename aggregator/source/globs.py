"""Globs over POSIX paths below a folder: `**` any folders, `*` and `?` within a name, `[abc]` and `[!abc]`. Case counts.

`**` stands for folders only where it is a whole part of the path; elsewhere it is `*` twice. A glob that ends in a slash means
all that is in that folder, at any depth.
"""

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"(?<![^/])\*\*/\*(?!\*)|(?<![^/])\*\*/|(?<![^/])\*\*\Z|\*|\?|\[!?[^\]]+\]|.", re.DOTALL)
_CLASS = re.compile(r"\[!?[^\]!]+[^\]]*\]", re.DOTALL)
# A character, or a range of them; what else means something within re's brackets is escaped.
_MEMBER = re.compile(r"(.)(?:-(.))?", re.DOTALL)
# `**/*` means no more than "anything", which takes half the time of two loops one after the other.
_MEANINGS = {"**/*": ".*", "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def compile_globs(globs: Sequence[str]) -> re.Pattern[str]:
    """Give a pattern that matches the whole of every path that one of `globs` matches; no globs match nothing.

    Raises re.error where a range runs backwards, as in [z-a].
    """
    if not globs:
        return re.compile(r"(?!)")
    return re.compile("|".join(_translated(glob) for glob in globs), re.DOTALL)


def _translated(glob: str) -> str:
    whole = f"{glob}**" if glob.endswith("/") else glob
    return "".join(map(_piece, _TOKEN.findall(whole))) + r"\Z"


def _piece(token: str) -> str:
    if token in _MEANINGS:
        return _MEANINGS[token]
    if _CLASS.fullmatch(token):
        return _character_class(token[1:-1])
    return re.escape(token)


def _character_class(inside: str) -> str:
    negation = "^" if inside.startswith("!") else ""
    members = _MEMBER.sub(_member, inside.removeprefix("!"))
    return f"(?!/)[{negation}{members}]"


def _member(match: re.Match[str]) -> str:
    first, last = match[1], match[2]
    return re.escape(first) if last is None else f"{re.escape(first)}-{re.escape(last)}"
