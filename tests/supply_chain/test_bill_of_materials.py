"""The bill of materials: valid by the schema of CycloneDX, whole, and the same bytes each time."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from supply_chain import bill_of_materials
from supply_chain.bill_of_materials import bill, read_tools
from supply_chain.licences import TOOLS
from supply_chain.packages import ROOT, Package, read_constraints, read_packages, read_project
from tests.supply_chain.shelf import Shelf


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return read_packages(others=TOOLS)


@pytest.fixture(scope="module")
def written(packages: list[Package]) -> bytes:
    return bill(read_project(), packages, read_tools())


@pytest.fixture(scope="module")
def document(written: bytes) -> Any:
    return json.loads(written)


def test_it_is_as_the_schema_says(written: bytes) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written.decode()) is None


def test_the_schema_finds_what_is_wrong(document: Any) -> None:
    wrong = json.dumps(document | {"components": [{"type": "magic", "name": "server"}]})
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(wrong) is not None


def test_it_has_every_constraint_with_its_version(document: Any) -> None:
    told = {part["name"]: part["version"] for part in document["components"]}
    assert told == read_constraints()
    assert told.keys() >= TOOLS.keys()


def test_what_only_develops_is_marked_as_left_out(document: Any) -> None:
    scopes = {part["name"]: part["scope"] for part in document["components"]}
    assert (scopes["aiohttp"], scopes["yarl"], scopes["pytest"]) == ("required", "required", "excluded")


def test_every_part_is_reached_from_the_whole(document: Any) -> None:
    needs = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
    reached: set[str] = set()
    waiting = [document["metadata"]["component"]["bom-ref"]]
    while waiting:
        if (one := waiting.pop()) not in reached:
            reached.add(one)
            waiting += needs[one]
    assert reached == needs.keys()
    assert len(needs) == len(document["components"]) + 1


def test_it_holds_no_time_and_no_chance(document: Any) -> None:
    assert {"serialNumber", "timestamp"} & (document.keys() | document["metadata"].keys()) == set()


def test_another_process_writes_the_same_bytes(written: bytes) -> None:
    command = (
        "import sys; from supply_chain import bill_of_materials as b, packages as p;"
        "sys.stdout.buffer.write(b.bill(p.read_project(), p.read_packages(others=b.TOOLS), b.read_tools()))"
    )
    again = subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
    )
    assert again.stdout == written


def test_what_is_not_installed_as_the_constraints_say_is_not_written_down(shelf: Shelf) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "2"})
    shelf.install("server", "1", "License-Expression: MIT")
    with pytest.raises(SystemExit) as stopped:
        bill_of_materials.main(shelf.root, shelf.path)
    assert stopped.value.code == "server is installed as 1, expected 2 as in constraints.txt"


def test_what_is_installed_as_they_say_is_written_to_standard_output(
    shelf: Shelf, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "1"})
    shelf.install("server", "1", "License-Expression: MIT")
    bill_of_materials.main(shelf.root, shelf.path)
    packages = read_packages(shelf.root, shelf.path)
    assert capfdbinary.readouterr().out == bill(read_project(shelf.root), packages)
