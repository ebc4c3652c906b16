"""A few touched files looked at without a scan, and what leaves more than that to one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.config import SourceSettings
from aggregator.refreshes import plan
from aggregator.refreshes import refresh as refreshing
from aggregator.source.glance import glance, paths_below
from aggregator.source.scan import scan
from aggregator.source.stamp import Stamp
from tests.aggregator.workshop import NOON, Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path)
    shop.configure()
    shop.write("ferry")
    shop.write("deep/quay")
    return shop


def source(workshop: Workshop) -> SourceSettings:
    return workshop.settings().sources[0]


def known(workshop: Workshop) -> dict[str, Stamp]:
    return dict(scan(source(workshop), {}).changed)


def test_paths_are_told_below_the_folder_however_it_is_reached(workshop: Workshop) -> None:
    (workshop.folder / "link").symlink_to(workshop.folder / "news")
    workshop.configure(sources="- {name: news, path: link}")
    touched = [str(workshop.folder / folder / "a.md") for folder in ("link", "news", "elsewhere")]
    assert paths_below(source(workshop), touched) == ("a.md",)


def test_what_a_glance_finds_is_what_a_scan_would_find(workshop: Workshop) -> None:
    before = known(workshop)
    workshop.write("ferry", title="Another")
    workshop.write("new")
    assert glance(source(workshop), before, ["ferry.md", "new.md", "deep/quay.md"]) == dict(
        scan(source(workshop), before).changed
    )


@pytest.mark.parametrize("path", [".ferry.md.swp", "4913", "ferry.md~", ".git/HEAD", "notes.txt"])
def test_what_a_scan_leaves_out_is_left_out(workshop: Workshop, path: str) -> None:
    (workshop.folder / "news/notes.txt").write_text("no article")
    assert glance(source(workshop), known(workshop), [path]) == {}


def _delete(folder: Path) -> None:
    (folder / "ferry.md").unlink()


def _make_a_folder(folder: Path) -> None:
    (folder / "ferry.md").unlink()
    (folder / "ferry.md").mkdir()


def _make_a_link(folder: Path) -> None:
    (folder / "ferry.md").unlink()
    (folder / "ferry.md").symlink_to(folder / "deep/quay.md")


@pytest.mark.parametrize("act", [_delete, _make_a_folder, _make_a_link])
def test_where_more_than_a_file_changed_a_scan_is_wanted(
    workshop: Workshop, act: Callable[[Path], None]
) -> None:
    before = known(workshop)
    act(workshop.folder / "news")
    assert glance(source(workshop), before, ["deep/quay.md", "ferry.md"]) is None


def test_what_lies_below_a_link_is_for_a_scan_to_tell(workshop: Workshop) -> None:
    (workshop.folder / "news/linked").symlink_to(workshop.folder / "news/deep")
    assert glance(source(workshop), known(workshop), ["linked/quay.md"]) is None


def test_many_files_at_once_are_for_a_scan(workshop: Workshop) -> None:
    assert glance(source(workshop), {}, [f"{number}.md" for number in range(201)]) is None


def test_a_refresh_of_touched_files_scans_nothing_and_finds_them(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("odd", "heat: much")
    with workshop.wired() as (wiring, catalogue):
        first = wiring.refresh.run(NOON)
        monkeypatch.setattr(plan, "scan", lambda *_: pytest.fail("it was scanned"))
        touched = [str(workshop.write("ferry", title="Another")), str(workshop.write("later"))]
        report = wiring.refresh.run(NOON, touched=touched)
        assert (report.read, report.seen) == (2, first.seen + 1)
        assert report.problems == first.problems, "those of files that were not touched stand"
        with catalogue.snapshot() as snapshot:
            assert snapshot.count() == 3


def test_after_a_refresh_that_failed_the_next_one_scans(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workshop.wired() as (wiring, catalogue):
        wiring.refresh.run(NOON)
        workshop.write("missed")
        with monkeypatch.context() as patch:
            patch.setattr(refreshing.Refresh, "_write", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                wiring.refresh.run(NOON, touched=[str(workshop.folder / "news/missed.md")])
        wiring.refresh.run(NOON, touched=[str(workshop.folder / "news/ferry.md")])
        with catalogue.snapshot() as snapshot:
            assert snapshot.count() == 3


def test_a_deletion_among_touched_files_is_seen(workshop: Workshop) -> None:
    with workshop.wired() as (wiring, catalogue):
        wiring.refresh.run(NOON)
        (workshop.folder / "news/ferry.md").unlink()
        wiring.refresh.run(NOON, touched=[str(workshop.folder / "news/ferry.md")])
        with catalogue.snapshot() as snapshot:
            assert snapshot.count() == 1
