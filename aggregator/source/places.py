"""Places: from what the catalogue knows a file by, its source and its path below it, to where the file lies.

The catalogue may hold files of a source that is configured no more: what one held stays for as long as another, by which it may have been
renamed, can't be read.
"""

from collections.abc import Sequence
from pathlib import Path

from aggregator.config import SourceSettings


def source_called(name: str, sources: Sequence[SourceSettings]) -> SourceSettings | None:
    """Give the source of this name, None where it is not configured now."""
    return next((source for source in sources if source.name == name), None)


def file_at(name: str, path: str, sources: Sequence[SourceSettings]) -> Path:
    """Give where the file at `path` below the source of this name lies: SOURCE/PATH where that is not configured now, and nobody knows."""
    source = source_called(name, sources)
    return Path(name, path) if source is None else source.path / path
