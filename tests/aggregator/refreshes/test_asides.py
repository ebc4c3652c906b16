"""What was withdrawn, in a catalogue that had been set aside before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.aggregator.workshop import Workshop

CANARY = "canarywithdrawn"


def holding(folder: Path) -> set[str]:
    """Give the files of catalogues in which the canary is found."""
    return {path.name for path in folder.glob("catalogue.db*") if CANARY.encode() in path.read_bytes()}


def test_what_is_withdrawn_is_gone_from_what_was_set_aside_when_its_time_is_over(workshop: Workshop) -> None:
    now = datetime.now(UTC)
    path = workshop.write("ferry", f"excerpt: {CANARY}")
    workshop.write("quay")
    workshop.refresh(now)
    with workshop.wired() as (wiring, catalogue):
        catalogue.begin_anew("is broken")
        wiring.refresh.run(now)
        path.unlink()
        wiring.refresh.run(now)
        assert holding(workshop.folder) <= {"catalogue.db.aside-1", "catalogue.db.aside-1-wal"}
        assert holding(workshop.folder), "for the operator, and nobody else"
        wiring.refresh.run(now + timedelta(days=30, hours=1))
        assert holding(workshop.folder) == set()
        assert not [*workshop.folder.glob("catalogue.db.aside-*")]
    assert workshop.titles() == ["Quay"]
