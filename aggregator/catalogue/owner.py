"""Owner: the configuration that a catalogue belongs to. Two of them in one would each publish what the other's sources hold."""

import os
from pathlib import Path, PurePath
from typing import NamedTuple

from sqlalchemy import Connection, select

from aggregator.catalogue.tables import generations
from aggregator.catalogue.unsound import the_generation, unsound
from aggregator.printable import as_utf_8


class Owner(NamedTuple):
    """A configuration's file, and the tagging entity of its site: one of them may change, or the folder that all lie in.

    configuration  its path from the catalogue's folder, with a slash in any case: one without is the bare name that was noted once
    """

    configuration: str
    site_tag: str

    def is_other_than(self, other: "Owner") -> bool:
        """Tell whether this one, as it was noted, has nothing in common with another."""
        return self.site_tag != other.site_tag and not self._is_file_of(other)

    def told(self, folder: Path) -> str:
        """Say who it is, to whoever knows the catalogue's folder."""
        place = (
            os.path.normpath(folder / self.configuration) if "/" in self.configuration else self.configuration
        )
        return f"{place} (tag {self.site_tag})"

    def _is_file_of(self, other: "Owner") -> bool:
        if "/" in self.configuration:
            return self.configuration == other.configuration
        return self.configuration == PurePath(other.configuration).name


def owner_from(configuration: Path, site_tag: str, folder: Path) -> Owner:
    """Give who the configuration at a path is to a catalogue in a folder."""
    # Its own name stays as it is: where that is a link to the newest version, as in a ConfigMap, it leads elsewhere each time.
    place = os.path.relpath(
        os.path.realpath(configuration.parent) + f"/{configuration.name}", os.path.realpath(folder)
    )
    return Owner(as_utf_8(place if "/" in place else f"./{place}"), site_tag)


def owner_of(connection: Connection) -> Owner | None:
    """Give whose it is; None where nobody has claimed it yet."""
    row = the_generation(
        connection.execute(select(generations.c.configuration, generations.c.site_tag)).all()
    )
    return noted_owner(row.configuration, row.site_tag)


def noted_owner(configuration: object, site_tag: object) -> Owner | None:
    """Give whom two columns of the generation note, None where nobody; raise what `unsound` gives where they are no texts."""
    if configuration is None and site_tag is None:
        return None
    if not (isinstance(configuration, str) and isinstance(site_tag, str)):
        raise unsound("its owner makes no sense")
    return Owner(configuration, site_tag)


def note_owner(connection: Connection, owner: Owner) -> None:
    """Take note of whose it is."""
    connection.execute(generations.update().values(**owner._asdict()))
