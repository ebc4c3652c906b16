"""The bill of materials in CycloneDX 1.6: what the feed aggregator is made of, for programs that watch over such lists.

`python -m supply_chain.bill_of_materials > FILE` writes it. The same constraints.txt gives the same bytes on every machine: there is
no time in it and no serial number, which are optional and would differ each time.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.licences import TOOLS, licence_of
from supply_chain.packages import ROOT, Package, Project, differing, read_packages, read_project


def bill(project: Project, packages: Sequence[Package]) -> bytes:
    """Write the bill as JSON. Packages that only develop have the scope `excluded`, as the specification has it for them."""
    itself = f"{project.name}@{project.version}"
    addresses = {package.name: _address(package) for package in packages}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "bom-ref": itself,
                "type": "application",
                "name": project.name,
                "version": project.version,
                "description": project.description,
                "licenses": [{"expression": project.licence}],
            }
        },
        "components": [_component(package) for package in packages],
        "dependencies": [
            {"ref": itself, "dependsOn": [addresses[name] for name in _direct(project)]},
            *(
                {
                    "ref": addresses[package.name],
                    "dependsOn": [addresses[name] for name in package.requires],
                }
                for package in packages
            ),
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _direct(project: Project) -> list[str]:
    return sorted({canonicalize_name(need.name) for need in (*project.runs_with, *project.develops_with)})


def _component(package: Package) -> dict[str, Any]:
    return {
        "bom-ref": _address(package),
        "type": "library",
        "name": package.name,
        "version": package.version,
        "scope": "required" if package.runs else "excluded",
        "licenses": [{"expression": licence_of(package)[0]}],
        "purl": _address(package),
    }


def _address(package: Package) -> str:
    """Give the package URL (purl-spec, type pypi). Its names and versions need no escape but that of +."""
    return f"pkg:pypi/{package.name}@{package.version.replace('+', '%2B')}"


def main(root: Path = ROOT, path: Sequence[str] | None = None) -> None:
    """Write the bill to standard output, or say what is installed in other versions than it would tell."""
    packages = read_packages(root, path, others=TOOLS)
    if behind := differing(packages):
        sys.exit("\n".join(behind))
    sys.stdout.buffer.write(bill(read_project(root), packages))


if __name__ == "__main__":
    main()
