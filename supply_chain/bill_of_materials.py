"""The bill of materials in CycloneDX 1.6: what the feed aggregator is made of, for programs that watch over such lists.

`python -m supply_chain.bill_of_materials > FILE` writes it. The same constraints.txt gives the same bytes on every machine: there is
no time in it and no serial number, which are optional and would differ each time.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.licences import TOOLS, licence_of
from supply_chain.packages import (
    ROOT,
    Package,
    Project,
    differing,
    read_constraints,
    read_packages,
    read_project,
)


def bill(project: Project, packages: Sequence[Package], tools: Mapping[str, str] | None = None) -> bytes:
    """Write the bill as JSON. Packages that only develop have the scope `excluded`, as the specification has it for them.

    tools  versions of those of TOOLS that stand in constraints.txt: they need not be installed, so that what they need is not told
    """
    tools = tools or {}
    itself = f"{project.name}@{project.version}"
    addresses = {package.name: _address(package) for package in packages}
    told = [_purl(name, version) for name, version in sorted(tools.items())]
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
        "components": [
            *(_component(package) for package in packages),
            *(_tool(name, version) for name, version in sorted(tools.items())),
        ],
        "dependencies": [
            {"ref": itself, "dependsOn": [addresses[name] for name in _direct(project)] + told},
            *(
                {
                    "ref": addresses[package.name],
                    "dependsOn": [addresses[name] for name in package.requires],
                }
                for package in packages
            ),
            *({"ref": address, "dependsOn": []} for address in told),
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _direct(project: Project) -> list[str]:
    return sorted({canonicalize_name(need.name) for need in (*project.runs_with, *project.develops_with)})


def _component(package: Package) -> dict[str, Any]:
    scope = "required" if package.runs else "excluded"
    return _part(package.name, package.version, scope, licence_of(package)[0])


def _tool(name: str, version: str) -> dict[str, Any]:
    return _part(name, version, "excluded", TOOLS[name])


def _part(name: str, version: str, scope: str, licence: str) -> dict[str, Any]:
    return {
        "bom-ref": _purl(name, version),
        "type": "library",
        "name": name,
        "version": version,
        "scope": scope,
        "licenses": [{"expression": licence}],
        "purl": _purl(name, version),
    }


def _address(package: Package) -> str:
    return _purl(package.name, package.version)


def _purl(name: str, version: str) -> str:
    """Give the package URL (purl-spec, type pypi). Names and versions there need no escape but that of +."""
    return f"pkg:pypi/{name}@{version.replace('+', '%2B')}"


def read_tools(root: Path = ROOT) -> dict[str, str]:
    """Give the versions of those of TOOLS that stand in constraints.txt."""
    return {name: version for name, version in read_constraints(root).items() if name in TOOLS}


def main(root: Path = ROOT, path: Sequence[str] | None = None) -> None:
    """Write the bill to standard output, or say what is installed in other versions than it would tell."""
    packages = read_packages(root, path, others=TOOLS)
    if behind := differing(packages):
        sys.exit("\n".join(behind))
    sys.stdout.buffer.write(bill(read_project(root), packages, read_tools(root)))


if __name__ == "__main__":
    main()
