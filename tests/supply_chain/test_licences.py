"""Licences: what packages say of theirs, which are fine, and that docs/licences.md tells it of all."""

import json
import re
import subprocess
import sys

import pytest

from supply_chain.licences import ALLOWED, READ, TOOLS, document, is_allowed, licence_of, read_all
from supply_chain.packages import ROOT, Package, PackagesError, read_packages
from tests.supply_chain.shelf import Shelf

DOCUMENT = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return read_all()[0]


def only(shelf: Shelf, *fields: str, name: str = "server") -> Package:
    """Give a package whose metadata has these fields."""
    shelf.project(runs=[name], develops=[], pins={name: "1"})
    shelf.install(name, "1", *fields)
    (package,) = read_packages(shelf.root, shelf.path)
    return package


OSI = "Classifier: License :: OSI Approved ::"


@pytest.mark.parametrize(
    ("fields", "expression"),
    [
        (["License-Expression: MIT AND PSF-2.0"], "MIT AND PSF-2.0"),
        (["License-Expression: MIT", "License: something else"], "MIT"),
        (["License: BSD-3-Clause", f"{OSI} BSD License"], "BSD-3-Clause"),
        (["License: MIT License"], "MIT"),
        ([f"{OSI} Mozilla Public License 2.0 (MPL 2.0)"], "MPL-2.0"),
        (["License: see the file", f"{OSI} ISC License (ISCL)"], "ISC"),
    ],
)
def test_a_licence_is_the_clearest_that_the_metadata_says(
    shelf: Shelf, fields: list[str], expression: str
) -> None:
    assert licence_of(only(shelf, *fields))[0] == expression


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["License: BSD"],
        [f"{OSI} BSD License"],
        [f"{OSI} MIT License", f"{OSI} Apache Software License"],
        ["License: The text of one", "        in several lines"],
    ],
)
def test_a_licence_that_could_be_several_is_not_guessed(shelf: Shelf, fields: list[str]) -> None:
    with pytest.raises(
        PackagesError, match="server 1: its metadata does not tell its licence; expected it in READ"
    ):
        licence_of(only(shelf, *fields))


@pytest.mark.parametrize(
    ("expression", "fine"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_of_alternatives_one_must_be_fine_and_of_parts_every_one(expression: str, *, fine: bool) -> None:
    assert is_allowed(expression) is fine


def test_every_package_has_a_licence_that_is_fine(packages: list[Package]) -> None:
    assert [package.name for package in packages if not is_allowed(licence_of(package)[0])] == []


def test_what_was_read_by_people_is_only_what_the_metadata_leaves_open(
    packages: list[Package],
) -> None:
    named = {package.name: package for package in packages}
    assert set(READ) <= named.keys()
    assert [name for name in READ if licence_of(named[name]) != READ[name]] == []


def test_tools_that_are_not_installed_have_licences_that_are_fine_too() -> None:
    assert [name for name, expression in TOOLS.items() if not is_allowed(expression)] == []


def test_every_licence_that_is_in_use_has_its_reason() -> None:
    tables, _, reasons = DOCUMENT.partition("## Why they are compatible")
    for name, why in ALLOWED.items():
        is_used = re.search(
            rf"^\|[^|]*\|[^|]*(?<![\w.-]){re.escape(name)}(?![\w.-])[^|]*\|", tables, re.MULTILINE
        )
        assert (f"| {name} | {why} |\n" in reasons) == bool(is_used), name


def test_tools_have_a_table_of_their_own_where_there_are_any(packages: list[Package]) -> None:
    told = document(packages, ["pillow", "numpy"])
    table = told.partition("## What measures and fuzzes")[2].partition("## Why")[0]
    assert re.findall(r"^\| (\w+) \| ([^|]*) \| text", table, re.MULTILINE) == [
        ("numpy", TOOLS["numpy"]),
        ("pillow", TOOLS["pillow"]),
    ]
    assert "| MIT-CMU | Permissive" in told
    assert "What measures" not in document(packages)


def test_the_document_is_up_to_date() -> None:
    assert document(*read_all()) == DOCUMENT, "stale: make licences"


def test_the_document_has_every_package_of_the_constraints(packages: list[Package]) -> None:
    assert [package.name for package in packages if DOCUMENT.count(f"\n| {package.name} | ") != 1] == []


def test_the_document_tells_of_what_the_tests_want_of_npm_and_of_what_builds_the_wheel() -> None:
    wanted = json.loads((ROOT / "tests/npm/package.json").read_text(encoding="utf-8"))["dependencies"]
    told = dict(
        re.findall(
            r"([\w-]+) \(([\w.-]+)\)",
            DOCUMENT.partition("Two things stand in neither.")[2].partition("##")[0],
        )
    )
    assert told.keys() == {*wanted, "setuptools"}
    assert all(map(is_allowed, told.values()))


def test_the_command_that_the_document_names_writes_it() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "supply_chain.licences"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert written.stdout == DOCUMENT
    assert "Generated: python -m supply_chain.licences >" in DOCUMENT
