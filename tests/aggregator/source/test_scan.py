"""A source's folder: what a scan finds, what it refuses, and files that change while they are read."""

import os
import shutil
import socket
import stat
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.config import SourceSettings
from aggregator.errors import Problem, Severity, SourceError
from aggregator.source import file_reader
from aggregator.source.file_reader import (
    BusyFileError,
    UnreadableFileError,
    VanishedFileError,
    read_file,
    stamp_of,
)
from aggregator.source.scan import Scan, scan
from aggregator.source.stamp import UNKNOWN, Stamp
from tests.aggregator.other_user import as_a_user_with_no_rights

LIMIT = 1_000
SECOND = 1_000_000_000
# A time, in nanoseconds since 1970, at which all files of a test were written long ago.
LATER = 4_000_000_000 * SECOND


def write(root: Path, path: str, text: str = "text") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def look(root: Path, known: Mapping[str, Stamp] | None = None, **more: tuple[str, ...]) -> Scan:
    settings = SourceSettings(name="news", path=root, include=more.get("include", ("**/*.md",)))
    return scan(settings.model_copy(update={"exclude": more.get("exclude", ())}), known or {})


def found(root: Path, **more: tuple[str, ...]) -> list[str]:
    return list(look(root, None, **more).changed)


def reasons(result: Scan, root: Path) -> dict[str, str]:
    return {problem.file.removeprefix(f"{root}/"): problem.reason for problem in result.problems}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def meanwhile(function: str, act: Callable[[], object]) -> Iterator[None]:
    """Let `act` happen in the middle of each call of a function of os."""
    with pytest.MonkeyPatch.context() as patch:
        real = getattr(os, function)

        def act_for_real() -> None:
            with patch.context() as undone:
                undone.setattr(os, function, real)
                act()

        @contextmanager
        def listing(folder: int) -> Iterator[Iterator[os.DirEntry[str]]]:
            with real(folder) as entries:
                names = list(entries)
                act_for_real()
                yield iter(names)

        def reading(descriptor: int, length: int) -> bytes:
            data: bytes = real(descriptor, length)
            act_for_real()
            return data

        patch.setattr(os, function, listing if function == "scandir" else reading)
        yield


# What a scan finds


def test_a_first_scan_finds_every_file_in_the_order_of_the_paths(tmp_path: Path) -> None:
    for path in ("z.md", "a.md", "2026/03/b.md", "2026/b.md", "notes.txt"):
        write(tmp_path, path)
    result = look(tmp_path)
    assert list(result.changed) == ["2026/03/b.md", "2026/b.md", "a.md", "z.md"]
    assert (result.gone, result.seen, result.problems) == ((), 4, ())


def test_a_stamp_is_inode_size_and_time(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "four")
    os.utime(file, ns=(5, 7))
    assert look(tmp_path).changed == {"a.md": Stamp(file.stat().st_ino, 4, 7)}


def test_a_scan_of_many_files_finds_exactly_what_changed(tmp_path: Path) -> None:
    for number in range(2_000):
        write(tmp_path, f"{number % 20:02}/{number:04}.md")
    known = look(tmp_path).changed
    assert len(known) == 2_000
    assert look(tmp_path, known) == Scan(changed={}, gone=(), seen=2_000, problems=())

    write(tmp_path, "03/0003.md", "longer text")
    os.utime(tmp_path / "05/0005.md", ns=(1, 1))
    write(tmp_path, "new/0000.md")
    (tmp_path / "08/0008.md").unlink()
    (tmp_path / "07/0007.md").rename(tmp_path / "06/moved.md")
    result = look(tmp_path, known)
    assert list(result.changed) == ["03/0003.md", "05/0005.md", "06/moved.md", "new/0000.md"]
    assert result.gone == ("07/0007.md", "08/0008.md")
    assert result.seen == 2_000


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_changed(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "old!")
    known = look(tmp_path).changed
    other = write(tmp_path, "b.txt", "new!")
    os.utime(other, ns=(0, known["a.md"].modified_ns))
    other.replace(file)
    assert list(look(tmp_path, known).changed) == ["a.md"]


def test_files_in_a_folder_that_was_removed_are_gone(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.md")
    known = look(tmp_path).changed
    shutil.rmtree(tmp_path / "sub")
    assert look(tmp_path, known).gone == ("sub/a.md",)


def test_files_that_are_not_included_any_more_are_gone(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    write(tmp_path, "sub/b.md")
    known = look(tmp_path).changed
    assert look(tmp_path, known, exclude=("sub/**",)).gone == ("sub/b.md",)


def test_a_pattern_leaves_out_a_whole_folder_only_if_it_names_all_that_is_in_it(tmp_path: Path) -> None:
    write(tmp_path, "drafts/a.md")
    write(tmp_path, "drafts/deep/b.md")
    assert found(tmp_path, exclude=("drafts/*",)) == ["drafts/deep/b.md"]
    assert found(tmp_path, exclude=("drafts/**",)) == []
    assert found(tmp_path, exclude=("drafts/",)) == []


def test_names_beyond_ascii_are_kept_as_the_disk_has_them(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9.md", "cafe\u0301.md"
    write(tmp_path, composed)
    write(tmp_path, decomposed)
    assert found(tmp_path) == [decomposed, composed]


def test_the_source_may_be_a_link_to_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md")
    link = tmp_path / "link"
    link.symlink_to("real")
    assert found(link) == ["a.md"]
    assert read_file(link, "a.md", LIMIT, LATER)[0] == b"text"


def test_the_root_of_the_file_system_may_be_a_source() -> None:
    result = look(Path("/"), include=("no-such-name-here.md",), exclude=("*/**",))
    assert result.changed == {}


def test_stamps_fit_into_the_integers_of_a_database(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md")
    os.utime(file, ns=(0, 13_600_000_000 * SECOND))
    if file.stat().st_mtime_ns < 2**63:
        pytest.skip("this file system knows no year 2400")
    known = look(tmp_path).changed
    assert known["a.md"].modified_ns == 2**63 - 1
    assert look(tmp_path, known).changed == {}


def test_inodes_fit_into_the_integers_of_a_database() -> None:
    status = os.stat_result((stat.S_IFREG, 2**63 + 5, 0, 1, 0, 0, 4, 0, 0, 0), {"st_mtime_ns": 0})
    assert stamp_of(status).inode == 5


# What is no proper file


def test_fault_17_a_fifo_a_device_a_socket_and_a_folder_are_named_and_never_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    write(tmp_path, "folder.md/inside.md")
    monkeypatch.chdir(tmp_path)  # the path of a socket may have 107 bytes at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
        result = look(tmp_path)
    assert reasons(result, tmp_path) == {
        "fifo.md": "is a FIFO, expected a regular file",
        "folder.md": "is a folder, expected a regular file",
        "socket.md": "is a socket, expected a regular file",
    }
    assert list(result.changed) == ["folder.md/inside.md"]
    device = look(Path("/dev"), include=("null",))
    assert reasons(device, Path("/dev"))["null"] == "is a device, expected a regular file"


def test_fault_17_folders_are_only_named_where_their_name_is_that_of_an_article(tmp_path: Path) -> None:
    write(tmp_path, "2026/v1.2/a.md")
    assert look(tmp_path, include=("**",)).problems == ()


def test_fault_17_a_file_that_becomes_something_else_is_not_gone(tmp_path: Path) -> None:
    known = dict.fromkeys(("fifo.md", "folder.md"), Stamp(1, 2, 3))
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()
    result = look(tmp_path, known)
    assert (result.changed, result.gone) == ({}, ())


@pytest.mark.parametrize(("path", "kind"), [("fifo.md", "a FIFO"), ("folder.md", "a folder")])
def test_fault_17_reading_what_is_no_file_never_blocks(tmp_path: Path, path: str, kind: str) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(UnreadableFileError, match=f"^is {kind}, expected a regular file$"):
        read_file(tmp_path, path, LIMIT, LATER)


def test_fault_17_reading_a_device_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"^is a device, expected a regular file$"):
        read_file(Path("/dev"), "null", LIMIT, LATER)


def test_fault_18_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.txt")
    root = tmp_path / "news"
    root.mkdir()
    (root / "a.md").symlink_to(secret)
    (root / "b.md").symlink_to("../secret.txt")
    expected = "is a symbolic link that leads out of the source's folder, expected a file inside it"
    result = look(root, {"a.md": Stamp(1, 2, 3)})
    assert (result.changed, result.gone) == ({}, ())
    assert reasons(result, root) == {"a.md": expected, "b.md": expected}
    with pytest.raises(UnreadableFileError, match=f"^{expected}$"):
        read_file(root, "a.md", LIMIT, LATER)


def test_fault_18_a_folder_whose_name_only_begins_alike_is_outside(tmp_path: Path) -> None:
    write(tmp_path, "news-private/a.md")
    (tmp_path / "news").mkdir()
    (tmp_path / "news/a.md").symlink_to("../news-private/a.md")
    assert found(tmp_path / "news") == []


def test_fault_18_a_link_to_a_file_inside_is_followed(tmp_path: Path) -> None:
    target = write(tmp_path, "texts/real.txt", "inside")
    (tmp_path / "a.md").symlink_to("texts/real.txt")
    result = look(tmp_path)
    assert (list(result.changed), result.problems) == (["a.md"], ())
    data, stamp = read_file(tmp_path, "a.md", LIMIT, LATER)
    assert data == b"inside"
    assert stamp == result.changed["a.md"] == stamp_of(target.stat())


def test_fault_18_a_folder_on_the_way_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "outside/a.md", "secret")
    root = tmp_path / "news"
    root.mkdir()
    (root / "sub").symlink_to("../outside")
    with pytest.raises(VanishedFileError):
        read_file(root, "sub/a.md", LIMIT, LATER)


@pytest.mark.parametrize("path", ["../a.md", "sub/../../a.md", ".."])
def test_fault_18_a_path_can_not_lead_up(tmp_path: Path, path: str) -> None:
    write(tmp_path, "a.md")
    write(tmp_path, "news/sub/b.md")
    with pytest.raises(
        UnreadableFileError, match=r"^leads out of the source's folder, expected a file inside"
    ):
        read_file(tmp_path / "news", path, LIMIT, LATER)


def test_fault_18_an_absolute_path_names_no_file_of_the_folder(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md")
    with pytest.raises(VanishedFileError):
        read_file(tmp_path, str(file), LIMIT, LATER)


def test_fault_19_links_to_folders_are_not_entered_and_loops_end(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.md")
    (tmp_path / "sub/up").symlink_to("..")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.md").symlink_to("loop.md")
    result = look(tmp_path)
    assert list(result.changed) == ["sub/a.md"]
    loop, up = result.problems
    assert "Too many levels of symbolic links" in loop.reason
    assert up == Problem(
        file=str(tmp_path / "sub/up"),
        reason="is a symbolic link to a folder and not entered, expected a folder; give it a source of its own",
        severity=Severity.WARNING,
    )
    with pytest.raises(UnreadableFileError, match="Too many levels of symbolic links"):
        read_file(tmp_path, "loop.md", LIMIT, LATER)


@pytest.mark.parametrize("name", ["sub", "sub.md"])
def test_fault_19_a_folder_that_becomes_a_link_takes_no_files_along(tmp_path: Path, name: str) -> None:
    known = {f"{name}/a.md": Stamp(1, 2, 3)}
    write(tmp_path, "other/a.txt")
    (tmp_path / name).symlink_to("other")
    result = look(tmp_path, known)
    assert result.gone == ()
    assert list(reasons(result, tmp_path)) == [name]


def test_fault_19_nothing_is_said_of_links_that_are_left_out_or_lead_to_other_files(tmp_path: Path) -> None:
    write(tmp_path, "folder/notes.txt")
    (tmp_path / "other").symlink_to("folder")
    (tmp_path / "notes").symlink_to("folder/notes.txt")
    (tmp_path / "nowhere").symlink_to("nothing")
    assert look(tmp_path, exclude=("other/**",)).problems == ()


def test_fault_20_an_unreadable_file_is_named_and_not_gone(open_folder: Path) -> None:
    write(open_folder, "a.md").chmod(0)
    with (
        as_a_user_with_no_rights(),
        pytest.raises(
            UnreadableFileError, match=r"^can't be read: Permission denied; expected a readable file$"
        ),
    ):
        read_file(open_folder, "a.md", LIMIT, LATER)


def test_fault_20_what_lies_below_an_unreadable_folder_is_not_gone(open_folder: Path) -> None:
    for path in ("closed/a.md", "closed/deep/b.md", "closed-not/c.md", "open/d.md"):
        write(open_folder, path)
    known = dict(look(open_folder).changed)
    (open_folder / "closed-not/c.md").unlink()
    (open_folder / "closed").chmod(0)
    with as_a_user_with_no_rights():
        result = look(open_folder, known)
    assert result.gone == ("closed-not/c.md",)
    assert reasons(result, open_folder) == {
        "closed": "can't be read: Permission denied; expected a readable folder; what was read from it before is kept"
    }


def test_fault_20_files_that_can_be_listed_but_not_looked_at_are_named_and_not_gone(
    open_folder: Path,
) -> None:
    write(open_folder, "sub/a.md")
    known = look(open_folder).changed
    (open_folder / "sub").chmod(0o444)
    with as_a_user_with_no_rights():
        result = look(open_folder, known)
    assert result.gone == ()
    assert reasons(result, open_folder) == {
        "sub/a.md": "can't be read: Permission denied; expected a readable file"
    }


def test_fault_20_a_folder_that_is_left_out_may_be_unreadable(open_folder: Path) -> None:
    (open_folder / "private").mkdir(mode=0)
    with as_a_user_with_no_rights():
        assert look(open_folder, exclude=("private/**",)).problems == ()


def test_names_that_are_not_utf_8_are_problems_that_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.md")).write_text("text")
    result = look(tmp_path)
    assert result.changed == {}
    (problem,) = result.problems
    assert problem.file == str(tmp_path / r"caf\xe9.md")
    assert problem.reason == "its name is not UTF-8, expected one that is"
    assert str(problem).encode()


def test_a_link_to_nothing_is_named_and_what_it_led_to_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("nothing.md")
    result = look(tmp_path, {"a.md": Stamp(1, 2, 3)})
    assert result.gone == ("a.md",)
    assert reasons(result, tmp_path) == {"a.md": "is a symbolic link to nothing, expected one to a file"}


@pytest.mark.parametrize(
    "name",
    [
        *(".a.md", ".#a.md", "#a.md#", "#a.md", "~a.md", "~$a.md", "a.md~", ".a.md.Ab12Cd", "4913"),
        *(
            ".a.md.swp",
            "a.md.swx",
            "a.md.tmp",
            "a.md.part",
            "a.md.bak",
            "a.md.orig",
            ".git/a.md",
            ".cache/sub/a.md",
        ),
    ],
)
def test_fault_23_temporary_files_are_ignored_whatever_is_included(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert look(tmp_path, include=("**",)) == Scan(changed={}, gone=(), seen=0, problems=())


@pytest.mark.parametrize("name", ["4913/a.md", "#1/a.md", "~ada/a.md", "site.bak/a.md", "a~b.md", "4913.md"])
def test_fault_23_what_only_looks_alike_is_not_ignored(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert found(tmp_path) == [name]


def test_fault_24_a_missing_folder_is_an_error_of_the_source(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(SourceError) as error:
        look(missing)
    assert (
        str(error.value)
        == f"source news: {missing} can't be read: No such file or directory; expected a folder"
    )
    assert isinstance(error.value.__cause__, FileNotFoundError)


def test_fault_24_a_file_in_the_place_of_the_folder_is_an_error_of_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read: Not a directory; expected a folder"):
        look(write(tmp_path, "news"))


def test_fault_24_a_folder_that_goes_during_a_scan_is_an_error_and_no_deletion(tmp_path: Path) -> None:
    root = tmp_path / "news"
    write(root, "sub/a.md")
    with (
        meanwhile("scandir", lambda: shutil.rmtree(root, ignore_errors=True)),
        pytest.raises(SourceError, match="can't be read: No such file"),
    ):
        look(root, {"sub/a.md": Stamp(1, 2, 3)})


def test_fault_24_a_folder_that_is_replaced_during_a_scan_is_an_error_and_no_deletion(tmp_path: Path) -> None:
    root = tmp_path / "news"
    write(root, "sub/a.md")

    def replace() -> None:
        root.rename(tmp_path / "old")
        root.mkdir()

    with (
        meanwhile("scandir", replace),
        pytest.raises(SourceError, match="was replaced while it was being scanned"),
    ):
        look(root, {"sub/a.md": Stamp(1, 2, 3)})


# Meanwhile, others write


def test_fault_21_a_file_that_vanishes_during_a_scan_is_gone_and_no_error(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md")
    known = look(tmp_path).changed
    with meanwhile("scandir", lambda: file.unlink(missing_ok=True)):
        assert look(tmp_path, known) == Scan(changed={}, gone=("a.md",), seen=0, problems=())


def test_fault_21_a_folder_that_vanishes_during_a_scan_is_gone_and_no_error(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.md")
    known = look(tmp_path).changed
    with meanwhile("scandir", lambda: shutil.rmtree(tmp_path / "sub", ignore_errors=True)):
        assert look(tmp_path, known) == Scan(changed={}, gone=("sub/a.md",), seen=0, problems=())


def test_fault_21_a_link_that_vanishes_while_it_is_followed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "a.md"
    link.symlink_to("b.txt")
    real = os.path.realpath

    def vanish(path: str, *, strict: bool = False) -> str:
        if strict:
            link.unlink()
        return real(path, strict=strict)

    monkeypatch.setattr(os.path, "realpath", vanish)
    assert look(tmp_path).problems == ()


def test_fault_21_a_folder_that_becomes_a_link_during_a_scan_is_left_to_the_next_scan(tmp_path: Path) -> None:
    write(tmp_path, "outside/a.md")
    root = tmp_path / "news"
    write(root, "sub/a.md")
    known = look(root).changed

    def replace() -> None:
        if not (root / "sub").is_symlink():
            shutil.rmtree(root / "sub")
            (root / "sub").symlink_to("../outside")

    with meanwhile("scandir", replace):
        assert look(root, known) == Scan(changed={}, gone=(), seen=0, problems=())


def test_a_file_is_read_whole_with_its_stamp(tmp_path: Path) -> None:
    file = write(tmp_path, "sub/a.md", "x" * LIMIT)
    assert read_file(tmp_path, "sub/a.md", LIMIT, LATER) == (b"x" * LIMIT, stamp_of(file.stat()))


def test_a_file_larger_than_a_piece_is_read_whole(tmp_path: Path) -> None:
    size = file_reader._PIECE + 1
    write(tmp_path, "a.md", "x" * size)
    assert len(read_file(tmp_path, "a.md", size, LATER)[0]) == size


def test_a_file_that_is_gone_is_told_from_one_that_can_not_be_read(tmp_path: Path) -> None:
    write(tmp_path, "file")
    for path in ("a.md", "sub/a.md", "file/a.md"):
        with pytest.raises(VanishedFileError, match=f"^{path}$"):
            read_file(tmp_path, path, LIMIT, LATER)


def test_fault_16_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with write(tmp_path, "a.md").open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(
            UnreadableFileError, match=r"^has at least 100000000 bytes, expected at most 1000$"
        ):
            read_file(tmp_path, "a.md", LIMIT, LATER)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_fault_16_a_file_that_grows_while_it_is_read_is_read_no_further_than_the_limit(
    tmp_path: Path,
) -> None:
    file = write(tmp_path, "a.md", "x" * 10)
    grow = meanwhile("read", lambda: file.write_text("x" * 100 * LIMIT))
    with (
        grow,
        pytest.raises(UnreadableFileError, match=r"^has at least 100000 bytes, expected at most 1000$"),
    ):
        read_file(tmp_path, "a.md", LIMIT, LATER)


def test_fault_16_a_file_that_grew_since_its_size_was_asked_is_read_no_further_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "a.md", "x" * 10)
    really_ask = os.fstat

    def ask_and_grow(descriptor: int) -> os.stat_result:
        status = really_ask(descriptor)
        os.truncate(file, 100 * LIMIT)
        return status

    monkeypatch.setattr(os, "fstat", ask_and_grow)
    with pytest.raises(UnreadableFileError, match=r"^has at least 1001 bytes, expected at most 1000$"):
        read_file(tmp_path, "a.md", LIMIT, LATER)


def test_fault_22_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "half")
    versions = iter(["whole"])

    def save() -> None:
        if text := next(versions, None):
            file.write_text(text)

    with meanwhile("read", save):
        assert read_file(tmp_path, "a.md", LIMIT, LATER) == (b"whole", stamp_of(file.stat()))


def test_fault_22_a_file_that_is_replaced_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "old!")
    write(tmp_path, "new", "new!")
    with meanwhile("read", lambda: (tmp_path / "new").exists() and (tmp_path / "new").replace(file)):
        assert read_file(tmp_path, "a.md", LIMIT, LATER) == (b"new!", stamp_of(file.stat()))


def test_fault_22_a_file_that_is_always_being_written_is_busy(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md")
    times = iter(range(1, 100))
    with (
        meanwhile("read", lambda: os.utime(file, ns=(0, next(times)))),
        pytest.raises(
            BusyFileError,
            match=r"^a\.md: changed each of the 3 times it was read, expected it to be written whole$",
        ),
    ):
        read_file(tmp_path, "a.md", LIMIT, LATER)


def test_fault_22_a_file_that_is_deleted_while_it_is_read_has_vanished(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md")
    with meanwhile("read", lambda: file.unlink(missing_ok=True)), pytest.raises(VanishedFileError):
        read_file(tmp_path, "a.md", LIMIT, LATER)


def test_a_second_write_within_one_tick_of_the_clock_is_not_missed(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "one!")
    os.utime(file, ns=(0, 50 * SECOND))
    _, stamp = read_file(tmp_path, "a.md", LIMIT, 50 * SECOND + 1)
    with file.open("r+") as same:
        same.write("two!")
    os.utime(file, ns=(0, 50 * SECOND))
    assert list(look(tmp_path, {"a.md": stamp}).changed) == ["a.md"]


@pytest.mark.parametrize(
    ("age", "is_unknown"),
    [
        (0, True),
        (19_999_999, True),
        (20_000_000, False),
        (-59 * SECOND, True),  # the clock of a file server, ahead of ours
        (-60 * SECOND, False),  # a wrong date: else it would be read again at every scan for years
    ],
)
def test_a_stamp_is_unknown_where_the_file_was_just_written(
    tmp_path: Path, age: int, *, is_unknown: bool
) -> None:
    os.utime(write(tmp_path, "a.md"), ns=(0, 100 * SECOND))
    _, stamp = read_file(tmp_path, "a.md", LIMIT, 100 * SECOND + age)
    assert (stamp == UNKNOWN) is is_unknown


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.md")
    (tmp_path / "link.md").symlink_to("a/b/c.md")
    os.mkfifo(tmp_path / "fifo.md")
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208  counted, not walked
    look(tmp_path)
    for path in ("a/b/c.md", "link.md"):
        read_file(tmp_path, path, LIMIT, LATER)
    for path in ("fifo.md", "a/b/none.md", "a/none/c.md"):
        with pytest.raises((UnreadableFileError, VanishedFileError)):
            read_file(tmp_path, path, LIMIT, LATER)
    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208


def test_a_system_that_gives_less_than_it_is_asked_for_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.md", "x" * 700 + "y" * 100)
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, min(size, 300)))
    assert read_file(tmp_path, "a.md", LIMIT, LATER)[0] == b"x" * 700 + b"y" * 100
