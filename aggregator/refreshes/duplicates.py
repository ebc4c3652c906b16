"""Duplicates: files that another one with the same identity outdates, as problems for their editors."""

from collections.abc import Iterator, Sequence

from aggregator.catalogue import Snapshot
from aggregator.config import SourceSettings
from aggregator.errors import Problem, Severity
from aggregator.source.places import file_at


def duplicates(snapshot: Snapshot, sources: Sequence[SourceSettings]) -> Iterator[Problem]:
    """Give a warning for each, which names the file that counts."""
    for duplicate in snapshot.duplicates():
        file, counts = (str(file_at(*place, sources)) for place in (duplicate.file, duplicate.counts))
        reason = f"has the same identity as {counts}, which counts: it was updated later, is due earlier, or comes first; expected one file"
        yield Problem(file=file, reason=reason, severity=Severity.WARNING)
