"""The packages that run and develop the feed aggregator, from pyproject.toml, constraints.txt and the metadata of what is installed.

The packages and their versions are those of constraints.txt, whatever else lies in the environment.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]

# Where it runs: what a marker says of other systems brings in nothing.
_LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}


class PackagesError(Exception):
    """The files of the project and what is installed do not fit together."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package.

    name       in its canonical form (PEP 503)
    version    the one that constraints.txt says
    runs       whether the server needs it; else only those who develop do
    requires   names of the packages that it needs itself, in their order
    metadata   what the installed package says of itself
    installed  the version that is installed
    """

    name: str
    version: str
    runs: bool
    requires: tuple[str, ...]
    metadata: PackageMetadata
    installed: str


@dataclass(frozen=True, slots=True)
class Project:
    """What pyproject.toml says of the feed aggregator itself."""

    name: str
    version: str
    licence: str
    description: str
    runs_with: tuple[Requirement, ...]
    develops_with: tuple[Requirement, ...]
    pythons: tuple[str, ...]


def read_project(root: Path = ROOT) -> Project:
    """Read pyproject.toml."""
    text = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classifiers = "\n".join(text["classifiers"])
    return Project(
        name=text["name"],
        version=text["version"],
        licence=text["license"],
        description=text["description"],
        runs_with=tuple(map(Requirement, text["dependencies"])),
        develops_with=tuple(map(Requirement, text["optional-dependencies"]["dev"])),
        pythons=tuple(re.findall(r"^Programming Language :: Python :: (3\.\d+)$", classifiers, re.MULTILINE)),
    )


def read_constraints(root: Path = ROOT) -> dict[str, str]:
    """Give the version of each package of constraints.txt by its canonical name."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, _, version in pinned}


def read_packages(
    root: Path = ROOT, path: Sequence[str] | None = None, others: Iterable[str] = ()
) -> list[Package]:
    """Give the packages of constraints.txt that run and develop, by name.

    Raises PackagesError for one that is not installed, or that nothing needs.

    path    folders of installed packages, in place of those of this Python
    others  names that may stand in constraints.txt for other extras, which need not be installed
    """
    project, versions = read_project(root), read_constraints(root)
    found = _installed(path)
    optional = set(others)
    _refuse("in constraints.txt and not installed", versions.keys() - found.keys() - optional)
    needs = {name: _Needs(found[name], project.pythons) for name in versions.keys() & found.keys()}
    runs = _reached(project.runs_with, needs)
    everything = {name: runs.get(name, set()) | extras for name, extras in _all(project, needs).items()}
    _refuse("in constraints.txt, which nothing needs", versions.keys() - everything.keys() - optional)
    _refuse("needed and not in constraints.txt", everything.keys() - versions.keys())
    _refuse("needed and not installed", everything.keys() - found.keys())
    return [
        Package(
            name=name,
            version=versions[name],
            runs=name in runs,
            requires=tuple(sorted({need.name for need in needs[name].of(everything[name])})),
            metadata=found[name].metadata,
            installed=found[name].version,
        )
        for name in sorted(everything)
    ]


def differing(packages: Iterable[Package]) -> list[str]:
    """Give a line for each package that is installed in another version than constraints.txt says."""
    return [
        f"{package.name} is installed as {package.installed}, expected {package.version} as in constraints.txt"
        for package in packages
        if package.installed != package.version
    ]


@dataclass(frozen=True, slots=True)
class _Need:
    name: str
    extras: frozenset[str]


class _Needs:
    """What one installed package needs itself, on any Python that the project supports."""

    def __init__(self, distribution: Distribution, pythons: Sequence[str]) -> None:
        self._requirements = [Requirement(line) for line in distribution.requires or ()]
        self._pythons = pythons

    def of(self, extras: Iterable[str]) -> Iterator[_Need]:
        for requirement in self._requirements:
            if any(holds(requirement, self._pythons, extra) for extra in ("", *extras)):
                yield _need(requirement)


def holds(requirement: Requirement, pythons: Iterable[str], extra: str = "") -> bool:
    """Decide whether a requirement counts on Linux with any of the Pythons."""
    if requirement.marker is None:
        return True
    return any(
        requirement.marker.evaluate(
            _LINUX | {"python_version": python, "python_full_version": f"{python}.0", "extra": extra}
        )
        for python in pythons
    )


def _need(requirement: Requirement) -> _Need:
    return _Need(canonicalize_name(requirement.name), frozenset(requirement.extras))


def _installed(path: Sequence[str] | None) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for distribution in distributions() if path is None else distributions(path=list(path)):
        # Of two in the path Python imports the first.
        found.setdefault(canonicalize_name(distribution.metadata["Name"]), distribution)
    return found


def _all(project: Project, needs: Mapping[str, _Needs]) -> dict[str, set[str]]:
    return _reached((*project.runs_with, *project.develops_with), needs)


def _reached(requirements: Iterable[Requirement], needs: Mapping[str, _Needs]) -> dict[str, set[str]]:
    """Give the extras that are asked for of each package that requirements lead to, over however many others."""
    reached: dict[str, set[str]] = {}
    waiting = [_need(requirement) for requirement in requirements]
    while waiting:
        need = waiting.pop()
        extras = reached.get(need.name)
        if extras is not None and need.extras <= extras:
            continue
        reached[need.name] = (extras or set()) | need.extras
        if need.name in needs:
            waiting += needs[need.name].of(reached[need.name])
    return reached


def _refuse(what: str, names: Iterable[str]) -> None:
    if named := ", ".join(sorted(names)):
        raise PackagesError(f"{what}: {named}; expected the packages of constraints.txt and no others")
