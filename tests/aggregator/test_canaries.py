"""What is secured, and what is not published, in none of all that comes out: looked for in every output that there is, as bytes."""

import gzip
import json
import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import brotli
import pytest
import zstandard
from click.testing import CliRunner

from aggregator.cli import cli
from tests.aggregator.running_site import RunningSite, limited, running, wait_for
from tests.aggregator.workshop import Workshop

SECURED = "canarysecured"
HIDDEN = "canaryhidden"
_TICKING = "reload: {every: 1s, watch: false}\n"
_STATUS = (
    "server: {status: loopback}\nfeeds: [{id: boats, title: Boats, where: {topics: [Boats]}, fold: true}]\n"
)
_ELSEWHERE = (
    "/metrics",
    "/status",
    "/healthz",
    "/readyz",
    "/nowhere",
    "/search?q=boats",
    "/search.json?q=boats",
)
_FOUND_NOTHING = tuple(f"/search.{suffix}?topic={HIDDEN}" for suffix in ("atom", "rss", "json"))

# What makes an article one that nobody sees.
_REASONS = {
    "unpublished": "published: false",
    "draft": "draft: true",
    "scheduled": "publishedDateTime: 2099-01-01",
    "removed": "removed: true",
    "deleted": "deleted: true",
}


def hide(workshop: Workshop, name: str, *lines: str) -> None:
    """Write an article of which each word is a canary."""
    workshop.write(
        name,
        f"excerpt: {HIDDEN} excerpt",
        f"topics: [{HIDDEN}, Boats]",
        f"category: {HIDDEN}",
        f"originalUrl: https://{HIDDEN}.example/{name}",
        f"webUrl: https://{HIDDEN}.example/{name}/here",
        f"provider: {{name: {HIDDEN} press, domain: {HIDDEN}.example, authors: [{{name: {HIDDEN} author}}]}}",
        f"images: [{{url: 'https://{HIDDEN}.example/a.png', title: {HIDDEN} picture}}]",
        *lines,
        title=f"{HIDDEN} title of {name}",
        body=f"The {HIDDEN} body.",
    )


@pytest.fixture
def site_with_secrets(workshop: Workshop) -> Workshop:
    workshop.configure(_TICKING + _STATUS)
    workshop.write(
        "ferry",
        f"secured: {SECURED}",
        f"provider: {{name: Pier, domain: pier.example, secured: {SECURED}}}",
        f"images: [{{url: 'https://pier.example/a.png', secured: {SECURED}}}]",
        f"related: [{{title: Tide, webUrl: 'https://pier.example/tide', secured: {SECURED}}}, "
        f"{{title: {HIDDEN}, webUrl: 'https://{HIDDEN}.example/', published: false}}]",
        "topics: [Boats]",
        body="Boats.",
    )
    workshop.write("broken", f"secured: {SECURED}", "heat: much", "topics: [Boats]")
    for name, line in _REASONS.items():
        hide(workshop, name, line, f"secured: {SECURED}")
    return workshop


def expect_none(outputs: Mapping[str, bytes], *canaries: str) -> None:
    held = {
        (name, canary)
        for name, data in outputs.items()
        for canary in canaries
        if canary.encode() in data.lower()
    }
    assert held == set()


def paths_of(workshop: Workshop, out: Path) -> list[str]:
    """Give the path of every document, as a publish names them."""
    result = CliRunner().invoke(cli, ["publish", str(out), "--config", str(workshop.config_path)])
    assert result.exit_code == 0, result.output
    return [one["path"] for one in json.loads((out / "manifest.json").read_text())["documents"]]


def answers_of(site: RunningSite, paths: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in (*paths, *_ELSEWHERE, *_FOUND_NOTHING):
        answer = site.get(path)
        yield f"GET {path}", str(answer.headers).encode() + answer.body
        page = site.get(path, {"Accept": "text/html"})
        yield f"GET {path} as a page", str(page.headers).encode() + page.body


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {str(path): unpacked(path) for path in folder.rglob("*") if path.is_file()}


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".br":
        return bytes(brotli.decompress(data))
    return zstandard.ZstdDecompressor().decompress(data) if path.suffix == ".zst" else data


def database_of(workshop: Workshop) -> Mapping[str, bytes]:
    """Give what lies in the files of the catalogue, what is written ahead included."""
    return {path.name: path.read_bytes() for path in workshop.folder.glob("catalogue.db*")}


def test_fault_27_no_canary_is_in_any_answer_in_the_log_or_in_the_database(
    site_with_secrets: Workshop, tmp_path: Path
) -> None:
    workshop = site_with_secrets
    paths = paths_of(workshop, tmp_path / "out")
    with running(workshop, "--request-log", "all", "--log-format", "json") as site:
        outputs = dict(answers_of(site, paths))
        with limited(site, resource.RLIMIT_FSIZE, 1):
            workshop.write("quay", f"secured: {SECURED}")
            hide(workshop, "late", "published: false")
            wait_for(lambda: site.says("refresh.failed"))
        wait_for(lambda: b"Quay" in site.get("/feeds/all.rss").body)
        outputs |= database_of(workshop)
        assert any(b"Ferry" in data for name, data in outputs.items() if name.startswith("catalogue.db"))
        outputs |= answers_of(site, paths)
    outputs["log"] = "".join(site.lines).encode()
    # A query is nowhere in the log; that of a search is in the answer's own links.
    asked = {f"GET {path}{form}" for path in _FOUND_NOTHING for form in ("", " as a page")}
    expect_none({name: data for name, data in outputs.items() if name not in asked}, SECURED, HIDDEN)
    expect_none(
        {name: data.replace(f"topic={HIDDEN}".encode(), b"") for name, data in outputs.items()},
        f"{HIDDEN} title",
    )


# The program with a bug in what comes after an article was read, one that tells all that it was given.
_WITH_A_BUG = """
import sys
from aggregator.source import intake
from aggregator.__main__ import main
prepare = intake.prepare
def with_a_bug(article, **options):
    if article.title == "Quay":
        raise ZeroDivisionError(repr(article))
    return prepare(article, **options)
intake.prepare = with_a_bug
del sys.argv[:3]
main()
"""


@pytest.mark.parametrize("form", ["json", "human"])
def test_fault_27_no_canary_is_in_a_traceback(site_with_secrets: Workshop, form: str) -> None:
    workshop = site_with_secrets
    with running(workshop, "--log-format", form, within=(sys.executable, "-c", _WITH_A_BUG)) as site:
        hide(workshop, "late", "published: false")
        workshop.write(
            "quay", f"secured: {SECURED}", f"provider: {{name: The Pier Post, secured: {SECURED}}}"
        )
        wait_for(lambda: site.says("ZeroDivisionError"))
    log = "".join(site.lines)
    assert "Traceback (most recent call last)" in log
    # The bug told of the article, all but what is secured.
    assert "The Pier Post" in log
    expect_none({"log": log.encode()}, SECURED, HIDDEN)


def test_fault_27_no_canary_is_in_the_static_tree(site_with_secrets: Workshop, tmp_path: Path) -> None:
    paths_of(site_with_secrets, tmp_path / "out")
    files = files_of((tmp_path / "out").resolve())
    assert any(b"Ferry" in data for data in files.values())
    expect_none(files, SECURED, HIDDEN)
    expect_none({name: name.encode() for name in files}, SECURED, HIDDEN)


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["check", "--json"],
        ["check", "--sarif"],
        ["explain", "ferry.md", "--all", "--json"],
        ["explain", "unpublished.md"],
        ["explain", "broken.md"],
        ["diff", "other.yaml"],
        ["diff", "other.yaml", "--json"],
        ["preview", "all", "--format", "json"],
        ["preview", "boats"],
    ],
)
def test_fault_27_nothing_secured_is_in_what_a_command_says(
    site_with_secrets: Workshop, command: list[str]
) -> None:
    workshop = site_with_secrets
    other = workshop.folder / "other.yaml"
    other.write_text(workshop.text.replace("title: Boats", "title: All boats"))
    arguments = [str(other) if one == "other.yaml" else one for one in command]
    result = CliRunner().invoke(cli, [*arguments, "--config", str(workshop.config_path)])
    assert result.exit_code in {0, 1}, result.output
    assert result.output
    expect_none({"output": result.output.encode()}, SECURED)
    if command[0] in {"diff", "preview"}:
        expect_none({"output": result.output.encode()}, HIDDEN)


def test_fault_27_what_is_withdrawn_is_nowhere_but_its_identity_in_the_retraction(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.configure(_TICKING + _STATUS)
    workshop.write("ferry", "topics: [Boats]")
    hide(workshop, "was", "id: 'tag:pier.example,2026:was'")
    with running(workshop) as site:
        assert HIDDEN.encode() in site.get("/feeds/all.atom").body
        assert site.get(f"/topics/{HIDDEN}.atom").status == 200
        hide(workshop, "was", "id: 'tag:pier.example,2026:was'", "published: false")
        wait_for(lambda: HIDDEN.encode() not in site.get("/feeds/all.atom").body)
        assert b"tag:pier.example,2026:was" in site.get("/feeds/all.atom").body
        # Whoever follows the topic is told, too, and sees nothing else there.
        topic = site.get(f"/topics/{HIDDEN}.atom").body
        assert (b"tag:pier.example,2026:was" in topic, b"<entry>" in topic) == (True, False)
        assert HIDDEN.encode() not in site.get("/feeds.opml").body
        # What had a feed while it was public keeps that, and its name; all else that the article said is gone.
        outputs = {**dict(answers_of(site, paths_of(workshop, tmp_path / "out"))), **database_of(workshop)}
    said = [f"{HIDDEN} {word}" for word in ("title", "excerpt", "body", "author", "picture")]
    expect_none(outputs, *said, f"{HIDDEN}.example/was")


def test_fault_27_no_date_and_no_validator_moves_when_what_is_not_public_changes(
    site_with_secrets: Workshop, tmp_path: Path
) -> None:
    workshop = site_with_secrets
    paths = [path for path in paths_of(workshop, tmp_path / "out") if not path.startswith("/static")]
    with running(workshop) as site:
        wait_for(lambda: "Last-Modified" in site.get("/feeds.opml").headers)
        before = {path: site.get(path) for path in paths}
        for name, line in _REASONS.items():
            hide(workshop, name, line, "updatedDateTime: 2026-03-02T10:00:00Z", "heat: 99")
        # That it was taken up shows in what is published beside it, in a source of its own.
        hide(workshop, "odd", "published: false", "quality: much")
        wait_for(lambda: site.says("quality: is not what was expected; what the file says is not public"))
        after = {path: site.get(path) for path in paths}
    for name in ("ETag", "Last-Modified"):
        assert {path: one.headers[name] for path, one in before.items()} == {
            path: one.headers[name] for path, one in after.items()
        }
    assert {path: one.body for path, one in before.items()} == {path: one.body for path, one in after.items()}
