"""Owner: the configuration that a catalogue belongs to. Two of them in one would each publish what the other's sources hold."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from aggregator.catalogue.tables import generations
from aggregator.catalogue.unsound import the_generation


class Owner(NamedTuple):
    """The name of a configuration's file, and the tagging entity of its site: one of them may change, or the folder that both lie in."""

    configuration: str
    site_tag: str

    def is_other_than(self, other: "Owner") -> bool:
        """Tell whether the two have nothing in common."""
        return self.configuration != other.configuration and self.site_tag != other.site_tag


def owner_of(connection: Connection) -> Owner | None:
    """Give whose it is; None where nobody has claimed it yet."""
    row = the_generation(connection.execute(select(generations)).all())
    return None if row.configuration is None else Owner(row.configuration, row.site_tag)


def note_owner(connection: Connection, owner: Owner) -> None:
    """Take note of whose it is."""
    connection.execute(generations.update().values(**owner._asdict()))
