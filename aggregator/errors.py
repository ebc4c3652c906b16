"""The exceptions of this package, and Problem: a fault in somebody's input, as a value.

AggregatorError
├── ConfigurationError   the configuration can't be used; carries every problem found in it
├── SourceError          a source as a whole can't be read
├── CatalogueError       the catalogue can't be opened or written
│   ├── BrokenCatalogueError  for its file is no good
│   ├── TooSlowError     it took longer to read from than the reader may take
│   └── NoWordsError     its full-text index is not complete yet
├── RefreshError         a refresh was given up; the last good state is kept
│   ├── HangingError     for it made no headway
│   └── CrowdedError     before it began: too many hang already
├── PublishError         a static tree can't be written
├── ServeError           the server can't listen
├── UnknownFeedError     a feed was asked for that there is none of
├── SearchRequestError   a search can't be understood; carries every problem found in it
├── TooBusyError         more is being asked for than can be made
├── UnknownArticleError  an article was asked for that there is none of
└── NewFileError         a file that was asked for can't be made
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from aggregator.printable import on_one_line


class Severity(StrEnum):
    """How bad a problem is: an error keeps something out, a warning does not, and a hint may well be meant."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fault in a file, told to the person who can mend it. Never holds the value of a secret key.

    line and column count from 1; None where the fault has no place in the text
    key     the dotted key it concerns, such as provider.domain
    value   what stands there, as written, shortened
    reason  what is wrong and what was expected
    rule    the lint that found it, None where reading the file did
    hidden_until  when the article in the file may be seen, perhaps never: until then what stands in it is for who checks files alone
    """

    file: str
    reason: str
    line: int | None = None
    column: int | None = None
    key: str | None = None
    value: str | None = None
    severity: Severity = Severity.ERROR
    rule: str | None = None
    hidden_until: datetime | None = field(default=None, compare=False)

    def told(self, now: datetime) -> "Problem":
        """Give the problem as logs and pages may have it at `now`: without a word of an article that may not be seen."""
        if self.hidden_until is None or self.hidden_until <= now:
            return self
        reason = "is not what was expected; what the file says is not public, so only `aggregator check` tells what stands there"
        return replace(self, value=None, reason=reason)

    def __str__(self) -> str:
        """Format as FILE:LINE:COLUMN: [warning: |hint: ]key: reason, on one line whatever the file is called."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        mark = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        subject = f"{self.key}: " if self.key else ""
        return on_one_line(f"{place}: {mark}{subject}{self.reason}")


class AggregatorError(Exception):
    """Any error that this package raises on purpose."""


class ConfigurationError(AggregatorError):
    """The configuration can't be used. `problems` holds every fault found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SourceError(AggregatorError):
    """A source as a whole can't be read: the folder is missing, unreadable or no folder."""


class CatalogueError(AggregatorError):
    """The catalogue can't be opened, read or written; the text names it and what to do."""


class BrokenCatalogueError(CatalogueError):
    """The catalogue's file is corrupt, or no database. What can't be read from it can only be made again. `reason` is what SQLite says."""

    def __init__(self, path: str | None, reason: str) -> None:
        super().__init__(f"catalogue {path}: is broken ({reason}), expected a sound SQLite database")
        self.reason = reason


class TooSlowError(CatalogueError):
    """What was asked of the catalogue took longer than it may; the text says how long that is."""


class NoWordsError(CatalogueError):
    """The full-text index is being made, as it is for a while after a first load; the text is for people outside."""


class RefreshError(AggregatorError):
    """A refresh was given up and changed nothing; the text says why, and how to mean it."""


class HangingError(RefreshError):
    """A refresh was given up since it made no headway; the text says for how long. Its thread may still hang."""


class CrowdedError(RefreshError):
    """A refresh was not begun, since too many hang; the text says how many."""


class PublishError(AggregatorError):
    """A static tree can't be written; the old one, if any, stands."""


class ServeError(AggregatorError):
    """The server can't listen; the text names the address."""


class UnknownFeedError(AggregatorError):
    """A feed was asked for that there is none of; the text names it and what is close to it."""


class SearchRequestError(AggregatorError):
    """A search can't be understood. `problems` names each parameter, what stands there and what was expected."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class TooBusyError(AggregatorError):
    """More is being asked for than can be made; the text is for people outside."""


class UnknownArticleError(AggregatorError):
    """An article was asked for that there is none of; the text names what was asked and what is close to it."""


class NewFileError(AggregatorError):
    """A file that was asked for can't be made; the text names it, why not, and what to do. Nothing was overwritten."""
