"""The architecture, read from the imports: one direction up the floors, `feeds` pure, each library in its home, no cycle.

The floors are the table below; the homes are the table of docs/dependencies.md, so that it and the code can't disagree.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("feeds", "aggregator")

# Module or package, and the floor it stands on. An arrow may lead down, or along a floor, never up.
FLOORS = {
    "feeds": 0,
    "aggregator": 1,  # the package's own docstring, nothing else
    "aggregator.errors": 1,
    "aggregator.monitoring": 1,
    "aggregator.printable": 1,
    "aggregator.processes": 1,
    "aggregator.refreshes": 1,
    "aggregator.service": 1,
    "aggregator.source": 1,
    "aggregator.catalogue": 2,
    "aggregator.clean": 2,
    "aggregator.config": 2,
    "aggregator.entry": 2,
    "aggregator.frontmatter": 2,
    "aggregator.schedule": 2,
    "aggregator.config_watch": 3,
    "aggregator.documents": 3,
    "aggregator.source.file_reader": 3,
    "aggregator.source.intake": 3,
    "aggregator.source.places": 3,
    "aggregator.source.scan": 3,
    "aggregator.source.taken": 3,
    "aggregator.topic_names": 3,
    "aggregator.documents.press": 4,
    "aggregator.documents.searches": 4,
    "aggregator.documents.version_keeper": 4,
    "aggregator.refreshes.duplicates": 4,
    "aggregator.refreshes.plan": 4,
    "aggregator.refreshes.refresh": 4,
    "aggregator.service.status_token": 4,
    "aggregator.source.glance": 4,
    "aggregator.monitoring.ledger": 5,
    "aggregator.publish": 5,
    "aggregator.server": 5,
    "aggregator.site": 5,
    "aggregator.diff": 6,
    "aggregator.explain": 6,
    "aggregator.lint": 6,
    "aggregator.operations": 6,
    "aggregator.publish.nginx": 6,
    "aggregator.publish.process": 6,
    "aggregator.refreshes.refresh_thread": 6,
    "aggregator.scaffold": 6,
    "aggregator.scratch": 6,
    "aggregator.service.outlet": 6,
    "aggregator.service.service": 6,
    "aggregator.service.serving": 6,
    "aggregator.service.words": 6,
    "aggregator.service.workers": 6,
    "aggregator.wiring": 6,
    "aggregator.__main__": 7,
    "aggregator.cli": 7,
}

# What `feeds` may use of the standard library: values and text. Whatever reads a file, a socket, a clock or chance is not here.
PURE = frozenset(
    {
        "collections",
        "dataclasses",
        "datetime",
        "email.utils",
        "enum",
        "functools",
        "hashlib",
        "html",
        "itertools",
        "math",
        "operator",
        "re",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
    }
)
# The doors that these modules, and the language itself, still leave open to the clock and to files.
IMPURE_CALLS = frozenset(
    {"formatdate", "input", "localtime", "make_msgid", "now", "open", "print", "today", "utcnow"}
)

Sources = Mapping[str, str]


@dataclass(frozen=True)
class Import:
    """One module imports another, which may be a package's name or a name within it."""

    importer: str
    imported: str
    line: int
    is_within_function: bool

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}: imports {self.imported}"

    def is_of(self, module: str) -> bool:
        return is_within(self.imported, module)


def is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def source_files() -> dict[str, Path]:
    """Give every file of the packages by its module's name."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def imports_of(sources: Sources) -> list[Import]:
    """Give every import; `from package import module` counts as one of the module."""
    return [found for module, text in sources.items() for found in _imports(module, text, sources)]


def _imports(module: str, text: str, sources: Sources) -> Iterator[Import]:
    tree = ast.parse(text)
    within = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        for name in _names(node, sources):
            yield Import(module, name, getattr(node, "lineno", 0), id(node) in within)


def _names(node: ast.AST, sources: Sources) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        origin = "." * node.level + (node.module or "")
        full_names = (f"{origin}.{alias.name}" for alias in node.names)
        yield from dict.fromkeys(name if name in sources else origin for name in full_names)
    elif isinstance(node, ast.Call) and _called(node) in {"__import__", "import_module"}:
        yield "whatever import_module is told"


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def floor_of(module: str, floors: Mapping[str, int]) -> int | None:
    """Give the floor of a module: its own, else that of the package that it lies in; the root package lends its own to none."""
    name = module
    while name not in floors:
        name = name.rpartition(".")[0]
        if name in {"", "aggregator"}:
            return None
    return floors[name]


def without_a_floor(sources: Sources, floors: Mapping[str, int]) -> list[str]:
    return [
        f"{module}: give it a floor in FLOORS of {Path(__file__).name}"
        for module in sources
        if floor_of(module, floors) is None
    ]


def arrows_up(sources: Sources, floors: Mapping[str, int]) -> list[str]:
    messages = []
    for found in imports_of(sources):
        start, end = floor_of(found.importer, floors), floor_of(found.imported, floors)
        if start is not None and end is not None and start < end:
            messages.append(f"{found}: an arrow up, from floor {start} to {end}")
    return messages


def cycle(sources: Sources) -> list[str]:
    """Give the modules of a circle of imports, empty where there is none."""
    graph: dict[str, set[str]] = {module: set() for module in sources}
    for found in imports_of(sources):
        if found.imported in sources:
            graph[found.importer].add(found.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imports_within_functions(sources: Sources) -> list[str]:
    return [f"{found} within a function" for found in imports_of(sources) if found.is_within_function]


def relative_imports(sources: Sources) -> list[str]:
    return [
        f"{found}, expected an absolute name"
        for found in imports_of(sources)
        if found.imported.startswith(".")
    ]


def impurities(sources: Sources, libraries: AbstractSet[str]) -> list[str]:
    """Give what the modules of `feeds` use that is neither theirs nor pure."""
    allowed = PURE | libraries | {"feeds"}
    imported = [
        f"{found}: feeds is pure, expected one of PURE, or a library at home there"
        for found in imports_of(sources)
        if is_within(found.importer, "feeds") and not any(found.is_of(name) for name in allowed)
    ]
    called = [
        f"{module}, line {node.lineno}: calls {_called(node)}, but feeds is pure"
        for module, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if is_within(module, "feeds") and isinstance(node, ast.Call) and _called(node) in IMPURE_CALLS
    ]
    return imported + called


def is_third_party(module: str) -> bool:
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in PACKAGES


def homeless(sources: Sources, homes: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Give the imports of libraries away from the modules that `homes` names for each."""
    return [
        f"{found}, expected only in {', '.join(sorted(homes.get(found.imported.partition('.')[0], ()))) or 'docs/dependencies.md'}"
        for found in imports_of(sources)
        if is_third_party(found.imported)
        and not any(
            is_within(found.importer, home) for home in homes.get(found.imported.partition(".")[0], ())
        )
    ]


def empty_homes(sources: Sources, homes: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Give the homes that their library is not in."""
    lived_in = {(found.imported.partition(".")[0], found.importer) for found in imports_of(sources)}
    return [
        f"{home} does not import {library}"
        for library, places in homes.items()
        for home in places
        if not any(name == library and is_within(importer, home) for name, importer in lived_in)
    ]


def table_rows(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading of docs/dependencies.md."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def documented_homes() -> dict[str, frozenset[str]]:
    """Give for each library, by the name that it is imported as, the modules that may."""
    return {
        library: frozenset(_module(path) for path in re.findall(r"`([^`]+)`", row[2]))
        for row in table_rows("What runs")
        for library in re.findall(r"`([^`]+)`", row[1])
    }


def _module(path: str) -> str:
    return path.removesuffix(".py").rstrip("/").replace("/", ".")


def declared(requirements: list[str]) -> set[str]:
    """Give the names of the packages that a list of requirements names."""
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in requirements}


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {module: file.read_text(encoding="utf-8") for module, file in source_files().items()}


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    document: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return document


# The code


def test_every_module_has_a_floor(sources: Sources) -> None:
    assert without_a_floor(sources, FLOORS) == []


def test_every_floor_has_its_module(sources: Sources) -> None:
    assert set(FLOORS) - set(sources) == set()


def test_no_arrow_runs_up(sources: Sources) -> None:
    assert arrows_up(sources, FLOORS) == []


def test_there_is_no_cycle(sources: Sources) -> None:
    assert cycle(sources) == []


def test_nothing_is_imported_within_a_function(sources: Sources) -> None:
    assert imports_within_functions(sources) == []


def test_every_import_is_absolute(sources: Sources) -> None:
    assert relative_imports(sources) == []


def test_feeds_is_pure(sources: Sources) -> None:
    homes = documented_homes()
    at_home = {name for name, places in homes.items() if any(is_within(place, "feeds") for place in places)}
    assert impurities(sources, at_home) == []


def test_each_library_is_imported_in_its_home_alone(sources: Sources) -> None:
    assert homeless(sources, documented_homes()) == []


def test_each_library_is_imported_where_the_table_says(sources: Sources) -> None:
    assert empty_homes(sources, documented_homes()) == []


def test_the_table_of_what_runs_names_the_dependencies(project: dict[str, list[str]]) -> None:
    assert {row[0] for row in table_rows("What runs")} == declared(project["dependencies"])


@pytest.mark.parametrize(
    ("heading", "extras"), [("What develops", ("dev", "fuzz")), ("What measures", ("bench",))]
)
def test_the_tables_of_tools_name_those_that_are_declared(
    project: dict[str, dict[str, list[str]]], heading: str, extras: tuple[str, ...]
) -> None:
    tools = [tool for extra in extras for tool in project["optional-dependencies"][extra]]
    assert {row[0] for row in table_rows(heading)} == declared(tools)


# The tests themselves: each finds what it is there to find


def test_a_module_without_a_floor_is_found() -> None:
    (message,) = without_a_floor({"aggregator.attic": ""}, FLOORS)
    assert message.startswith("aggregator.attic: give it a floor")


def test_a_module_of_a_package_stands_on_its_floor() -> None:
    assert floor_of("aggregator.server.handlers", FLOORS) == FLOORS["aggregator.server"]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("feeds.article", "from aggregator.errors import Problem"),
        ("aggregator.documents.edition", "import aggregator.documents.press"),
        ("aggregator.server.app", "from aggregator.service import service"),
    ],
)
def test_an_arrow_that_runs_up_is_found(module: str, text: str) -> None:
    modules = {
        module: text,
        "aggregator.service.service": "",
        "aggregator.documents.press": "",
        "aggregator.errors": "",
    }
    (message,) = arrows_up(modules, FLOORS)
    assert message.startswith(f"{module}, line 1: imports aggregator.")


def test_a_cycle_is_found() -> None:
    modules = {
        "feeds.a": "from feeds import b",
        "feeds.b": "from feeds.c import x",
        "feeds.c": "import feeds.a",
    }
    assert set(cycle(modules)) == set(modules)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import re",
        "class C:\n    async def f(self):\n        if True:\n            from re import sub",
        "def f():\n    return __import__('re')",
        "def f():\n    return importlib.import_module('re')",
    ],
)
def test_an_import_within_a_function_is_found(text: str) -> None:
    assert len(imports_within_functions({"feeds.a": text})) == 1


@pytest.mark.parametrize("text", ["from . import article", "from .article import Article"])
def test_a_relative_import_is_found(text: str) -> None:
    assert len(relative_imports({"feeds.a": text})) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"import {name}"
            for name in ("os", "pathlib", "socket", "asyncio", "threading", "sqlite3", "time")
        ),
        "from random import choice",
        "from urllib import request",
        "import urllib.request",
        "import aggregator",
        "import sqlalchemy",
        "datetime.now(UTC)",
        "open('feed.xml')",
    ],
)
def test_what_is_not_pure_is_found_in_feeds(text: str) -> None:
    assert len(impurities({"feeds.a": text}, {"lxml"})) == 1


@pytest.mark.parametrize("text", ["from urllib.parse import quote", "from lxml import etree", "import re"])
def test_what_is_pure_passes(text: str) -> None:
    assert impurities({"feeds.a": text}, {"lxml"}) == []


def test_a_second_importer_of_a_library_is_found() -> None:
    modules = {"aggregator.clean.html": "import nh3", "aggregator.server.app": "from nh3 import clean"}
    (message,) = homeless(modules, {"nh3": {"aggregator.clean.html"}})
    assert message == "aggregator.server.app, line 1: imports nh3, expected only in aggregator.clean.html"


def test_a_library_that_nobody_knows_is_found() -> None:
    (message,) = homeless({"aggregator.clean.html": "import leftpad.right"}, {})
    assert message.endswith("expected only in docs/dependencies.md")


def test_a_home_that_its_library_has_left_is_found() -> None:
    homes = {"nh3": {"aggregator.clean.html", "aggregator.attic"}}
    assert empty_homes({"aggregator.clean.html": "import nh3"}, homes) == [
        "aggregator.attic does not import nh3"
    ]
