"""Fault 25: folders that other machines write to, told from what Linux says is mounted."""

from pathlib import Path

import pytest

from aggregator.source.mounts import mounts, remote_folders

MOUNTED = r"""
21 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
35 21 0:30 / /srv/articles rw shared:7 master:2 - nfs4 server:/articles rw,vers=4.2
36 35 0:31 / /srv/articles/local rw - tmpfs tmpfs rw
37 21 0:32 / /mnt/with\040blank rw - cifs //server/news rw
38 21 0:33 / /mnt/far rw - fuse.sshfs editor@server:/news rw
39 21 0:34 / /mnt/changed rw - nfs server:/old rw
40 39 0:35 / /mnt/changed rw - ext4 /dev/sdb rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/articles", "nfs4"),
        ("/srv/articles/news/2026", "nfs4"),
        ("/srv/articles/local/news", None),
        ("/srv/articles-of-old", None),
        ("/mnt/with blank/news", "cifs"),
        ("/mnt/far", "fuse.sshfs"),
        ("/mnt/changed", None),
        ("/home/news", None),
    ],
)
def test_fault_25_the_innermost_mount_tells(folder: str, kind: str | None) -> None:
    assert dict(remote_folders([Path(folder)], MOUNTED)) == ({Path(folder): kind} if kind else {})


@pytest.mark.parametrize(
    "line", ["", " - ", "35 1 - nfs4", "35 1 0:30 / /srv - ", "35 1 0:30 / - nfs4 a rw", "- - - - - - -"]
)
def test_what_makes_no_sense_is_no_mount(line: str) -> None:
    assert not remote_folders([Path("/srv")], f"{line}\n{line}")


def test_what_is_mounted_here_is_understood() -> None:
    assert " - " in mounts()
    assert not remote_folders([Path(__file__).parent], "")
