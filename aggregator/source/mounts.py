"""Mounts: which folders lie on a file system that other machines write to. Linux tells of changes there that it made itself, and of no others."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
# As the kernel calls them; those in user space stand behind "fuse.". Shared folders of virtual machines are like them.
_REMOTE = re.compile(
    r"nfs4?|cifs|smb3?|smbfs|afs|9p|ceph|lustre|gpfs|beegfs|glusterfs|virtiofs|vboxsf|prl_fs|vmhgfs"
    r"|fuse\.(?:sshfs|glusterfs|ceph|s3fs|goofys|gcsfuse|rclone|davfs|vmhgfs-fuse|cephfs|juicefs)"
)
# Which field says where it is mounted, and how blanks and the like are written in it (proc_pid_mountinfo(5)).
_PLACE = 4
_ESCAPE = re.compile(r"\\([0-7]{3})")


def mounts() -> str:
    """Give what is mounted, as proc_pid_mountinfo(5) has it; empty where the system does not say."""
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def remote_folders(folders: Sequence[Path], mounted: str) -> Mapping[Path, str]:
    """Give the kind of file system, such as nfs4, of each folder that lies on a remote one; `mounted` is as of `mounts`."""
    kinds = dict(_kinds(mounted))
    found = {}
    for folder in folders:
        place = Path(os.path.realpath(folder))
        mount = next((one for one in (place, *place.parents) if one in kinds), None)
        if mount is not None and _REMOTE.fullmatch(kinds[mount]):
            found[folder] = kinds[mount]
    return found


def _kinds(mounted: str) -> Iterator[tuple[Path, str]]:
    """Give where each file system is mounted, and its kind; of several at one place the last one is what is seen."""
    for line in mounted.splitlines():
        before, _, behind = line.partition(" - ")
        fields, kind = before.split(" "), behind.partition(" ")[0]
        if kind and len(fields) > _PLACE:
            yield Path(_ESCAPE.sub(_unescaped, fields[_PLACE])), kind


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 8))
