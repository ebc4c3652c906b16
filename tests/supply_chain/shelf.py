"""A project and its installed packages as files in a folder, for what reads them."""

from collections.abc import Mapping
from pathlib import Path


class Shelf:
    """Writes what pip would have: pyproject.toml and constraints.txt below `root`, metadata below `site`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.site = folder / "site"
        self.root.mkdir()
        self.site.mkdir()

    def project(self, *, runs: list[str], develops: list[str], pins: Mapping[str, str]) -> None:
        (self.root / "pyproject.toml").write_text(
            '[project]\nname = "ours"\nversion = "1.0"\nlicense = "MIT"\ndescription = "Ours."\n'
            'classifiers = ["Programming Language :: Python :: 3.11", "Programming Language :: Python :: 3.13"]\n'
            f"dependencies = {runs}\n[project.optional-dependencies]\ndev = {develops}\n"
        )
        lines = "".join(f"{name}=={version}\n" for name, version in pins.items())
        (self.root / "constraints.txt").write_text(f"# Pinned.\n{lines}")

    def install(self, name: str, version: str, *fields: str) -> None:
        folder = self.site / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        head = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(head + "".join(f"{field}\n" for field in fields))

    @property
    def path(self) -> list[str]:
        return [str(self.site)]
