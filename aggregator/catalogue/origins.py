"""Origins: where the files lay whose identity comes from their place, so that a file that moves stays the article that it was."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from aggregator.catalogue.batches import batches
from aggregator.catalogue.tables import files


class Origins:
    """Follows, within one transaction, files from place to place. A place is SOURCE/PATH.

    A file that is gone and a new one with the same bytes are one file that was moved. (Inodes would tell a file that was moved and
    changed, too; but a file system gives the number of one that was deleted to the next that is made.)
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(
            select(files.c.source, files.c.path, files.c.origin).where(files.c.origin.is_not(None))
        )
        self._moved: dict[str, str] = {f"{row.source}/{row.path}": row.origin for row in rows}
        self._gone: dict[bytes, list[str]] = {}

    def note_gone(self, source: str, paths: Sequence[str]) -> None:
        """Take note that files are gone, before they are forgotten."""
        for batch in batches(paths):
            statement = select(files.c.path, files.c.digest).where(
                files.c.source == source, files.c.path.in_(batch), files.c.key.is_not(None)
            )
            for row in self._connection.execute(statement.order_by(files.c.path)):
                place = f"{source}/{row.path}"
                self._gone.setdefault(row.digest, []).append(self._moved.pop(place, place))

    def origin_of(self, place: str, digest: bytes, *, is_new: bool) -> str:
        """Give the place that the identity of the file at `place` comes from: where it first lay."""
        if place in self._moved:
            return self._moved[place]
        candidates = self._gone.get(digest, []) if is_new else []
        if candidates:
            self._moved[place] = candidates.pop(0)
            return self._moved[place]
        if is_new and place in self._moved.values():
            # Another file lay here once, and took the identity of the place along.
            self._moved[place] = f"{place}~{digest.hex()[:8]}"
            return self._moved[place]
        return place
