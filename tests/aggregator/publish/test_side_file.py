"""A file beside a tree: what was there is put back as it was, whether or not the file system has links."""

import os
from pathlib import Path

import pytest

from aggregator.errors import PublishError
from aggregator.publish.side_file import SideFile
from tests.aggregator.failing_disk import FailingDisk
from tests.aggregator.other_user import NOBODY, as_a_user_with_no_rights


@pytest.fixture
def beside(tmp_path: Path) -> SideFile:
    target = tmp_path / "www" / "feeds.nginx.conf"
    target.parent.mkdir()
    target.write_text("# Ours: old\n")
    target.chmod(0o600)
    os.utime(target, (1_000_000, 1_000_000))
    if os.geteuid() == 0:
        os.chown(target, NOBODY, NOBODY)
    return SideFile(target, "# Ours: new\n", "# Ours")


def found(beside: SideFile) -> tuple[str, int, int, int, float]:
    """Give what a file says, its mode, whose it is, and when it was written."""
    status = beside.target.stat()
    return beside.target.read_text(), status.st_mode, status.st_uid, status.st_gid, status.st_mtime


def put_and_put_back(beside: SideFile) -> None:
    with beside.written() as written:
        written.put()
        assert beside.target.read_text() == beside.text
        written.put_back()


def test_what_was_there_is_put_back_with_its_owner_and_mode(beside: SideFile) -> None:
    old, inode = found(beside), beside.target.stat().st_ino
    put_and_put_back(beside)
    assert found(beside) == old
    assert beside.target.stat().st_ino == inode
    assert list(beside.target.parent.iterdir()) == [beside.target]


def test_so_it_is_where_there_are_no_links(beside: SideFile) -> None:
    old, disk = found(beside), FailingDisk(beside.target.parent)
    with disk.in_place_of_python_s():
        put_and_put_back(beside)
        number = disk.asked.index("link") + 1
        disk.begin(number)
        put_and_put_back(beside)
        assert disk.asked[number - 1] == "link"
        disk.mend()
    assert found(beside) == old
    assert list(beside.target.parent.iterdir()) == [beside.target]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_what_is_somebody_else_s_is_put_back_with_its_mode(beside: SideFile) -> None:
    os.chown(beside.target, 0, 0)
    beside.target.chmod(0o640)
    os.chown(beside.target.parent, NOBODY, NOBODY)
    for folder in beside.target.parents[1:4]:
        folder.chmod(folder.stat().st_mode | 0o111)
    old = found(beside)
    with as_a_user_with_no_rights():
        put_and_put_back(beside)
    assert found(beside)[:2] == old[:2]


def test_what_can_not_be_kept_is_told_and_nothing_is_changed(beside: SideFile) -> None:
    old, disk = found(beside), FailingDisk(beside.target.parent)
    with disk.in_place_of_python_s():
        put_and_put_back(beside)
        disk.begin(disk.asked.index("link") + 1, lasts=True)
        with pytest.raises(PublishError, match=r"can't be written: .*; what was there stands"):
            put_and_put_back(beside)
        disk.mend()
    assert found(beside) == old
