"""The tools of editors as a newcomer would try them: on the sample site, and on the articles from which this project grew."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import cli
from tests.real_input import CORPUS, needs_corpus

ROOT = Path(__file__).parents[1]
SEED = "2021-06-02-facebook-is-moving-all-of-its-ai-models-to-the-open-source-pytorch-framework.md"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a clone: the sample site in config/, as the commands find it without being told."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    sources = "".join(
        f"  - {{name: {name}, path: {CORPUS / name}}}\n" for name in ("news", "videos", "organizations")
    )
    path = tmp_path / "site.yaml"
    path.write_text(
        "site: {title: Corpus, url: https://news.example.org}\nsources:\n"
        + sources
        + "feeds: [{id: good, title: Good, where: {topics: [Power Apps], min_quality: 60}}]\n"
    )
    return str(path)


# The sample site


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("config/content/news/2025-02-03-tessera-two.md", "published"),
        ("content/news/2025-02-03-tessera-two.md", "published"),
        ("https://tessera.example/blog/two", "published"),
        ("notes-on-house-style", "published"),
        ("config/content/news/2099-01-01-the-future.md", "scheduled for 2099-01-01 00:00 UTC"),
        ("https://ledgerofmachines.example/merger", "unpublished"),
        ("config/content/posts/a-draft.md", "unpublished"),
        ("config/content/news/2025-03-18-withdrawn.md", "withdrawn"),
        ("config/content/news/2025-03-04-osprey-chip.md", "duplicate of"),
        ("config/content/news/README.md", "skipped as no article"),
        ("config/content/news/harrow-labs.md", "skipped as no article"),
        ("config/content/posts/drafts/ideas.md", "skipped since exclude of source posts names it"),
        ("config/aggregator.yaml", "skipped since it lies in no source's folder"),
    ],
)
def test_every_state_of_the_samples_is_explained(what: str, state: str) -> None:
    result = run("explain", what)
    assert result.exit_code == 0
    assert f"\nstate: {state}" in result.stdout


def test_the_sample_that_is_broken_is_explained_once_its_source_is_there(site: Path) -> None:
    path = site / "aggregator.yaml"
    path.write_text(path.read_text().replace("  # - name: broken\n  #   path", "  - name: broken\n    path"))
    result = run("explain", "config/content/broken/2025-06-01-broken-on-purpose.md")
    assert "\nstate: broken (" in result.stdout
    assert "problem: " in result.stdout


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "what", ["config/content/news/nope.md", "https://tessera.example/none", "config", ""]
)
def test_what_is_no_article_of_the_samples_is_status_2(what: str) -> None:
    assert run("explain", what).exit_code == 2


def test_a_secret_of_the_samples_is_in_no_explanation(site: Path) -> None:
    files = [path for path in site.rglob("*.md") if b"secured:" in path.read_bytes()]
    assert files
    for path in files:
        for form in ([], ["--json"]):
            assert "dummy-value" not in run("explain", str(path), *form).stdout


@pytest.mark.usefixtures("site")
def test_check_of_the_samples_finds_what_is_there_to_be_found() -> None:
    result = run("check", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["summary"]["errors"] == 0
    assert Counter(one["rule"] for one in document["problems"] if one["severity"] == "warning") == {
        None: 2,
        "far-future": 1,
    }
    assert run("check", "--strict").exit_code == 1


def test_diff_of_the_samples_with_a_changed_copy_tells_the_change(site: Path) -> None:
    text = (site / "aggregator.yaml").read_text(encoding="utf-8")
    changed = site / "changed.yaml"
    changed.write_text(
        text.replace("types: [video]", "types: [audio]").replace('tag: "modelwire', 'tag: "other')
    )
    result = run("diff", str(changed), "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [feed["path"] for feed in document["feeds"]] == ["/feeds/videos"]
    assert len(document["feeds"][0]["leaving"]) > 1
    assert {one["before"].partition(":")[0] for one in document["identities"]} == {"tag"}
    assert run("diff", "config/aggregator.yaml").exit_code == 0


@pytest.mark.usefixtures("site")
def test_new_begins_an_article_in_the_samples() -> None:
    path = run("new", "Wir messen weiter: Teil 2", "--source", "posts").stdout.strip()
    assert "teaser: " in Path(path).read_text(encoding="utf-8")
    assert "\nstate: unpublished" in run("explain", path).stdout
    assert run("new", "x", "--source", "post").exit_code == 2


# The corpus


@needs_corpus
def test_the_corpus_is_explained_file_by_file(corpus: str) -> None:
    result = run("explain", SEED, "--config", corpus)
    assert result.exit_code == 0
    assert "min_quality 60: article has" in result.stdout
    document = json.loads(run("explain", SEED, "--config", corpus, "--json").stdout)
    address = document["article"]["original_url"]
    assert run("explain", address, "--config", corpus).stdout == result.stdout
    secret = (CORPUS / "news" / SEED).read_text(encoding="utf-8").partition("secured: ")[2].partition("\n")[0]
    assert secret.strip('"')[:20] not in json.dumps(document)


@needs_corpus
def test_an_organization_of_the_corpus_is_no_article(corpus: str) -> None:
    path = next((CORPUS / "organizations").glob("*.md"))
    assert "state: skipped as no article" in run("explain", str(path), "--config", corpus).stdout


@needs_corpus
def test_the_corpus_has_no_errors_and_its_findings_have_places(corpus: str) -> None:
    result = run("check", "--config", corpus, "--json")
    problems = json.loads(result.stdout)["problems"]
    assert result.exit_code == 0
    assert all(one["line"] for one in problems if "same identity" not in one["reason"])


@needs_corpus
def test_the_corpus_compared_with_itself_and_with_a_stricter_feed(corpus: str, tmp_path: Path) -> None:
    assert run("diff", corpus, "--config", corpus).exit_code == 0
    other = tmp_path / "other.yaml"
    other.write_text(Path(corpus).read_text().replace("min_quality: 60", "min_quality: 99"))
    result = run("diff", str(other), "--config", corpus)
    assert result.exit_code == 1
    assert "more (--json has all)" in result.stdout
    assert "0 identities change" in result.stdout
