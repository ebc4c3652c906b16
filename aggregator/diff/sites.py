"""Two configurations over their sources, each into a catalogue of its own that is thrown away, and compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from aggregator.config import Settings
from aggregator.diff.comparison import Difference, compare
from aggregator.diff.side import Side
from aggregator.errors import RefreshError, SourceError
from aggregator.printable import on_one_line
from aggregator.refreshes.refresh import Progress
from aggregator.scratch import scratch
from aggregator.wiring import wire


def diff_sites(before: Settings, after: Settings, now: datetime, progress: Progress) -> Difference:
    """Give what would change for readers if `after` took the place of `before`. Changes nothing.

    Raises SourceError where a source of either can't be read: what it holds can't be compared.
    """
    with _side(before, now, progress) as one, _side(after, now, progress) as other:
        return compare(one, other)


@contextmanager
def _side(settings: Settings, now: datetime, progress: Progress) -> Iterator[Side]:
    with scratch() as catalogue:
        wiring = wire(settings, catalogue)
        try:
            wiring.refresh.run(now, progress)
        except RefreshError as error:
            raise SourceError(on_one_line(f"{settings.path}: {error}")) from error
        with catalogue.snapshot() as snapshot:
            yield Side(settings, wiring.definitions, snapshot)
