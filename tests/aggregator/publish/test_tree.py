"""The static tree: what is in it, and that it is swapped whole."""

import errno
import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import SpawnProcess
from pathlib import Path

import brotli
import pytest
import zstandard

from aggregator import operations
from aggregator.catalogue import Snapshot
from aggregator.errors import PublishError
from aggregator.operations import publish_site
from aggregator.publish.process import PublishingProcess
from aggregator.publish.tree import Part, Published, publish
from tests.aggregator.workshop import HOUR, NOON, Workshop


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "www" / "feeds"


def published(workshop: Workshop, out: Path) -> Published:
    with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        return publish(wiring.tree, snapshot, out)


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.write(
        "ferry", "topics: [Boats]", "provider: {name: Pier, domain: pier.example}", "category: news"
    )
    workshop.refresh()
    return workshop


def test_every_feed_is_there_in_every_format(site: Workshop, out: Path) -> None:
    published(site, out)
    for stem in ("feeds/all", "topics/boats", "providers/pier.example", "categories/news"):
        for suffix in ("rss", "atom", "json"):
            assert (out / f"{stem}.{suffix}").read_bytes() == site.document(f"/{stem}.{suffix}")
    assert (out / "feeds.opml").read_bytes() == site.document("/feeds.opml")


def test_compressed_siblings_hold_the_same_bytes(site: Workshop, out: Path) -> None:
    published(site, out)
    body = (out / "feeds/all.rss").read_bytes()
    assert gzip.decompress((out / "feeds/all.rss.gz").read_bytes()) == body
    assert brotli.decompress((out / "feeds/all.rss.br").read_bytes()) == body
    assert zstandard.ZstdDecompressor().decompress((out / "feeds/all.rss.zst").read_bytes()) == body


def test_the_index_names_every_document_with_its_type_and_digest(site: Workshop, out: Path) -> None:
    result = published(site, out)
    index = {line["path"]: line for line in json.loads((out / "manifest.json").read_text())["documents"]}
    assert len(index) == result.documents
    assert index["/feeds/all.atom"]["type"] == "application/atom+xml; charset=utf-8"
    assert all((out / line["file"]).stat().st_size == line["size"] for line in index.values())


def test_pages_have_names_that_a_web_server_finds(site: Workshop, out: Path) -> None:
    published(site, out)
    assert (out / "index.html").exists()
    assert (out / "topics.html").exists()
    assert (out / "topics/boats.html").exists()
    assert (out / "static/site.css").exists()


def test_the_same_catalogue_gives_the_same_tree(site: Workshop, out: Path) -> None:
    first, second = published(site, out), published(site, out)
    assert (first.is_new, second.is_new, first.release) == (True, False, second.release)


def test_another_generation_is_another_release_and_the_one_before_stays_for_a_while(
    site: Workshop, out: Path
) -> None:
    releases = [published(site, out).release]
    for number in range(3):
        site.write("ferry", title=f"Version {number}")
        site.refresh(NOON + (number + 1) * HOUR)
        releases.append(published(site, out).release)
    kept = {path.name for path in (out.parent / ".feeds.releases").iterdir() if path.is_dir()}
    assert kept == set(releases[-2:])
    assert out.resolve().name == releases[-1]


def test_files_are_as_old_as_what_they_hold(site: Workshop, out: Path) -> None:
    site.write("quay", "topics: [Quays]")
    site.refresh(NOON + HOUR)
    published(site, out)
    for suffix in ("", ".gz", ".br", ".zst"):
        ages = [(out / f"topics/{name}.rss{suffix}").stat().st_mtime for name in ("boats", "quays")]
        assert ages == [
            (NOON - 3 * HOUR).timestamp(),
            (NOON + HOUR).timestamp(),
        ]  # of the article, of the change


def test_what_is_gone_is_not_in_the_tree(site: Workshop, out: Path) -> None:
    published(site, out)
    site.configure("topics: false\n")
    site.refresh(NOON + timedelta(days=1))
    published(site, out)
    assert not (out / "topics").exists()


def test_an_empty_folder_may_be_published_to(site: Workshop, out: Path) -> None:
    out.mkdir(parents=True)
    published(site, out)
    assert (out / "feeds/all.rss").exists()


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(site: Workshop, out: Path) -> None:
    out.mkdir(parents=True)
    (out / "precious.txt").write_text("mine")
    with pytest.raises(PublishError, match="not something that publish made"):
        published(site, out)
    assert [path.name for path in out.iterdir()] == ["precious.txt"]


def test_an_empty_folder_is_there_until_the_tree_is(site: Workshop, out: Path) -> None:
    out.mkdir(parents=True)
    (out.parent / ".feeds.releases" / "partial").mkdir(parents=True)
    (out.parent / ".feeds.releases" / "lock").mkdir()
    with pytest.raises(PublishError, match="can't be published"):
        published(site, out)
    assert out.is_dir()


@pytest.mark.parametrize("target", ["folder", "folder/file", "nowhere", "folder/0123456789abcdef"])
def test_a_link_to_something_else_is_refused_and_left_alone(site: Workshop, out: Path, target: str) -> None:
    folder = out.parent / "folder"
    folder.mkdir(parents=True)
    (folder / "file").write_text("mine")
    out.symlink_to(target)
    with pytest.raises(PublishError, match=f"made, but a link to {target}; expected a new path"):
        published(site, out)
    assert out.readlink() == Path(target)
    assert not (out.parent / ".feeds.releases").exists()


@pytest.mark.parametrize("place", ["feeds", "feeds/below"])
def test_a_link_that_leads_to_itself_is_refused(site: Workshop, out: Path, place: str) -> None:
    out.parent.mkdir()
    out.symlink_to("feeds")
    with pytest.raises(PublishError, match=r"but a link to feeds;|Too many levels of symbolic links"):
        published(site, out.parent / place)
    assert [path.name for path in out.parent.iterdir()] == ["feeds"]


@pytest.mark.parametrize("deleted", ["", "0123456789abcdef"])
def test_a_link_to_a_release_that_somebody_deleted_is_replaced(
    site: Workshop, out: Path, deleted: str
) -> None:
    release = published(site, out).release
    shutil.rmtree(out.resolve())
    if deleted:
        out.unlink()
        out.symlink_to(f".feeds.releases/{deleted}")
    result = published(site, out)
    assert (result.release, result.is_new) == (release, True)
    assert (out / "feeds/all.rss").exists()


def test_releases_may_lie_elsewhere_by_a_link(site: Workshop, out: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    out.parent.mkdir()
    (out.parent / ".feeds.releases").symlink_to(tmp_path / "disk")
    first, second = published(site, out), published(site, out)
    assert (first.is_new, second.is_new) == (True, False)


@pytest.mark.parametrize("name", ["mine", "0123456789ABCDEF", "0123456789abcdef0"])
def test_what_somebody_else_has_among_the_releases_stays(site: Workshop, out: Path, name: str) -> None:
    published(site, out)
    precious = out.parent / ".feeds.releases" / name / "file"
    precious.parent.mkdir()
    precious.write_text("mine")
    site.write("quay")
    site.refresh(NOON + HOUR)
    assert published(site, out).is_new
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("place", ["", ".."])
def test_a_place_without_a_name_is_refused(site: Workshop, place: str) -> None:
    with pytest.raises(PublishError, match="has no name of its own, expected the path of a tree"):
        published(site, Path(place))


def test_two_at_once_are_refused(site: Workshop, out: Path) -> None:
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        publish(wiring.tree, snapshot, out)
        paths = wiring.families[0].paths

        def publish_again(*_: object) -> object:
            with pytest.raises(PublishError, match="another publish is under way"):
                publish(wiring.families[1:], snapshot, out)
            return paths(snapshot)

        family = type("Family", (), {"find": wiring.families[0].find, "paths": staticmethod(publish_again)})()
        publish([family], snapshot, out)


def test_a_tree_that_can_not_be_written_leaves_the_old_one(site: Workshop, out: Path, tmp_path: Path) -> None:
    published(site, out)
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="can't be published"):
        published(site, tmp_path / "file" / "below")
    assert (out / "feeds/all.rss").exists()


def test_fault_27_nothing_unpublished_is_in_the_tree(workshop: Workshop, out: Path) -> None:
    workshop.write(
        "canary", "published: false", "topics: [Canarytopic]", title="Canarytitle", body="Canarybody"
    )
    workshop.write("ferry", 'secured: "Canarysecret"')
    workshop.refresh()
    published(workshop, out)
    everything = b"".join(
        path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.suffix not in {".gz", ".br", ".zst"}
    )
    assert b"Ferry" in everything
    assert b"canary" not in everything.lower()


def test_a_process_that_helps_makes_the_same_tree(site: Workshop, out: Path) -> None:
    for number in range(60):
        site.write(f"boat-{number}", f"topics: [Boats, 'Kind {number}']")
    site.refresh(NOON + HOUR)
    alone = published(site, out.with_name("alone"))
    process = PublishingProcess(site.settings(), ())
    process.start()
    try:
        with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
            together = publish(wiring.tree, snapshot, out, helper=process)
    finally:
        process.stop()
    assert together == alone
    assert sorted(path.name for path in out.resolve().rglob("*")) == sorted(
        path.name for path in out.with_name("alone").resolve().rglob("*")
    )


@dataclass
class Idle:
    """A helper that does nothing."""

    asked: list[tuple[Part, int]] = field(default_factory=list)

    def begin(self, part: Part, generation: int) -> None:
        self.asked.append((part, generation))

    def lines(self) -> None:
        return None

    def stop(self) -> None:
        return None


def test_what_a_helper_does_not_do_is_done_all_the_same(site: Workshop, out: Path) -> None:
    alone, idle = published(site, out.with_name("alone")), Idle()
    with site.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        assert publish(wiring.tree, snapshot, out, helper=idle) == alone
    assert [(part.number, part.of, generation) for part, generation in idle.asked] == [(1, 2, 1)]


class Late(Idle):
    """A helper that writes until it is stopped."""

    def stop(self) -> None:
        ((part, _),) = self.asked
        part.tree.mkdir(parents=True, exist_ok=True)
        (part.tree / "late.rss").write_text("")


class Full:
    """Documents for which the disk has no room."""

    def paths(self, _snapshot: Snapshot) -> Iterator[str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def find(self, _path: str, _snapshot: Snapshot) -> None:
        return None


def test_fault_57_a_publish_that_fails_leaves_nothing_on_the_disk_once_its_helper_is_stopped(
    site: Workshop, out: Path
) -> None:
    with (
        site.wired() as (wiring, catalogue),
        catalogue.snapshot() as snapshot,
        pytest.raises(PublishError, match=r"No space left on device.*; what was there stands"),
    ):
        publish([*wiring.tree, Full()], snapshot, out, helper=Late())
    assert [path.name for path in (out.parent / ".feeds.releases").iterdir()] == ["lock"]


def test_a_process_that_dies_or_sees_another_generation_gives_nothing(site: Workshop, out: Path) -> None:
    out.mkdir(parents=True)
    part = Part(0, 1, out, ())
    for generation, dies in ((7, False), (1, True)):
        process = PublishingProcess(site.settings(), ())
        process.start()
        if dies and process._running is not None:
            process._running.process.kill()
        process.begin(part, generation)
        assert process.lines() is None
        process.stop()
    assert list(out.iterdir()) == []


def test_where_no_process_is_to_be_had_the_tree_is_written_all_the_same(
    site: Workshop, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refuse)
    monkeypatch.setattr(operations, "_MANY", 0)
    _, result = publish_site(site.settings(), out, NOON + HOUR, lambda *_: None)
    assert result.documents > 0
    assert (out / "feeds/all.rss").exists()
