"""The keys of a file's front matter: found by any of their names, read by their type, with note taken of what is wrong. Pure."""

from collections.abc import Callable, Mapping
from itertools import takewhile
from operator import itemgetter
from typing import TypeVar

from aggregator.errors import Problem, Severity
from aggregator.frontmatter import yaml_nodes
from aggregator.frontmatter.values import ValueProblem
from aggregator.frontmatter.yaml_nodes import Node, is_null

T = TypeVar("T")

# Our keys, each with other tools' names for it. Of several in one file ours counts, then the first here.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": (),
    "title": (),
    "excerpt": ("description", "summary"),
    # Hugo publishes at publishDate what has both.
    "publishedDateTime": ("publishDate", "date", "pubDate"),
    "updatedDateTime": ("lastmod", "last_modified_at", "modified", "updated"),
    "originalUrl": ("canonicalUrl", "canonical_url"),
    "webUrl": (),
    "category": ("categories",),
    "type": (),
    "published": (),
    "draft": (),
    "removed": (),
    "deleted": (),
    "quality": (),
    "heat": (),
    "provider": (),
    "authors": ("author",),
    "topics": ("tags", "tag"),
    "images": ("image", "cover", "featured_image"),
    "related": (),
    "locale": ("lang", "language"),
    "length": (),
    "featuredContent": (),
    "actions": (),
}
# The names of an article's date, the one that counts first.
DATES = ("publishedDateTime", *_NAMES["publishedDateTime"])
# What says that an article is not public, and the value that says so.
HIDING = {"published": False, "draft": True, "removed": True, "deleted": True}
# In any case: Hugo and Publ do not care how a name is written.
_KNOWN = {
    written: (key, rank)
    for key, others in _NAMES.items()
    for rank, name in enumerate((key, *others))
    for written in (name, name.lower())
}


# What is read of mappings within, beside what an article has as well.
_MEMBERS = frozenset(
    {
        *(
            "name",
            "domain",
            "url",
            "width",
            "height",
            "attribution",
            "isCached",
            "alt",
            "src",
            "path",
            "email",
        ),
        yaml_nodes.SECURED,
    }
)


def told(key: str) -> str | None:
    """Give a dotted key as far as it is one that articles have: another may be a word of an article that nobody is to see."""
    known = list(takewhile(lambda part: part in _MEMBERS or part in _KNOWN, key.split(".")))
    return ".".join(known) or None


class ArticleKeys:
    """One file's keys. All that is wrong with them is told at once."""

    def __init__(self, root: yaml_nodes.Mapping, names: Mapping[str, str], file: str) -> None:
        self._nodes, self._spare, repeated = _by_key(root.items, names)
        self._names = names
        self._file = file
        self._root = root.place
        self.problems: list[Problem] = [self._repeated(*one) for one in repeated]

    @property
    def has_errors(self) -> bool:
        """Tell whether anything is wrong that keeps the article out."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def find(self, key: str) -> Node | None:
        """Give what stands under a key, by the source's own name for it, ours, or another tool's; None where that is nothing."""
        found = self._nodes.get(key)
        return found and found[1]

    def spare(self, key: str) -> tuple[tuple[str, Node], ...]:
        """Give the other names under which a key stands as well, and what stands there; it does not count."""
        return self._spare.get(key, ())

    def written(self, key: str) -> str:
        """Give a key as the file has it: what an author is told of is found by searching for it."""
        first, dot, rest = key.partition(".")
        found = self._nodes.get(first)
        return (found[0] if found else self._names.get(first, first)) + dot + rest

    def get(self, key: str, read: Callable[[Node], T]) -> T | None:
        """Read what stands under a key; None where that is nothing, or can't be read, which is noted."""
        found = self._nodes.get(key)
        if found is None:
            return None
        try:
            return read(found[1])
        except ValueProblem as problem:
            self._note_error(key, problem)
            return None

    def read(self, key: str, read: Callable[[Node], T], node: Node) -> T | None:
        """Read `node` as the value of a key; None where it can't be read, which is noted."""
        try:
            return read(node)
        except ValueProblem as problem:
            self._note_error(key, problem)
            return None

    def warn(self, key: str, problem: ValueProblem) -> None:
        """Take note of a value that was mended."""
        self._note(key, problem, Severity.WARNING)

    def refuse(self, reason: str) -> None:
        """Take note of an error that is in no key."""
        self.problems.append(Problem(file=self._file, reason=reason))

    def missing(self, key: str, expected: str) -> None:
        """Take note that a key is missing; not where its value is wrong, which is noted already."""
        written = self.written(key)
        if all(problem.key != written for problem in self.problems):
            self.problems.append(
                Problem(
                    file=self._file,
                    line=self._root.line,
                    column=1,
                    key=written,
                    reason=f"is missing, expected {expected}",
                )
            )

    def _repeated(self, name: str, node: Node, first: str) -> Problem:
        return Problem(
            file=self._file,
            line=node.place.line + 1,
            column=node.place.column + 1,
            key=name,
            reason=f"is {first} once more, for case does not count in keys; expected one of them",
        )

    def _note_error(self, key: str, problem: ValueProblem) -> None:
        self._note(".".join((key, *problem.keys)), problem, Severity.ERROR)

    def _note(self, key: str, problem: ValueProblem, severity: Severity) -> None:
        self.problems.append(
            Problem(
                file=self._file,
                line=problem.node.place.line + 1,
                column=problem.node.place.column + 1,
                key=self.written(key),
                value=problem.value,
                reason=problem.reason,
                severity=severity,
            )
        )


# The rank of the name that a source gives a key: before every other.
_OWN = -1

# By our keys: a key as the file has it, and what stands there.
_Found = dict[str, tuple[str, Node]]
_Spare = dict[str, tuple[tuple[str, Node], ...]]
# A key that differs from another by case alone, what stands there, and that other.
_Repeated = tuple[str, Node, str]


def _by_key(
    nodes: Mapping[str, Node], own_names: Mapping[str, str]
) -> tuple[_Found, _Spare, list[_Repeated]]:
    """Give what stands for something, what does under names that do not count, and what stands twice by the same name."""
    found: _Found = {}
    ranks: dict[str, int] = {}
    # The keys that stand under more than one name: nearly none.
    ranked: dict[str, list[tuple[int, str, Node]]] = {}
    for name, node in nodes.items():
        known = _KNOWN.get(name) or _KNOWN.get(name.lower())
        if known is None or is_null(node):
            continue
        key, rank = known
        if key not in found:
            found[key] = (name, node)
            ranks[key] = rank
        else:
            ranked.setdefault(key, [(ranks[key], *found[key])]).append((rank, name, node))
    for key, own in own_names.items():
        for name in (name for name in nodes if name.lower() == own.lower() and not is_null(nodes[name])):
            others = [(ranks[key], *found[key])] if key in found else []
            ranked.setdefault(key, others).append((_OWN, name, nodes[name]))
    spare: _Spare = {}
    repeated: list[_Repeated] = []
    for key, several in ranked.items():
        # Of equal ranks, the first in the file.
        (rank, name, node), *others = sorted(several, key=itemgetter(0))
        found[key] = (name, node)
        spare[key] = tuple((name, other) for _, name, other in others if other is not node)
        repeated += [
            (other, what, name) for beside, other, what in others if beside == rank and what is not node
        ]
    return found, spare, repeated
