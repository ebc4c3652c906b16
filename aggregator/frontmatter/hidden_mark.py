"""Whether front matter has a line that hides the article, whatever else stands there. Pure.

What is published goes on being served as it was when its file breaks. An editor who takes an article back in a hurry, and leaves a quotation
mark open in the same file, wants it gone all the same; and where that mark is closed further below, the file is read without the line.
"""

import re
from collections.abc import Mapping, Sequence

from aggregator.clean.plain_text import legal
from aggregator.frontmatter.keys import HIDING
from aggregator.frontmatter.values import ValueProblem, boolean
from aggregator.frontmatter.yaml_nodes import At, Scalar, bare

# What begins a text on the lines below.
_BLOCKS = ("|", ">")
# A key as YAML and JSON have it, its quotation marks forgotten or not, and what stands behind it. What repeats is possessive, here and
# below, so that no line takes more than one look at each of its characters.
_LINE = re.compile(
    r"""(?P<indent>[ \t]*+)(?:\{\s*+)?+(?!-\s)["']?+(?P<key>[^ \t"':#{}][^"':]*+)["']?+\s*+:(?P<text>.*+)""",
    re.DOTALL,
)
# One word, perhaps behind an anchor or a tag, in quotation marks of any kind, one of which may be forgotten.
_WORD = re.compile(
    r"""\s*+(?:[&!][\w!]*+\s++)?+["'\u2018\u2019\u201c\u201d]?+(?P<word>\w++)["'\u2018\u2019\u201c\u201d]?+\s*+[,;}]?+\s*+(?:\#.*+)?+""",
    re.DOTALL,
)


def hiding_line(lines: Sequence[str], names: Mapping[str, str], *, is_broken: bool) -> int | None:
    """Give the index of the first line that hides the article, None where none does.

    names      our key to the name that this source's files use for it
    is_broken  whether the front matter can't be read, so that where the line is indented may be what is wrong
    """
    hiding = HIDING | {names[key].lower(): value for key, value in HIDING.items() if key in names}
    depth = None
    is_behind_text = False
    for number, line in enumerate(map(legal, lines)):
        found = _LINE.fullmatch(line)
        if found is None:
            is_behind_text = is_behind_text and not line.strip()
            continue
        # What is indented further than the first key belongs to another article, as those of `related`; but not behind a key with a text of
        # its own, where nothing can be indented: the blank before the mark is what is wrong then.
        indent, text = len(found["indent"]), bare(found["text"])
        depth = indent if depth is None else min(depth, indent)
        if indent > depth and not is_behind_text:
            continue
        is_behind_text = is_broken and text != "" and not text.startswith(_BLOCKS)
        value, said = hiding.get(bare(found["key"]).lower()), _WORD.fullmatch(text)
        if value is not None and said is not None and _meant(said["word"]) is value:
            return number
    return None


def _meant(word: str) -> bool | None:
    try:
        return boolean(Scalar(word, "", At(0, 0)))
    except ValueProblem:
        return None
