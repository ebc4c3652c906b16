"""What commands print: names of files do no mischief, JSON is UTF-8, and standard output that can't be written is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.cli import cli
from tests.aggregator.workshop import Workshop

# What a file may be called on any file system of Linux.
MISCHIEF = "new\nline\x1b[31m\x9b"
SHOWN = r"new\nline\x1b[31m\x9b"
NO_TEXT = os.fsdecode(b"d\xff")


def printed(*arguments: str, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[bytes]:
    """Run a command as a shell would."""
    environment = {**os.environ, "LC_ALL": locale}
    line = [sys.executable, "-m", "aggregator", *arguments]
    return subprocess.run(line, capture_output=True, check=False, timeout=60, env=environment)


def configured(workshop: Workshop) -> tuple[str, str]:
    return "--config", str(workshop.config_path)


# Names


def test_a_file_name_neither_ends_the_line_of_a_problem_nor_reaches_the_terminal(workshop: Workshop) -> None:
    workshop.write(MISCHIEF, "heat: much")
    lines = printed("check", *configured(workshop)).stdout.decode().splitlines()
    assert f"{workshop.folder}/news/{SHOWN}.md:4:7: heat: is 'much', expected a whole number" in lines
    assert all(MISCHIEF[-1] not in line for line in lines)


def test_explain_prints_a_file_name_on_one_line(workshop: Workshop) -> None:
    path = workshop.write(MISCHIEF)
    assert printed("explain", str(path), *configured(workshop)).stdout.decode().splitlines()[0] == (
        f"{workshop.folder}/news/{SHOWN}.md (source news)"
    )


def test_diff_prints_a_file_name_on_one_line(workshop: Workshop) -> None:
    workshop.write(MISCHIEF, title="Ferry")
    workshop.configure("feeds: [{id: few, title: Few}]\n")
    other = workshop.folder / "other.yaml"
    other.write_text(workshop.text.replace("title: Few", "title: Few, where: {topics: [none]}"))
    lines = printed("diff", str(other), *configured(workshop)).stdout.decode().splitlines()
    assert f"  - Ferry (news/{SHOWN}.md)" in lines


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_an_error_prints_a_file_name_on_one_line(workshop: Workshop, locale: str) -> None:
    out = workshop.folder / f"{MISCHIEF}{NO_TEXT}"
    out.write_text("somebody's work")
    ended = printed("publish", str(out), *configured(workshop), locale=locale)
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith(rf"{workshop.folder}/{SHOWN}d\xff")


@pytest.mark.parametrize(
    "command", [("check",), ("check", "--json"), ("preview", "all"), ("diff", "other.yaml")]
)
def test_a_source_that_can_not_be_read_is_told_of_once_on_one_line(
    workshop: Workshop, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workshop.folder / MISCHIEF
    folder.mkdir()
    (folder / "site.yaml").write_text(workshop.text)
    monkeypatch.chdir(workshop.folder)
    Path("other.yaml").write_text(workshop.text)
    ended = printed(*command, "--config", str(folder / "site.yaml"))
    (line,) = ended.stderr.decode().splitlines()
    assert f"{workshop.folder}/{SHOWN}/news can't be read" in line
    # Nothing was taken out, so none of that may be it under another name.
    assert "renamed" not in line


def test_publish_prints_where_it_has_published_on_one_line(workshop: Workshop) -> None:
    ended = printed("publish", str(workshop.folder / MISCHIEF), *configured(workshop))
    (line,) = ended.stdout.decode().splitlines()
    assert line.startswith(f"{workshop.folder}/{SHOWN}: published")


def test_new_prints_the_path_to_programs_as_it_is(workshop: Workshop) -> None:
    folder = workshop.folder / NO_TEXT
    (folder / "news").mkdir(parents=True)
    (folder / "site.yaml").write_text(workshop.text)
    ended = printed("new", "Ferry", "--config", str(folder / "site.yaml"))
    assert Path(os.fsdecode(ended.stdout.removesuffix(b"\n"))).exists()


# JSON


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_what_programs_read_is_utf_8_whatever_a_configuration_is_called(
    workshop: Workshop, form: str
) -> None:
    broken = workshop.folder / f"{NO_TEXT}.yaml"
    broken.write_text("feedz: []\n")
    ended = printed("check", form, "--config", str(broken))
    assert ended.returncode == 2
    assert "did you mean" in json.dumps(json.loads(ended.stdout.decode()))


def test_the_name_of_a_file_in_json_is_what_people_are_shown(workshop: Workshop) -> None:
    broken = workshop.folder / f"{NO_TEXT}.yaml"
    broken.write_text("feedz: []\n")
    problems = json.loads(printed("check", "--json", "--config", str(broken)).stdout.decode())["problems"]
    lines = printed("check", "--config", str(broken)).stdout.decode().splitlines()
    assert {problem["file"] for problem in problems} == {rf"{workshop.folder}/d\xff.yaml"}
    assert lines[0].startswith(rf"{workshop.folder}/d\xff.yaml:1:1: ")


def test_sarif_has_the_address_of_a_file_whose_name_is_not_utf_8(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workshop.folder)
    Path(f"{NO_TEXT}.yaml").write_text("feedz: []\n")
    (result, *_) = json.loads(printed("check", "--sarif", "--config", f"{NO_TEXT}.yaml").stdout)["runs"][0][
        "results"
    ]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "d%FF.yaml"}


def test_json_is_utf_8_where_the_terminal_has_another_encoding(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    path = workshop.write("zürich")
    assert json.loads(printed("explain", str(path), "--json", *configured(workshop)).stdout.decode())[
        "file"
    ] == str(path)


def test_what_the_encoding_of_the_terminal_lacks_is_escaped(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    path = workshop.write("東")
    assert rb"\u6771.md" in printed("explain", str(path), *configured(workshop)).stdout


# Standard output that can't be written


def printing(folder: Path) -> dict[str, list[str]]:
    """Give command lines that print, by the name of their command."""
    configured = ["--config", str(folder / "site.yaml")]
    return {
        "check": ["check", *configured],
        "diff": ["diff", str(folder / "site.yaml"), *configured],
        "explain": ["explain", str(folder / "news/ferry.md"), *configured],
        "init": ["init", str(folder / "wire")],
        "new": ["new", "Quay", *configured],
        "preview": ["preview", "all", *configured],
        "publish": ["publish", str(folder / "tree"), *configured],
        "schema": ["schema"],
        "serve": ["serve", "--help"],
        "": ["--version"],
    }


@pytest.mark.parametrize("command", sorted({*cli.commands, ""}))
def test_fault_57_a_full_disk_behind_standard_output_is_one_sentence_and_status_2(
    workshop: Workshop, command: str
) -> None:
    workshop.write("ferry")
    line = [sys.executable, "-m", "aggregator", *printing(workshop.folder)[command]]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (
        2,
        "standard output can't be written: No space left on device, expected room for what is printed\n",
    )


@pytest.mark.parametrize("command", sorted({*cli.commands, ""}))
def test_standard_output_that_is_closed_is_one_sentence_and_status_2(
    workshop: Workshop, command: str
) -> None:
    workshop.write("ferry")
    closing = ["sh", "-c", 'exec "$@" >&-', "sh"]
    line = [*closing, sys.executable, "-m", "aggregator", *printing(workshop.folder)[command]]
    ended = subprocess.run(line, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (
        2,
        "standard output can't be written: it is closed, expected one that is open\n",
    )


def test_standard_output_that_is_closed_keeps_nobody_from_telling_an_error(workshop: Workshop) -> None:
    closing = ["sh", "-c", 'exec "$@" >&- <&-', "sh"]
    line = [*closing, sys.executable, "-m", "aggregator", "explain", "none", *configured(workshop)]
    ended = subprocess.run(line, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.startswith("'none' is no article here")


@pytest.mark.parametrize("command", sorted({*cli.commands, ""}))
def test_standard_error_that_is_closed_keeps_no_command_from_its_work(
    workshop: Workshop, command: str
) -> None:
    workshop.write("ferry", "excerpt: Sails.", "topics: [Boats]", "images: https://x.example/a.jpg")
    closing = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    line = [*closing, sys.executable, "-m", "aggregator", *printing(workshop.folder)[command]]
    ended = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False, timeout=60)
    assert ended.returncode == 0
    assert ended.stdout


def test_standard_error_that_is_closed_takes_no_error_to_standard_output(workshop: Workshop) -> None:
    closing = ["sh", "-c", 'exec "$@" 2>&- <&-', "sh"]
    line = [*closing, sys.executable, "-m", "aggregator", "explain", "none", *configured(workshop)]
    ended = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")


@pytest.mark.parametrize("command", ["schema", "preview"])
def test_a_pipe_that_nobody_reads_is_told_to_nobody(workshop: Workshop, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    line = [sys.executable, "-m", "aggregator", *printing(workshop.folder)[command]]
    ended = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_file_that_fails_is_not_taken_for_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("aggregator.cli.program.config.schema", fail)
    result = CliRunner().invoke(cli, ["schema"])
    assert isinstance(result.exception, OSError)
