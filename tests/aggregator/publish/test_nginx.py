"""nginx, with the configuration that publish writes, over the tree that publish writes: it answers as our own server does."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aggregator.server.directives import quoted
from tests.aggregator.cli.test_cli import run_on
from tests.aggregator.running_site import Answer, RunningSite, free_port, running, wait_for
from tests.aggregator.workshop import Workshop

PROGRAM = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")

WRITTEN = "# Written by `aggregator publish`"
COMMON = (
    "Content-Type",
    "Cache-Control",
    "Vary",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Content-Security-Policy",
    "Content-Encoding",
    "Last-Modified",
)
FEEDS = (
    "/feeds/all.rss",
    "/feeds/all.atom",
    "/feeds/all.json",
    "/topics/boats.atom",
    "/feeds/all/archive/1.atom",
)
DOCUMENTS = (*FEEDS, "/feeds.opml", "/static/site.css", "/static/site.js", "/static/icon.svg")
PAGES = ("/", "/topics", "/topics/boats", "/providers/pier.example", "/feeds/best")
NOWHERE = (
    "/nothing",
    "/feeds/nothing.rss",
    "/manifest.json",
    "/index",
    "/index.html",
    "/topics/",
    "/topics/boats.html",
    "//feeds/all.rss",
    "/feeds/all.rss.gz",
    "/static/site.css.br",
    "/feeds/..%2fsite.yaml",
)
REDIRECTED = ("/feed", "/rss", "/feed.xml", "/atom.xml", "/feed.json", "/feeds/old", "/feeds/old.atom")


@dataclass(frozen=True)
class Pair:
    """The same site, served by nginx and by our own server."""

    nginx: RunningSite
    ours: RunningSite
    tree: Path

    def answers(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[Answer, Answer]:
        return self.nginx.get(path, headers, method), self.ours.get(path, headers, method)


@contextmanager
def served_by_nginx(folder: Path, tree: Path) -> Iterator[RunningSite]:
    """Serve a published tree by nginx until the end of the block."""
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As Debian has it, where it compresses and names a charset by itself.
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}"
        "gzip on;\ncharset koi8-r;\ndefault_type application/octet-stream;\n"
        f"server {{\nlisten 127.0.0.1:{(port := free_port())};\nroot {tree};\ninclude {tree}.nginx.conf;\n}}\n}}\n"
    )
    assert PROGRAM is not None
    with (folder / "nginx.log").open("w") as log:
        process = subprocess.Popen(
            [PROGRAM, "-e", "stderr", "-c", folder / "nginx.conf"], stderr=log, text=True
        )
    site = RunningSite(process, port=port)
    try:
        wait_for(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "nginx.log").read_text()
        yield site
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def site_in(folder: Path, base: str = "") -> Workshop:
    shop = Workshop(folder)
    shop.configure(
        "defaults: {limit: 3}\n"
        "feeds: [{id: best, title: Best}]\n"
        "moved: {old: best}\n"
        "gone: [retired]\n"
        "embeds: [player.example]\n"
        "reload: {every: 1h, watch: false}\n"
    )
    shop.config_path.write_text(shop.text.replace("news.example.org", f"news.example.org{base}"))
    for number in range(9):
        shop.write(f"ferry-{number}", "topics: [Boats]", "provider: {name: Pier, domain: pier.example}")
    shop.refresh()
    return shop


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    shop = site_in(tmp_path_factory.mktemp("site"))
    tree = shop.folder / "out"
    assert run_on(shop, "publish", str(tree)).exit_code == 0
    with served_by_nginx(shop.folder, tree) as nginx, running(shop) as ours:
        yield Pair(nginx, ours, tree)


def fields(answer: Answer, *names: str) -> dict[str, str | None]:
    return {name: answer.headers[name] for name in names or COMMON}


@needs_nginx
@pytest.mark.parametrize("coding", ["", "gzip"])
@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_are_the_same_with_the_same_fields(pair: Pair, path: str, coding: str) -> None:
    theirs, ours = pair.answers(path, {"Accept-Encoding": coding} if coding else None)
    assert (theirs.status, ours.status) == (200, 200)
    assert theirs.body == ours.body
    assert fields(theirs) == fields(ours)
    assert theirs.headers["Content-Encoding"] == (coding or None)


@needs_nginx
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_those_of_the_tree_with_the_same_fields(pair: Pair, path: str) -> None:
    theirs, ours = pair.answers(path)
    assert (theirs.status, ours.status) == (200, 200)
    assert theirs.body == (pair.tree / f"{path.removeprefix('/') or 'index'}.html").read_bytes()
    assert fields(theirs) == fields(ours)
    assert "frame-src https://player.example" in theirs.headers["Content-Security-Policy"]


@needs_nginx
@pytest.mark.parametrize("path", [*DOCUMENTS, *PAGES])
def test_who_holds_what_is_current_gets_a_304(pair: Pair, path: str) -> None:
    held = pair.nginx.get(path, {"Accept-Encoding": "gzip"})
    by_tag = pair.nginx.get(path, {"Accept-Encoding": "gzip", "If-None-Match": held.headers["ETag"]})
    by_date = [
        answer.status for answer in pair.answers(path, {"If-Modified-Since": held.headers["Last-Modified"]})
    ]
    later = [
        answer.status for answer in pair.answers(path, {"If-Modified-Since": "Sun, 01 Nov 2026 00:00:00 GMT"})
    ]
    other = [answer.status for answer in pair.answers(path, {"If-None-Match": '"another"'})]
    assert (by_tag.status, by_tag.body, by_date, later, other) == (
        304,
        b"",
        [304, 304],
        [304, 304],
        [200, 200],
    )
    names = ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin")
    assert fields(by_tag, *names) == fields(held, *names)


@needs_nginx
def test_each_form_has_a_tag_of_its_own(pair: Pair) -> None:
    plain, compressed = (
        pair.nginx.get("/feeds/all.rss", {"Accept-Encoding": coding}).headers["ETag"]
        for coding in ("identity", "gzip")
    )
    assert plain != compressed
    assert not plain.startswith("W/")


@needs_nginx
def test_the_compressed_form_is_sent_through_a_cdn_as_well(pair: Pair) -> None:
    answer = pair.nginx.get("/feeds/all.rss", {"Accept-Encoding": "gzip", "Via": "1.1 cdn.example"})
    assert answer.headers["Content-Encoding"] == "gzip"


@needs_nginx
@pytest.mark.parametrize("path", ["/feeds/all.rss", "/topics/boats", "/nothing", "/feeds/retired"])
def test_head_says_what_get_says(pair: Pair, path: str) -> None:
    head, got = pair.nginx.get(path, method="HEAD"), pair.nginx.get(path)
    assert (head.status, head.body) == (got.status, b"")
    assert fields(head, *COMMON, "Content-Length", "ETag") == fields(got, *COMMON, "Content-Length", "ETag")


@needs_nginx
@pytest.mark.parametrize("path", NOWHERE)
def test_what_our_server_does_not_have_nginx_does_not_have(pair: Pair, path: str) -> None:
    theirs, ours = pair.answers(path)
    assert (theirs.status, ours.status) == (404, 404)
    assert theirs.body == ours.body
    assert fields(theirs) == fields(ours)


@needs_nginx
@pytest.mark.parametrize("path", ["/feeds/retired", "/feeds/retired.rss"])
def test_what_is_gone_is_gone(pair: Pair, path: str) -> None:
    theirs, ours = pair.answers(path)
    assert (theirs.status, ours.status) == (410, 410)
    assert theirs.body == ours.body
    assert fields(theirs) == fields(ours)


@needs_nginx
@pytest.mark.parametrize("path", REDIRECTED)
def test_what_has_moved_leads_to_the_same_address(pair: Pair, path: str) -> None:
    theirs, ours = pair.answers(path)
    names = ("Location", "Cache-Control", "Access-Control-Allow-Origin")
    assert (theirs.status, ours.status) == (301, 301)
    assert fields(theirs, *names) == fields(ours, *names)
    assert theirs.headers["Location"].startswith("https://news.example.org/feeds/")


@needs_nginx
@pytest.mark.parametrize("path", ["/feeds/all.rss", "/feed", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_other_methods_are_refused_alike(pair: Pair, path: str, method: str) -> None:
    theirs, ours = pair.answers(path, method=method)
    assert (theirs.status, ours.status) == (405, 405)
    assert theirs.body == ours.body
    assert fields(theirs, *COMMON, "Allow") == fields(ours, *COMMON, "Allow")


@needs_nginx
@pytest.mark.parametrize("asked", [{}, {"Access-Control-Request-Method": "GET"}], ids=["plain", "preflight"])
def test_options_are_told_alike(pair: Pair, asked: dict[str, str]) -> None:
    theirs, ours = pair.answers("/feeds/all.rss", asked, "OPTIONS")
    names = (
        "Allow",
        "Cache-Control",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Max-Age",
    )
    assert (theirs.status, ours.status) == (204, 204)
    assert fields(theirs, *names) == fields(ours, *names)


@needs_nginx
def test_a_site_below_a_path_is_there_with_it_and_without(tmp_path: Path) -> None:
    shop = site_in(tmp_path, base="/wire")
    tree = shop.folder / "out"
    assert run_on(shop, "publish", str(tree)).exit_code == 0
    with served_by_nginx(shop.folder, tree) as nginx:
        statuses = {
            path: nginx.get(path).status
            for path in ("/wire", "/wire/feeds/all.rss", "/feeds/all.rss", "/wires")
        }
        moved = nginx.get("/wire/rss").headers["Location"]
    assert statuses == {"/wire": 200, "/wire/feeds/all.rss": 200, "/feeds/all.rss": 200, "/wires": 404}
    assert moved == "https://news.example.org/wire/feeds/all.rss"


def test_it_lies_beside_the_tree_and_not_within(tmp_path: Path) -> None:
    shop = site_in(tmp_path)
    assert run_on(shop, "publish", str(tmp_path / "out"), "--only", "rss", "--plain").exit_code == 0
    text = (tmp_path / "out.nginx.conf").read_text()
    assert not list((tmp_path / "out").rglob("*nginx*"))
    # Of the formats that there are, an alias leads to the first.
    assert "location = /atom.xml {" in text
    assert "/feeds/all.atom" not in text


def put_folder(path: Path) -> None:
    path.mkdir()


def put_note(path: Path) -> None:
    path.write_text("# My own.\nroot /srv;\n")


def put_fifo(path: Path) -> None:
    os.mkfifo(path)


def put_link(path: Path) -> None:
    path.with_name("elsewhere").write_text(WRITTEN)
    path.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("put", "found"),
    [
        (put_folder, "a folder"),
        (put_note, "a file"),
        (put_fifo, "no regular file"),
        (put_link, "a link to elsewhere"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_somebody_else_put_in_its_place_stays_and_nothing_is_published(
    tmp_path: Path, put: Callable[[Path], None], found: str, *, is_first: bool
) -> None:
    shop, out, target = site_in(tmp_path), tmp_path / "out", tmp_path / "out.nginx.conf"
    if not is_first:
        assert run_on(shop, "publish", str(out)).exit_code == 0
        target.unlink()
        shop.write("quay")
    put(target)
    before = as_it_is(out)
    result = run_on(shop, "publish", str(out))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"{target}: is {found}, which publish did not write; expected no file there, or one that begins with {WRITTEN!r}\n"
    )
    assert as_it_is(out) == before


def as_it_is(out: Path) -> list[tuple[str, str]]:
    """Give what lies at and beside a tree, and below its releases, and where links lead."""
    paths = [*out.parent.glob(f"{out.name}*"), *out.parent.glob(f".{out.name}*"), *out.parent.glob(".out*/*")]
    return sorted(
        (
            path.name,
            str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else "",
        )
        for path in paths
    )


@pytest.mark.parametrize("begin", ["", f"{WRITTEN}, in another way than now.\n"], ids=["empty", "earlier"])
def test_a_file_of_an_earlier_version_is_replaced_and_one_that_is_empty(tmp_path: Path, begin: str) -> None:
    shop, target = site_in(tmp_path), tmp_path / "out.nginx.conf"
    target.write_text(begin)
    assert run_on(shop, "publish", str(tmp_path / "out")).exit_code == 0
    assert target.read_text().startswith(f"{WRITTEN}, anew each time")


def test_it_is_written_anew_though_the_tree_is_the_same(tmp_path: Path) -> None:
    shop, target = site_in(tmp_path), tmp_path / "out.nginx.conf"
    texts = []
    for _ in range(2):
        assert run_on(shop, "publish", str(tmp_path / "out")).exit_code == 0
        texts.append(target.read_text())
        target.unlink()
    assert texts[0] == texts[1]


def test_a_link_at_the_name_under_which_it_is_written_is_not_followed(tmp_path: Path) -> None:
    shop = site_in(tmp_path)
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".out.nginx.conf.partial").symlink_to("mine")
    assert run_on(shop, "publish", str(tmp_path / "out")).exit_code == 0
    assert (tmp_path / "mine").read_text() == "mine"


def test_quotes_and_line_ends_are_escaped_and_what_begins_a_variable_is_refused() -> None:
    assert quoted('say "a\\b"\n') == '"say \\"a\\\\b\\"\\n"'
    with pytest.raises(ValueError, match="without a dollar sign"):
        quoted("$uri")
