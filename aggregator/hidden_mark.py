"""Whether a file whose front matter can't be read says that it is to be hidden. Pure.

What is published goes on being served as it was when its file breaks. An editor who takes an article back in a hurry, and leaves a quotation
mark open in the same file, wants it gone all the same.
"""

import re
from collections.abc import Mapping

from aggregator.article_parts import front_lines
from aggregator.article_values import ValueProblem, boolean
from aggregator.yaml_nodes import At, Scalar

# What each mark says where it hides.
_HIDING = {"published": False, "draft": True, "removed": True, "deleted": True}
# A key, in quotation marks or without, as YAML and JSON have it, and one word.
_LINE = re.compile(
    r"""(?P<indent>[ \t]*)(?P<quote>["']?)(?P<key>[\w.-]+)(?P=quote)[ \t]*:[ \t]*["']?(?P<value>\w*)["']?[ \t]*(?P<more>[^#,\s])?"""
)


def says_hidden(data: bytes, limit: int, names: Mapping[str, str]) -> bool:
    """Tell whether a mark in the first `limit` bytes of the front matter hides the article, in any case, whatever else stands there.

    names  our key to the name that this source's files use for it
    """
    hiding = {names.get(key, key).lower(): value for key, value in _HIDING.items()}
    indent = None
    for line in front_lines(data, limit):
        found = _LINE.match(line)
        if found is None:
            continue
        # What is indented further than the first key belongs to another article, as those of `related`.
        indent = found["indent"] if indent is None else indent
        value = hiding.get(found["key"].lower())
        if (
            value is not None
            and found["indent"] == indent
            and not found["more"]
            and _meant(found["value"]) is value
        ):
            return True
    return False


def _meant(word: str) -> bool | None:
    try:
        return boolean(Scalar(word, "", At(0, 0)))
    except ValueProblem:
        return None
