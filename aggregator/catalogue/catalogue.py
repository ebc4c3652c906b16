"""Catalogue: the database as a whole. Many may read, each from one generation; one writes at a time."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

from aggregator.catalogue.deadlines import ended_after
from aggregator.catalogue.faults import Kind, fault_of
from aggregator.catalogue.first_load import complete_words
from aggregator.catalogue.following import forget
from aggregator.catalogue.full_text import purge_removed
from aggregator.catalogue.integrity import expect_integrity
from aggregator.catalogue.opening import (
    begin_anew,
    delete_old_asides,
    doubt,
    folder_of,
    is_doubted,
    is_gone,
    open_engine,
    open_known,
    trust,
)
from aggregator.catalogue.owner import Owner, note_owner, owner_from, owner_of
from aggregator.catalogue.reading import Snapshot
from aggregator.catalogue.tables import generations
from aggregator.catalogue.unsound import NONSENSE
from aggregator.catalogue.versions import Version, keep_versions
from aggregator.catalogue.writing import Writer
from aggregator.errors import BrokenCatalogueError, CatalogueError
from feeds.definition import FeedDefinition

KEEP_WITHDRAWN = timedelta(days=90)


def _always() -> None:
    """Proceed."""


class Catalogue:
    """An open catalogue. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._folder = folder_of(engine)
        self._owner: Owner | None = None
        # For whom it is: within which time, whether it may look empty, and what time it is for them.
        self._longest: timedelta | None = None
        self._is_filled = False
        self._clock: Callable[[], datetime | None] = lambda: None
        # The generation that was read last, and the one in which something was strange.
        self._read: int | None = None
        self._wondered: int | None = -1

    @classmethod
    def open(cls, address: str) -> "Catalogue":
        """Open the catalogue at a SQLAlchemy URL, making it where there is none; raise CatalogueError where that can't be."""
        return cls(open_engine(address))

    @classmethod
    def open_known(cls, address: str) -> "Catalogue | None":
        """Open the catalogue at a SQLAlchemy URL and set nothing aside: None where there is none of use."""
        engine = open_known(address)
        return None if engine is None else cls(engine)

    def within(self, longest: timedelta) -> "Catalogue":
        """Give this catalogue for readers who may take no longer: after so long, reading from a snapshot raises TooSlowError."""
        other = copy(self)
        other._longest = longest  # noqa: SLF001  one of our own
        return other

    def at(self, clock: Callable[[], datetime | None]) -> "Catalogue":
        """Give this catalogue for readers to whom ages count back from the hour that it is, not from the last generation."""
        other = copy(self)
        other._clock = clock  # noqa: SLF001  one of our own
        return other

    def filled(self) -> "Catalogue":
        """Give this catalogue for readers to whom it must not look empty while it is made anew: that raises CatalogueError."""
        other = copy(self)
        other._is_filled = True  # noqa: SLF001  one of our own
        return other

    @property
    def database(self) -> str | None:
        """The path of its file, None where it is in memory."""
        return self._engine.url.database

    def belong_to(self, configuration: Path, site_tag: str) -> None:
        """Have it belong to the configuration at a path: nothing is read or written where it is another's, whatever became of the file."""
        if self._folder is not None:
            self._owner = owner_from(configuration, site_tag, self._folder)

    def claim(self, configuration: Path, site_tag: str) -> None:
        """Have it belong to the configuration at a path, and take note of that; raise CatalogueError where it is another's."""
        self.belong_to(configuration, site_tag)
        if self.expect_ours() != self._owner:
            # One that can only be read, or can't be written just now, is served all the same: whatever writes tries again, and says so.
            with suppress(CatalogueError):
                self._take()

    def expect_ours(self) -> Owner | None:
        """Give whose it was noted to be; raise CatalogueError where it is another's than the configuration's that it belongs to."""
        with self.snapshot() as snapshot:
            return snapshot.owner

    def expect_sound(self, proceed: Callable[[], None] = _always) -> None:
        """Look through the whole database where anybody, of any process, has doubted it; raise BrokenCatalogueError where it is broken.

        proceed  called again and again meanwhile; where it raises, the look ends
        """
        try:
            if is_doubted(self._engine):
                self._look_through(proceed)
                trust(self._engine)
        except OSError as error:
            raise CatalogueError(f"catalogue {self.database}: can't be looked through: {error}") from error

    def is_in_doubt(self) -> bool:
        """Tell whether a reader, of any process, has found it broken, or it is gone. A look at two names."""
        try:
            return is_gone(self._engine) or is_doubted(self._engine)
        except OSError:  # what can't be looked at now is for a refresh to tell
            return False

    def _look_through(self, proceed: Callable[[], None]) -> None:
        self._engine.dispose()  # what a connection remembers of the file says nothing of the file
        with self._errors("read"), self._engine.execution_options(begin="IMMEDIATE").begin() as connection:
            expect_integrity(connection, proceed)

    def begin_anew(self, reason: str) -> None:
        """Set the database aside, for a reason such as "is broken", and go on with an empty one; raise CatalogueError where that can't be."""
        begin_anew(self._engine, reason)
        if self._owner is not None:
            # Before the sources are looked through, which may take long: meanwhile it would be anybody's.
            self._take()

    def delete_old_asides(self, now: datetime) -> None:
        """Delete what was set aside so long ago that nobody is to have it any more. What can't be deleted is told, and no error."""
        delete_old_asides(self._engine, now)

    def close(self) -> None:
        """Give back files and memory. What is at its place when it is asked again is another matter: numbers of files come again."""
        self._engine.dispose()
        forget(self._engine)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Give one state of the catalogue to read from; raise CatalogueError where the database fails, BrokenCatalogueError where it is no good."""
        with self._errors("read"), self._engine.connect() as connection, self._deadline(connection):
            # What is Ready goes past SQLAlchemy, which would begin the transaction with the first statement of its own.
            connection.begin()
            snapshot = Snapshot(connection, self._clock())
            self._refuse_other(snapshot.owner)
            self._read = snapshot.generation.number
            if self._is_filled and not snapshot.generation.number:
                raise CatalogueError(f"catalogue {self.database}: is being made anew, expected a generation")
            yield snapshot

    @contextmanager
    def writing(
        self,
        definitions: Sequence[FeedDefinition],
        now: datetime,
        keep_withdrawn: timedelta = KEEP_WITHDRAWN,
        proceed: Callable[[], None] = _always,
        *,
        words_later: bool = False,
    ) -> Iterator[Writer]:
        """Give a Writer whose work is committed at the end of the block, or, where anything fails, not at all.

        keep_withdrawn  how long what was withdrawn is remembered, for readers to be told
        proceed         asked before every statement and before the commit; what it raises ends the transaction without one
        words_later     whether a first load may leave the full-text index to the next transaction, where no feed asks for words
        """
        with self._transaction() as connection:
            event.listen(connection, "before_cursor_execute", lambda *_: proceed())
            yield Writer(connection, definitions, now, keep_withdrawn, words_later=words_later)
            proceed()

    def complete_words(self, proceed: Callable[[], None] = _always) -> None:
        """Index the words that a first load left for later, whatever becomes of the refresh that sees to it; `proceed` as of `writing`."""
        with self._transaction() as connection:
            event.listen(connection, "before_cursor_execute", lambda *_: proceed())
            complete_words(connection)
            proceed()

    def keep_versions(self, made: Mapping[tuple[str, str], Version]) -> None:
        """Keep versions of documents, by path and digest, for `Snapshot.version`; raise CatalogueError where the database fails."""
        with self._transaction(takes=False) as connection:
            keep_versions(connection, made)

    def copy_to(self, other: "Catalogue") -> None:
        """Make `other` hold what this one holds."""
        with self._errors("read"), self._raw() as source, other._raw() as target:  # noqa: SLF001  one of our own
            source.backup(target)

    def purge(self) -> None:
        """Overwrite what withdrawn articles left behind in the files of the database, as far as readers allow at the moment."""
        with self._errors("written"):
            with self._transaction() as connection:
                purge_removed(connection)
            with self._raw() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with self._transaction() as connection:
                connection.execute(generations.update().values(owes_purge=False))

    @contextmanager
    def _transaction(self, *, takes: bool = True) -> Iterator[Connection]:
        """Give a transaction that writes, of the configuration that this belongs to; raise CatalogueError where it is another's by now.

        takes  whether it is noted whose it is: by whoever knows the configuration as it is now
        """
        with self._errors("written"), self._engine.execution_options(begin="IMMEDIATE").begin() as connection:
            if self._owner is not None:
                noted = owner_of(connection)
                self._refuse_other(noted)
                if takes and noted != self._owner:
                    note_owner(connection, self._owner)
            yield connection

    def _take(self) -> None:
        with self._transaction():
            pass  # it is noted with whatever is written

    def _refuse_other(self, noted: Owner | None) -> None:
        if noted is None or self._owner is None or self._folder is None:
            return
        if noted.is_other_than(self._owner):
            raise CatalogueError(
                f"catalogue {self.database}: belongs to {noted.told(self._folder)}, expected one that "
                f"{self._owner.told(self._folder)} has for itself; give it another `store`, or delete this one"
            )

    @contextmanager
    def _raw(self) -> Iterator[Any]:
        """Give sqlite3's own connection, for what SQLAlchemy has no words for."""
        with closing(self._engine.raw_connection()) as connection:
            yield connection.driver_connection

    def _deadline(self, connection: Connection) -> AbstractContextManager[None]:
        return nullcontext() if self._longest is None else ended_after(connection, self._longest)

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        # sqlite3's own, of what SQLAlchemy has no words for.
        except (SQLAlchemyError, sqlite3.Error) as error:
            kind, reason = fault_of(error)
            if kind is Kind.BROKEN:
                doubt(self._engine)
                raise BrokenCatalogueError(self.database, reason) from error
            if kind is Kind.PASSING:
                raise CatalogueError(f"catalogue {self.database}: can't be {done}: {reason}") from error
            self._wonder()
            # Without the error itself, in which sqlite3 may show what an article says.
            raise CatalogueError(f"catalogue {self.database}: can't be {done}: {reason}") from None
        except NONSENSE:
            self._wonder()
            raise

    def _wonder(self) -> None:
        """Have the database looked through, once in a generation: what is strange may be a mistake of ours, and is found again each time."""
        if self._wondered != self._read:
            self._wondered = self._read
            doubt(self._engine)
