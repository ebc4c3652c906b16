"""Publish: every document of one generation as a static tree, for nginx or a CDN. The old tree or the new one, never a mix.

OUT becomes a symbolic link to a folder named for its content, beside it in .OUT.releases; a new tree is written there in full, and the
link replaced by one rename(2). So a kill at any moment leaves the tree that was linked, a loss of power one that is whole, and a tree that
is the same is not written. A file beside the tree is renamed just before the link: a kill or a loss of power between the two leaves the
new file beside the old tree, each whole, until the next publish.
"""

import fcntl
import json
import os
import shutil
import stat
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

from aggregator.catalogue import Snapshot
from aggregator.documents.draft import Drafts
from aggregator.documents.edition import CODINGS, Edition
from aggregator.errors import PublishError
from aggregator.publish.place import check_place, is_release, linked_release, releases_of
from aggregator.publish.side_file import SideFile, Written

INDEX = "manifest.json"
_SUFFIXES = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}
_WRITERS = 2
# So many editions wait for each at most, so that memory stays flat where the disk is slower.
_EDITIONS_PER_WRITER = 8
# To wait for the disk, one file after the other, takes 1 ms each, by so many at once a fifth of that (measured, ext4).
_SYNCERS = 8
_PARTIAL = "partial"
# Documents that one part has in a row: the formats and archives of a feed have much in common.
_TOGETHER = 24


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did: the release's name, how many documents it holds, and whether OUT points elsewhere now."""

    release: str
    documents: int
    is_new: bool


# What the index says of a document, and its place among all.
Line = tuple[int, dict[str, object]]


class Part(NamedTuple):
    """Part of a tree to be written: which of how many parts, where, and with which compressed forms."""

    number: int
    of: int
    tree: Path
    codings: tuple[str, ...]

    def has(self, place: int) -> bool:
        """Tell whether the document at a place among all belongs to it."""
        return place // _TOGETHER % self.of == self.number


class Helper(Protocol):
    """Writes part of a tree beside this process."""

    def begin(self, part: Part, generation: int) -> None:
        """Begin to write a part of the tree of this generation."""
        ...

    def lines(self) -> Sequence[Line] | None:
        """Give what was written, once it is; None where it could not be, for whatever reason."""
        ...

    def stop(self) -> None:
        """Write nothing any more."""
        ...


def publish(
    families: Sequence[Drafts],
    snapshot: Snapshot,
    out: Path,
    codings: Sequence[str] = CODINGS,
    helper: Helper | None = None,
    *,
    beside: SideFile | None = None,
) -> Published:
    """Write every document of `snapshot` below `out`, with an index; raise PublishError, changing nothing.

    codings  in which each has a compressed sibling
    helper   writes half of them
    beside   is put beside the tree, whether or not that is new

    `beside` and the link take their places one after the other. Where the link fails, what was beside the tree is put back; if that
    fails too, on a disk that takes nothing any more, the new file stays beside the old tree, until the next publish.
    """
    try:
        check_place(out)
        if beside is not None:
            beside.check()
        releases = releases_of(out)
        releases.mkdir(parents=True, exist_ok=True)
        with _lock(releases), nullcontext() if beside is None else beside.written() as written:
            parts = Part(0, 1 if helper is None else 2, releases / _PARTIAL, tuple(codings))
            return _publish(families, snapshot, out, parts, helper, beside=written)
    except OSError as error:
        raise PublishError(f"{out}: can't be published: {error}; what was there stands") from error


def _publish(
    families: Sequence[Drafts],
    snapshot: Snapshot,
    out: Path,
    ours: Part,
    helper: Helper | None,
    *,
    beside: Written | None,
) -> Published:
    partial, releases = ours.tree, ours.tree.parent
    if partial.exists():
        shutil.rmtree(partial)  # what can't be deleted would be part of this tree
    with _removed_on_failure(partial, out, helper):
        index = _index(families, snapshot, ours, helper)
        text = json.dumps({"documents": index}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        partial.mkdir(exist_ok=True)
        (partial / INDEX).write_text(text, encoding="utf-8")
        release = releases / sha256(text.encode()).hexdigest()[:16]
        linked = linked_release(out)
        # Somebody may have deleted what the link leads to.
        is_new = linked != release or not release.is_dir()
        if is_new:
            # Before the link is replaced: what fails after that would be told of a tree that is there.
            _tidy(releases, linked)
            _sync_tree(partial, index)
            partial.rename(release)
            with _removed_on_failure(release, out, beside=beside):
                _point(out, release, beside)
        elif beside is not None:
            beside.put()
    shutil.rmtree(partial, ignore_errors=True)
    return Published(release.name, len(index), is_new)


@contextmanager
def _removed_on_failure(
    tree: Path, out: Path, helper: Helper | None = None, beside: Written | None = None
) -> Iterator[None]:
    """Remove a tree that comes to nothing, and put back what was beside the old one; where that fails too, the first error is told.

    A disk that the tree filled would stay full.
    """
    try:
        yield
    except BaseException:
        if helper is not None:
            helper.stop()  # it writes into this tree
        with suppress(OSError):
            # Whoever interrupts may do so when the link was replaced already.
            if linked_release(out) != tree:
                shutil.rmtree(tree, ignore_errors=True)
                if beside is not None:
                    beside.put_back()
        raise


def _index(
    families: Sequence[Drafts], snapshot: Snapshot, ours: Part, helper: Helper | None
) -> list[dict[str, object]]:
    """Write all documents; give the lines of the index, in the order in which the families have them."""
    theirs = ours._replace(number=1)
    if helper is not None:
        helper.begin(theirs, snapshot.generation.number)
    lines = list(write_part(families, snapshot, ours))
    if helper is not None:
        written = helper.lines()
        lines += write_part(families, snapshot, theirs) if written is None else written
    return [line for _, line in sorted(lines, key=itemgetter(0))]


def write_part(families: Sequence[Drafts], snapshot: Snapshot, part: Part) -> Iterator[Line]:
    """Write the documents of a part; give their lines of the index.

    Compression lets go of the interpreter, so it is done beside making the next documents.
    """
    pending: deque[tuple[int, Future[dict[str, object]]]] = deque()
    with ThreadPoolExecutor(_WRITERS, thread_name_prefix="publish") as writers:
        for place, edition in _editions(families, snapshot, part):
            pending.append((place, writers.submit(_write, part.tree, edition, part.codings)))
            if len(pending) > _WRITERS * _EDITIONS_PER_WRITER:
                yield _finished(pending)
        while pending:
            yield _finished(pending)


def _finished(pending: deque[tuple[int, Future[dict[str, object]]]]) -> Line:
    place, future = pending.popleft()
    return place, future.result()


def _editions(families: Sequence[Drafts], snapshot: Snapshot, part: Part) -> Iterator[tuple[int, Edition]]:
    found = ((family, path) for family in families for path in family.paths(snapshot))
    for place, (family, path) in enumerate(found):
        draft = family.find(path, snapshot) if part.has(place) else None
        if draft is not None:
            yield place, draft.make()


def _write(tree: Path, edition: Edition, codings: Sequence[str]) -> dict[str, object]:
    """Write one edition and its compressed siblings; give its line of the index."""
    name = _file_name(edition)
    target = tree / name
    target.parent.mkdir(parents=True, exist_ok=True)
    _write_file(target, edition.body, edition)
    for coding in codings:
        _write_file(target.with_name(target.name + _SUFFIXES[coding]), edition.encoded(coding), edition)
    return {
        "path": edition.path,
        "file": name,
        "type": edition.media_type,
        "size": edition.size,
        "sha256": edition.digest,
        "codings": sorted(codings),
    }


def _files_of(line: Mapping[str, Any]) -> list[str]:
    """Give the files of a line of the index, below the tree."""
    return [line["file"], *(line["file"] + _SUFFIXES[coding] for coding in line["codings"])]


def _write_file(path: Path, content: bytes, edition: Edition) -> None:
    path.write_bytes(content)
    # What web servers take Last-Modified and ETag from: without it, everything would look new with every publish.
    moment = edition.last_modified.timestamp()
    os.utime(path, (moment, moment))


def _file_name(edition: Edition) -> str:
    if edition.path == "/":
        return "index.html"
    return edition.path.lstrip("/") + (".html" if edition.media_type.startswith("text/html") else "")


def _sync_tree(tree: Path, index: Sequence[Mapping[str, Any]]) -> None:
    """Wait until the disk has all of it: after a loss of power the link must not lead to files that are empty.

    What there is, the index says: to look for it could miss some, where the disk fails at that.
    """
    names = [INDEX, *(name for line in index for name in _files_of(line))]
    folders = {folder for name in names for folder in PurePosixPath(name).parents}
    with ThreadPoolExecutor(_SYNCERS, thread_name_prefix="sync") as syncers:
        for _ in syncers.map(_sync, (f"{tree}/{name}" for name in names)):
            pass
        for _ in syncers.map(_sync, (tree / folder for folder in folders)):
            pass


def _sync(path: str | Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _lock(releases: Path) -> Iterator[None]:
    with (releases / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(f"{releases}: another publish is under way; expected one at a time") from error
        yield


def _point(out: Path, release: Path, beside: Written | None) -> None:
    link = release.parent / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(release, out.parent))
    _sync(release.parent)
    # All that can fail comes before the two renames, but for these.
    with _room(out):
        if beside is not None:
            beside.put()
        link.replace(out)


@contextmanager
def _room(out: Path) -> Iterator[None]:
    """Take away an empty folder, that a link can't replace; put it back where nothing takes its place."""
    if not out.is_dir() or out.is_symlink():
        yield
        return
    mode = stat.S_IMODE(out.stat().st_mode)
    out.rmdir()
    try:
        yield
    except BaseException:
        with suppress(OSError):
            out.mkdir()
            out.chmod(mode)
        raise


def _tidy(releases: Path, linked: Path | None) -> None:
    """Delete old releases; a server may still be sending files of the one that is linked when the link is replaced."""
    for release in releases.iterdir():
        if is_release(release) and release != linked and release.is_dir() and not release.is_symlink():
            shutil.rmtree(release, ignore_errors=True)
