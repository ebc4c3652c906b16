"""The licences of all packages, as they say themselves, and whether software under the MIT licence may go with them.

`python -m supply_chain.licences > docs/licences.md` writes the document anew; a test fails when the two differ.
"""

import sys
from collections.abc import Iterable, Iterator
from functools import cache

from license_expression import AND, OR, ExpressionError, Licensing, get_spdx_licensing

from supply_chain.packages import Package, PackagesError, read_constraints, read_packages

# Licences that are fine, as SPDX names them, each with its reason.
ALLOWED = {
    "0BSD": "Permissive; asks for nothing.",
    "Apache-2.0": "Permissive. What it asks for, its text and notices, lies in the package as it is installed.",
    "BSD-2-Clause": "Permissive, as MIT.",
    "BSD-3-Clause": "Permissive, as MIT; names are not used to advertise.",
    "CC0-1.0": "Given to the public.",
    "ISC": "Permissive, as MIT in fewer words.",
    "MIT": "The same.",
    "MIT-0": "MIT without the duty to repeat it.",
    "MIT-CMU": "Permissive, as MIT; names are not used to advertise.",
    "MPL-2.0": "Copyleft by the file: changes of its own files would have to be told. They are used unchanged, and section 3.3 lets "
    "a larger work have its own licence.",
    "PSF-2.0": "Permissive; that of Python itself.",
    "Zlib": "Permissive; changed versions say that they are.",
}

# What some packages mean where their metadata leaves it open: the expression, and what it was read from.
READ = {
    "feedgen": ("BSD-2-Clause OR LGPL-3.0-or-later", "description: either, as one chooses; here BSD"),
    "jinja2": ("BSD-3-Clause", "text of the licence"),
    "netaddr": ("BSD-3-Clause", "text of the licence"),
    "sgmllib3k": ("BSD-3-Clause", "says BSD and has no text; the stricter of the two that can be meant"),
    "uvloop": ("MIT OR Apache-2.0", "both texts; its field names one"),
    "webencodings": ("BSD-3-Clause", "text of the licence"),
}

# Packages of the extras that measure and fuzz. `make test` does not install them, so that their licences were read by people.
TOOLS = {
    "atheris": "Apache-2.0",
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "fonttools": "MIT",
    "hugo": "Apache-2.0",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "PSF-2.0",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "pillow": "MIT-CMU",
    "pyparsing": "MIT",
}

# How the metadata of older packages spells licences, in the field and in classifiers.
_SPELLINGS = {"mit license": "MIT", "apache 2.0": "Apache-2.0"}
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

_INTRODUCTION = """\
<!-- Generated: python -m supply_chain.licences > docs/licences.md -->

# Licences

The feed aggregator is under the MIT licence ([LICENSE](../LICENSE)). What it hands out, a wheel or a clone, holds its own code and no
other. Its libraries are installed beside it, as their authors made them; an image made from the Dockerfile holds those that run, each
with the text of its licence in its `.dist-info` folder.

These are the licences of all of them, and of what they need in turn, in the versions of `constraints.txt`, as SPDX expressions. A test
fails for a package that is not here, for one whose metadata says something else, and for a licence that is not in the last table.
`make sbom` writes the same as a bill of materials (CycloneDX).

Two things stand in neither. The wheel is built by setuptools (MIT), which pip fetches for that alone, as new as it finds it. And tests use
what they find installed of Debian's programs and of npm (`tests/install_tools.sh`, `tests/npm/package.json`): axe-core (MPL-2.0), a script
that is put into pages in a browser of the tests, and feedsmith (MIT), jsonfeed-schema (ISC) and rss-parser (MIT), which Node.js runs or
tests read. Nothing of these is changed, or handed out.
"""


def read_all() -> tuple[list[Package], list[str]]:
    """Give the packages that run and develop, and the names of the TOOLS that stand in constraints.txt beside them."""
    packages = read_packages(others=TOOLS)
    return packages, sorted(read_constraints().keys() - {package.name for package in packages})


def licence_of(package: Package) -> tuple[str, str]:
    """Give the licence of a package as an SPDX expression, and what it is known from; raise PackagesError where nothing tells."""
    if told := _field(package, "License-Expression"):
        return str(_licensing().parse(told, validate=True)), "metadata"
    return READ.get(package.name) or _from_field(package) or _from_classifier(package) or _unknown(package)


def is_allowed(expression: str) -> bool:
    """Decide whether a licence is fine: of alternatives one, of parts that all hold every one."""
    return _is_allowed(_licensing().parse(expression, validate=True))


def document(packages: Iterable[Package], tools: Iterable[str] = ()) -> str:
    """Write the document on packages, and on those of TOOLS that are named."""
    known = [(package, *licence_of(package)) for package in packages]
    rows = [
        (package.runs, f"| {package.name} | {expression} | {origin} |")
        for package, expression, origin in known
    ]
    others = {name: TOOLS[name] for name in sorted(tools)}
    expressions = [*(expression for _, expression, _ in known), *others.values()]
    names = {name for expression in expressions for name in _names(expression)}
    head = "\n| package | licence | known from |\n|---|---|---|\n"
    return "".join(
        (
            _INTRODUCTION,
            "\n## What runs\n",
            head,
            *(f"{row}\n" for runs, row in rows if runs),
            "\n## What develops\n",
            head,
            *(f"{row}\n" for runs, row in rows if not runs),
            "\n## What measures and fuzzes\n\nNot installed by `make test`; read by people.\n" + head
            if others
            else "",
            *(f"| {name} | {expression} | text of the licence |\n" for name, expression in others.items()),
            "\n## Why they are compatible\n\n| licence | why |\n|---|---|\n",
            *(f"| {name} | {ALLOWED[name]} |\n" for name in sorted(names & ALLOWED.keys())),
        )
    )


def _from_field(package: Package) -> tuple[str, str] | None:
    told = _field(package, "License")
    expression = _SPELLINGS.get(told.lower(), told)
    return (expression, "metadata, older field") if _is_expression(expression) else None


def _from_classifier(package: Package) -> tuple[str, str] | None:
    lines = package.metadata.get_all("Classifier") or []
    told = [line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::")]
    expressions = {_CLASSIFIERS[name] for name in told if name in _CLASSIFIERS}
    return (expressions.pop(), "classifier") if len(told) == len(expressions) == 1 else None


def _field(package: Package, name: str) -> str:
    """Give the one value of a field, empty where there is none."""
    return next(iter(package.metadata.get_all(name) or ()), "").strip()


def _unknown(package: Package) -> tuple[str, str]:
    raise PackagesError(
        f"{package.name} {package.installed}: its metadata does not tell its licence; expected it in READ of {__name__}"
    )


def _is_expression(text: str) -> bool:
    if not text or "\n" in text:
        return False
    try:
        _licensing().parse(text, validate=True)
    except ExpressionError:
        return False
    return True


def _is_allowed(parsed: object) -> bool:
    if isinstance(parsed, AND):
        return all(map(_is_allowed, parsed.args))
    if isinstance(parsed, OR):
        return any(map(_is_allowed, parsed.args))
    return str(parsed) in ALLOWED


def _names(expression: str) -> Iterator[str]:
    yield from _licensing().license_keys(expression)


@cache
def _licensing() -> Licensing:
    return get_spdx_licensing()


if __name__ == "__main__":
    sys.stdout.write(document(*read_all()))
