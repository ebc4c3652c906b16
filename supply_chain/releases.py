"""Which versions of constraints.txt are behind the package index, or yanked there, from the reports of pip.

`make outdated` has pip write them: one of what fits today without constraints, one of the constraints themselves. A yanked release is one
that its authors took back (PEP 592).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.packages import PackagesError

Report = Mapping[str, Any]


def complaints(newest: Report, pinned: Report) -> list[str]:
    """Give a line for each version that is behind and each that was yanked; raise PackagesError for a report that does not tell."""
    versions = _versions(pinned)
    behind = [
        f"{name}: {versions.get(name, 'nothing')} in constraints.txt, {version} fits and is newer"
        for name, version in _versions(newest).items()
        if name != "feed-aggregator" and versions.get(name) != version
    ]
    return sorted(behind) + [f"{name}: {versions[name]} was yanked" for name in sorted(_yanked(pinned))]


def _versions(report: Report) -> dict[str, str]:
    told = (item["metadata"] for item in report["install"])
    return {canonicalize_name(metadata["name"]): metadata["version"] for metadata in told}


def _yanked(report: Report) -> set[str]:
    items = report["install"]
    if not all("is_yanked" in item for item in items):
        raise PackagesError(
            f"pip {report['pip_version']} does not tell what was yanked; expected 23.3 or newer"
        )
    return {canonicalize_name(item["metadata"]["name"]) for item in items if item["is_yanked"]}


def main(newest: str, pinned: str) -> None:
    """Read the two files; say what is wrong, with status 1, if anything is."""
    reports = [json.loads(Path(file).read_text(encoding="utf-8")) for file in (newest, pinned)]
    if found := complaints(*reports):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
