"""The commands, as somebody types them: what they print where, and their exit status."""

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import cli
from tests.aggregator.running_site import wait_for
from tests.aggregator.workshop import Workshop


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def run_on(workshop: Workshop, *arguments: str) -> Result:
    return run(*arguments, "--config", str(workshop.config_path))


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"aggregator, version {version('feed-aggregator')}\n"


def test_an_unknown_command_is_status_2() -> None:
    assert run("frobnicate").exit_code == 2


def test_check_finds_nothing_to_say_about_a_good_site(workshop: Workshop) -> None:
    workshop.write("ferry", "excerpt: It sails.", "topics: [Boats]", "images: https://pier.example/a.jpg")
    result = run_on(workshop, "check")
    assert (result.exit_code, result.stdout) == (
        0,
        "1 file (1 public), 1 public article: 0 errors, 0 warnings, 0 hints\n",
    )


def test_check_prints_every_problem_with_its_place_and_is_status_1(workshop: Workshop) -> None:
    workshop.write("ferry", "heat: much")
    workshop.write("quay", "heat: 500")
    result = run_on(workshop, "check")
    assert result.exit_code == 1
    assert f"{workshop.folder}/news/ferry.md:4:7: heat: is 'much', expected a whole number" in result.stdout
    assert f"{workshop.folder}/news/quay.md:4:7: warning: heat: is 500" in result.stdout
    assert "1 error, 1 warning" in result.stdout


def test_check_counts_a_source_that_it_could_not_look_at_and_is_status_1(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: boats, title: Boats, where: {topics: [Boats]}}]\n")
    (workshop.folder / "news").rmdir()
    result = run_on(workshop, "check")
    assert (result.exit_code, result.stdout) == (
        1,
        # Not that the feed selects nothing, either: nobody knows.
        "0 files, 0 public articles: 0 errors, 0 warnings, 0 hints, 1 source not looked at\n",
    )


def test_check_lets_warnings_pass_unless_it_is_strict(workshop: Workshop) -> None:
    workshop.write("quay", "heat: 500")
    assert run_on(workshop, "check").exit_code == 0
    assert run_on(workshop, "check", "--strict").exit_code == 1


def test_check_tells_programs_the_same_as_json(workshop: Workshop) -> None:
    workshop.write("ferry", "heat: much")
    document = json.loads(run_on(workshop, "check", "--json").stdout)
    (problem,) = document["problems"]
    assert (problem["line"], problem["key"], problem["value"], problem["severity"]) == (
        4,
        "heat",
        "'much'",
        "error",
    )
    assert document["summary"]["files"] == 1


def test_check_can_leave_out_what_matters_less(workshop: Workshop) -> None:
    workshop.write("ferry", "heat: much")
    workshop.write("quay", "heat: 500")
    said = {
        least: run_on(workshop, "check", "--least", least).stdout for least in ("hint", "warning", "error")
    }
    assert [said["hint"].count(mark) for mark in ("hint: ", "warning: ", "is 'much'")] == [1, 1, 1]
    assert [said["warning"].count(mark) for mark in ("hint: ", "warning: ", "is 'much'")] == [0, 1, 1]
    assert [said["error"].count(mark) for mark in ("hint: ", "warning: ", "is 'much'")] == [0, 0, 1]


def test_check_counts_what_it_leaves_out_towards_its_status(workshop: Workshop) -> None:
    workshop.write("quay", "heat: 500")
    assert run_on(workshop, "check", "--strict", "--least", "error").exit_code == 1


def test_check_never_fails_for_a_hint(workshop: Workshop) -> None:
    workshop.write("ferry")
    result = run_on(workshop, "check", "--strict")
    assert "1 hint" in result.stdout
    assert result.exit_code == 0


def test_check_tells_editors_and_code_review_the_same_as_sarif(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workshop.folder)
    workshop.write("ferry", "heat: much")
    result = run_on(workshop, "check", "--sarif")
    (found,) = json.loads(result.stdout)["runs"][0]["results"]
    assert result.exit_code == 1
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "news/ferry.md"},
        "region": {"startLine": 4, "startColumn": 7},
    }


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_check_tells_programs_of_a_configuration_that_can_not_be_used(workshop: Workshop, form: str) -> None:
    workshop.configure("feedz: []\n")
    result = run_on(workshop, "check", form)
    assert result.exit_code == 2
    assert "did you mean 'feeds'" in json.dumps(json.loads(result.stdout))


def test_check_changes_nothing(workshop: Workshop) -> None:
    workshop.write("ferry")
    before = sorted(workshop.folder.rglob("*"))
    run_on(workshop, "check")
    assert sorted(workshop.folder.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("diff", "other.yaml"),
        ("explain", "ferry.md"),
        ("new", "Ferry"),
        ("preview", "all"),
        ("publish", "out"),
        ("serve",),
    ],
)
def test_a_configuration_that_can_not_be_used_is_status_2_with_every_problem(
    workshop: Workshop, command: tuple[str, ...]
) -> None:
    workshop.configure("feedz: []\ntopics: {min_articles: none}\n")
    result = run_on(workshop, *command)
    assert result.exit_code == 2
    assert "site.yaml:5:1" in result.output
    assert "did you mean 'feeds'" in result.output
    assert "site.yaml:6:24" in result.output


def test_a_configuration_that_is_not_there_is_status_2(tmp_path: Path) -> None:
    result = run("preview", "all", "--config", str(tmp_path / "no.yaml"))
    assert result.exit_code == 2
    assert "no.yaml" in result.stderr


def test_fault_17_a_configuration_that_is_a_fifo_is_status_2_and_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "site.yaml")
    command = [sys.executable, "-m", "aggregator", "check", "--config", str(tmp_path / "site.yaml")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 2
    assert "site.yaml: can't be read: it is a FIFO, expected a YAML file" in ended.stdout + ended.stderr


def test_the_configuration_may_be_named_by_the_environment(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_CONFIG", str(workshop.config_path))
    assert run("check").exit_code == 0


@pytest.mark.parametrize(("suffix", "begin"), [("atom", b"<?xml"), ("rss", b"<?xml"), ("json", b"{")])
def test_preview_prints_the_document(workshop: Workshop, suffix: str, begin: bytes) -> None:
    workshop.write("ferry")
    result = run_on(workshop, "preview", "all", "--format", suffix)
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(begin)
    assert b"Ferry" in result.stdout_bytes


def test_preview_takes_a_path_and_shows_what_a_changed_definition_would_say(workshop: Workshop) -> None:
    workshop.write("ferry", "topics: [Boats]")
    workshop.refresh()
    workshop.configure("feeds: [{id: boats, title: Boats, where: {topics: [boats]}}]\n")
    for feed in ("boats", "/feeds/boats", "/topics/boats"):
        assert "Ferry" in run_on(workshop, "preview", feed).stdout


def test_preview_leaves_the_catalogue_that_is_served_alone(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    workshop.write("quay")
    assert "Quay" in run_on(workshop, "preview", "all").stdout
    assert workshop.titles() == ["Ferry"]


def test_preview_makes_no_catalogue_where_there_is_none(workshop: Workshop) -> None:
    workshop.write("ferry")
    assert "Ferry" in run_on(workshop, "preview", "all").stdout
    assert not (workshop.folder / "catalogue.db").exists()


def test_preview_of_no_feed_is_status_2_and_says_what_may_be_meant(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: boats, title: Boats}]\n")
    result = run_on(workshop, "preview", "boots")
    assert result.exit_code == 2
    assert "'boots' is no feed" in result.stderr
    assert "did you mean /feeds/boats?" in result.stderr


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Boats", "/feeds/boats or /topics/boats"),
        ("boats.atom", "/feeds/boats or /topics/boats"),
        ("/topic/boats", "/feeds/boats or /topics/boats"),
        ("Small Tugs", "/topics/small-tugs"),
        ("smal-tugs", "/topics/small-tugs"),
        ("pier.example", "/providers/pier.example"),
        ("/topics/small-tug", "/topics/small-tugs"),
    ],
)
def test_preview_knows_what_is_meant_by_another_form_of_a_name(
    workshop: Workshop, asked: str, meant: str
) -> None:
    workshop.configure("feeds: [{id: boats, title: Boats}]\n")
    workshop.write("ferry", "topics: [Boats, Small Tugs]", "provider: {name: Pier, domain: pier.example}")
    assert f"did you mean {meant}?\n" in run_on(workshop, "preview", asked).stderr


@pytest.mark.parametrize("asked", ["zzz", "/topics/x"])
def test_preview_guesses_nothing_that_is_far_off(workshop: Workshop, asked: str) -> None:
    result = run_on(workshop, "preview", asked)
    assert result.stderr.strip().endswith("expected an id such as 'all' or a path such as '/topics/ai'")


def test_publish_writes_the_tree_and_says_so(workshop: Workshop) -> None:
    workshop.write("ferry")
    out = workshop.folder / "out"
    first, second = run_on(workshop, "publish", str(out)), run_on(workshop, "publish", str(out))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "published" in first.stdout
    assert "unchanged" in second.stdout
    assert (out / "feeds/all.rss").exists()


def test_publish_tells_of_errors_but_not_what_a_file_says_that_is_not_public(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.write("quay", "heat: much")
    workshop.write("secret", "heat: canary", "published: false")
    workshop.write("odd", "heat: 500")
    result = run_on(workshop, "publish", str(workshop.folder / "out"))
    assert result.exit_code == 0
    assert result.stdout.endswith(", 2 articles, 2 errors\n")
    quay, secret = result.stderr.splitlines()
    assert quay == f"{workshop.folder}/news/quay.md:4:7: heat: is 'much', expected a whole number"
    assert secret.startswith(f"{workshop.folder}/news/secret.md:4:7: heat: is not what was expected; what")


def test_publish_tells_of_a_file_that_is_no_article_any_more(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    path = workshop.write("ferry")
    for _ in range(2):
        assert run_on(workshop, "publish", str(workshop.folder / "out")).exit_code == 0
        path.write_text("Only words.")
    assert caplog.messages == [
        f"{path} held an article and is none any more: it has no front matter, or neither title nor date in it"
    ]


def test_publish_only_one_format_writes_feeds_that_link_to_no_archive(workshop: Workshop) -> None:
    for number in range(60):
        workshop.write(f"ferry-{number}", "topics: [Boats]")
    out = workshop.folder / "out"
    result = run_on(workshop, "publish", str(out), "--only", "rss", "--plain")
    assert result.exit_code == 0
    names = sorted(
        str(path.relative_to(out.resolve())) for path in out.resolve().rglob("*") if path.is_file()
    )
    assert names == ["feeds/all.rss", "manifest.json", "topics/boats.rss"]
    assert b"prev-archive" not in (out / "feeds/all.rss").read_bytes()


@pytest.mark.parametrize("command", [("preview", "all"), ("explain", "ferry.md")])
def test_fault_59_a_command_that_changes_nothing_leaves_a_broken_catalogue_where_it_is(
    workshop: Workshop, command: tuple[str, str]
) -> None:
    workshop.write("ferry")
    (workshop.folder / "catalogue.db").write_bytes(b"no database" * 1000)
    result = run_on(workshop, *command)
    assert result.exit_code == 0
    assert "Ferry" in result.stdout
    assert (workshop.folder / "catalogue.db").read_bytes() == b"no database" * 1000
    assert not [*workshop.folder.glob("catalogue.db.*")]


def test_fault_24_publish_of_a_source_that_is_gone_keeps_what_it_held_and_is_status_1(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    path = workshop.write("ferry")
    out = workshop.folder / "out"
    run_on(workshop, "publish", str(out))
    path.unlink()
    path.parent.rmdir()
    result = run_on(workshop, "publish", str(out))
    assert result.exit_code == 1
    assert "can't be read: No such file or directory" in caplog.text
    assert "1 article" in result.stdout
    assert b"Ferry" in (out / "feeds/all.rss").read_bytes()


def test_a_catalogue_is_of_one_configuration(workshop: Workshop) -> None:
    workshop.write("ferry")
    out, theirs = workshop.folder / "out", workshop.folder / "theirs"
    assert run_on(workshop, "publish", str(out)).exit_code == 0
    other = workshop.folder / "intranet.yaml"
    text = workshop.config_path.read_text().replace("news.example.org", "intra.example")
    other.write_text(text.replace("name: news, path: news", "name: plans, path: plans"))
    (workshop.folder / "plans").mkdir()
    result = run("publish", str(theirs), "--config", str(other))
    assert result.exit_code == 2
    assert f"belongs to {workshop.config_path} (tag news.example.org,2026" in result.stderr
    assert f"expected one that {other} (tag intra.example,2026" in result.stderr
    assert not theirs.exists()
    before = (workshop.folder / "catalogue.db").read_bytes()
    for command in (("preview", "all"), ("explain", "ferry.md")):
        refused = run(*command, "--config", str(other))
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"belongs to {workshop.config_path}" in refused.stderr
    assert (workshop.folder / "catalogue.db").read_bytes() == before
    assert workshop.titles() == ["Ferry"]
    # With a name of its own it is at home, and so is the first one, wherever it is and whatever it is called.
    other.write_text(other.read_text().replace("catalogue.db", "intranet.db"))
    assert run("publish", str(theirs), "--config", str(other)).exit_code == 0
    renamed = workshop.config_path.rename(workshop.folder / "public.yaml")
    assert run("publish", str(out), "--config", str(renamed)).exit_code == 0


def test_publish_to_a_folder_that_holds_something_else_is_status_2(workshop: Workshop) -> None:
    result = run_on(workshop, "publish", str(workshop.folder))
    assert result.exit_code == 2
    assert "not something that publish made" in result.stderr


def test_explain_prints_state_values_and_feeds(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: boats, title: Boats, where: {min_quality: 60}}]\n")
    path = workshop.write("ferry", "quality: 53")
    result = run_on(workshop, "explain", str(path))
    assert result.exit_code == 0
    assert "state: published" in result.stdout
    assert "min_quality 60: article has 53" in result.stdout
    assert json.loads(run_on(workshop, "explain", str(path), "--json").stdout)["state"] == "published"
    workshop.write("quay", "topics: [Quays]")
    assert "/topics/quays" in run_on(workshop, "explain", "ferry.md", "--all").stdout


def test_explain_of_no_article_is_status_2_and_says_what_is_expected(workshop: Workshop) -> None:
    result = run_on(workshop, "explain", "https://pier.example/none")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'https://pier.example/none' is no article here, expected" in result.stderr


def test_diff_prints_the_difference_and_is_status_1(workshop: Workshop) -> None:
    other = workshop.folder / "other.yaml"
    other.write_text(workshop.text + "gone: [boats]\n")
    result = run_on(workshop, "diff", str(other))
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, "gone.boats: - -> gone")
    assert (
        json.loads(run_on(workshop, "diff", str(other), "--json").stdout)["settings"][0]["what"]
        == "gone.boats"
    )


def test_diff_of_the_same_is_status_0(workshop: Workshop) -> None:
    result = run_on(workshop, "diff", str(workshop.config_path))
    assert (result.exit_code, result.stdout) == (0, "no difference that readers would notice\n")


def test_diff_with_what_can_not_be_used_is_status_2_with_every_problem(workshop: Workshop) -> None:
    other = workshop.folder / "other.yaml"
    other.write_text(workshop.text + "feedz: []\ntopics: {min_articles: none}\n")
    result = run_on(workshop, "diff", str(other))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "other.yaml:5:1" in result.stderr
    assert "other.yaml:6:24" in result.stderr


def test_new_prints_the_file_that_it_made_and_nothing_else(workshop: Workshop) -> None:
    result = run_on(workshop, "new", "The ferry", "--folder", "2026")
    assert result.exit_code == 0
    path = Path(result.stdout.removesuffix("\n"))
    assert path.parent == workshop.folder / "news" / "2026"
    assert 'title: "The ferry"' in path.read_text()
    assert run_on(workshop, "new", "The ferry", "--folder", "2026").exit_code == 2


def test_init_makes_a_site_that_the_other_commands_take_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "wire"
    result = run("init", str(folder))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == str(folder / "config" / "aggregator.yaml")
    assert f"cd {folder} && aggregator serve" in result.stderr
    monkeypatch.chdir(folder)
    assert run("check", "--strict").exit_code == 0
    (article,) = (folder / "content").rglob("*.md")
    assert "in   /feeds/highlights" in run("explain", str(article.relative_to(folder))).stdout
    assert "The first article" in run("preview", "highlights").stdout
    assert "wire" in run("preview", "all").stdout
    assert run("init").exit_code == 2


def test_init_here_needs_no_way_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        run("init", "--title", "Wire", "--url", "https://a.example").stderr == "serve it: aggregator serve\n"
    )


def test_schema_prints_a_json_schema() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "sources" in schema["required"]


def test_schema_prints_that_of_feed_files_too() -> None:
    schema = json.loads(run("schema", "--feeds").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["then"] == {"items": {"$ref": "#/$defs/FeedSettings"}}


def test_python_dash_m_runs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.__main__ import main  # noqa: PLC0415  importing it is what is tested

    monkeypatch.setattr("sys.argv", ["aggregator", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


def waiting_in(pipe: int) -> int:
    """Give how many bytes are to be read."""
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
    assert isinstance(count, int)
    return count


def test_a_command_that_is_interrupted_is_status_130() -> None:
    line = [sys.executable, "-m", "aggregator", "schema"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        # The schema has no room in it: the command can't end before somebody reads.
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
        wait_for(lambda: waiting_in(pipe) > 0 or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "\nAborted!\n")


def test_publish_to_a_name_that_is_too_long_for_the_files_beside_it_is_status_2_and_changes_nothing(
    workshop: Workshop,
) -> None:
    out = workshop.folder / ("o" * 240)
    result = run_on(workshop, "publish", str(out))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{out}.nginx.conf: can't be written: [Errno 36] File name too long" in result.stderr
    assert not out.is_symlink()
