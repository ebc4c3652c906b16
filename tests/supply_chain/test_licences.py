"""Licences: what packages say of theirs, which are fine, and that docs/licences.md tells it of all."""

import subprocess
import sys

import pytest

from supply_chain.licences import ALLOWED, READ, document, is_allowed, licence_of
from supply_chain.packages import ROOT, Package, PackagesError, read_packages
from tests.supply_chain.shelf import Shelf

DOCUMENT = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return read_packages()


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


def test_every_licence_that_is_allowed_is_used_and_has_its_reason() -> None:
    told = DOCUMENT.partition("## Why they are compatible")[2]
    assert all(f"| {name} | {why} |" in told for name, why in ALLOWED.items())


def test_the_document_is_up_to_date(packages: list[Package]) -> None:
    assert document(packages) == DOCUMENT, "stale: make licences"


def test_the_document_has_every_package_of_the_constraints(packages: list[Package]) -> None:
    assert [package.name for package in packages if DOCUMENT.count(f"\n| {package.name} | ") != 1] == []


def test_the_command_that_the_document_names_writes_it() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "supply_chain.licences"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert written.stdout == DOCUMENT
    assert "Generated: python -m supply_chain.licences >" in DOCUMENT
