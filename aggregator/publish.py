"""Publish: every document of one generation as a static tree, for nginx or a CDN. The old tree or the new one, never a mix.

OUT becomes a symbolic link to a folder named for its content, beside it in .OUT.releases; a new tree is written there in full, and the
link replaced by one rename(2). So a kill at any moment leaves the tree that was linked, and a tree that is the same is not written.
"""

import fcntl
import json
import os
import shutil
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aggregator.catalogue import Snapshot
from aggregator.draft import Drafts
from aggregator.edition import CODINGS, Edition
from aggregator.errors import PublishError

INDEX = "manifest.json"
_SUFFIXES = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}
_WRITERS = 2
# So many editions wait for each at most, so that memory stays flat where the disk is slower.
_EDITIONS_PER_WRITER = 8
_PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did: the release's name, how many documents it holds, and whether OUT points elsewhere now."""

    release: str
    documents: int
    is_new: bool


def publish(
    families: Sequence[Drafts], snapshot: Snapshot, out: Path, codings: Sequence[str] = CODINGS
) -> Published:
    """Write every document of `snapshot` below `out`, with an index; raise PublishError, changing nothing.

    codings  in which each has a compressed sibling
    """
    try:
        _refuse_foreign(out)
        releases = out.parent / f".{out.name}.releases"
        releases.mkdir(parents=True, exist_ok=True)
        with _lock(releases):
            return _publish(families, snapshot, out, releases, codings)
    except OSError as error:
        raise PublishError(f"{out}: can't be published: {error}; what was there stands") from error


def _publish(
    families: Sequence[Drafts], snapshot: Snapshot, out: Path, releases: Path, codings: Sequence[str]
) -> Published:
    partial = releases / _PARTIAL
    if partial.exists():
        shutil.rmtree(partial)  # what can't be deleted would be part of this tree
    index = list(_write_all(partial, _editions(families, snapshot), codings))
    text = json.dumps({"documents": index}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    partial.mkdir(exist_ok=True)
    (partial / INDEX).write_text(text, encoding="utf-8")
    name = sha256(text.encode()).hexdigest()[:16]
    release = releases / name
    linked = out.resolve()
    is_new = not (out.is_symlink() and linked == release.resolve())
    if is_new:
        # Before the link is replaced: what fails after that would be told of a tree that is there.
        _tidy(releases, keep={linked, partial.resolve()})
        partial.rename(release)
        _point(out, release)
    shutil.rmtree(partial, ignore_errors=True)
    return Published(name, len(index), is_new)


def _editions(families: Sequence[Drafts], snapshot: Snapshot) -> Iterator[Edition]:
    for family in families:
        for path in family.paths(snapshot):
            draft = family.find(path, snapshot)
            if draft is not None:
                yield draft.make()


def _write_all(
    tree: Path, editions: Iterable[Edition], codings: Sequence[str]
) -> Iterator[dict[str, object]]:
    """Write editions, in their order; give their lines of the index.

    Compression lets go of the interpreter, so it is done beside making the next documents.
    """
    pending: deque[Future[dict[str, object]]] = deque()
    with ThreadPoolExecutor(_WRITERS, thread_name_prefix="publish") as writers:
        for edition in editions:
            pending.append(writers.submit(_write, tree, edition, codings))
            if len(pending) > _WRITERS * _EDITIONS_PER_WRITER:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _write(tree: Path, edition: Edition, codings: Sequence[str]) -> dict[str, object]:
    """Write one edition and its compressed siblings; give its line of the index."""
    name = _file_name(edition)
    target = tree / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(edition.body)
    for coding in codings:
        target.with_name(target.name + _SUFFIXES[coding]).write_bytes(edition.encoded(coding))
    return {
        "path": edition.path,
        "file": name,
        "type": edition.media_type,
        "size": edition.size,
        "sha256": edition.digest,
        "codings": sorted(codings),
    }


def _file_name(edition: Edition) -> str:
    if edition.path == "/":
        return "index.html"
    return edition.path.lstrip("/") + (".html" if edition.media_type.startswith("text/html") else "")


def _refuse_foreign(out: Path) -> None:
    if out.is_symlink() or not out.exists():
        return
    if not out.is_dir() or any(out.iterdir()):
        raise PublishError(
            f"{out}: is not something that publish made; expected a new path, an empty folder, or an earlier tree"
        )
    out.rmdir()


@contextmanager
def _lock(releases: Path) -> Iterator[None]:
    with (releases / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(f"{releases}: another publish is under way; expected one at a time") from error
        yield


def _point(out: Path, release: Path) -> None:
    link = release.parent / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(release, out.parent))
    link.replace(out)


def _tidy(releases: Path, keep: Collection[Path]) -> None:
    """Delete old releases; a server may still be sending files of the one that is linked when the link is replaced."""
    for release in releases.iterdir():
        if release.is_dir() and not release.is_symlink() and release.resolve() not in keep:
            shutil.rmtree(release, ignore_errors=True)
