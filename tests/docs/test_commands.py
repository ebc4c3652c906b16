"""What help texts and documents say of commands, settings and lints, compared with the code."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from aggregator import config
from aggregator.cli import cli
from aggregator.lint import RULES

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/editors.md")
EDITORS = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "config" / "aggregator.yaml"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def examples_of(command: str) -> list[str]:
    """Give the lines below Examples in the help of a command."""
    help_text = cli.commands[command].help or ""
    return [line.strip() for line in help_text.partition("Examples:")[2].splitlines() if line.strip()]


def commands_in(text: str) -> Iterator[str]:
    """Give every command of ours in code: in an indented line, a step of a workflow, a span of code, or a substitution."""
    for line in text.splitlines():
        for start in re.finditer(r"(?:^ {4,}|run: |`|\$\()(?=aggregator [a-z])", line.partition(" # ")[0]):
            yield re.split(r"[`)]|\s[|>&]\s?", line.partition(" # ")[0][start.end() :])[0].strip()


def parse(line: str) -> None:
    """Read a command line as click would; raise click.UsageError where an option or command is none, or is misused."""
    _, name, *arguments = shlex.split(line)
    command = cli.commands.get(name)
    if command is None:
        raise click.UsageError(f"{name} is no command")
    command.make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_examples_in_its_help(command: str) -> None:
    assert examples_of(command)


@pytest.mark.parametrize(
    ("command", "line"),
    [(command, line) for command in sorted(cli.commands) for line in examples_of(command)],
)
def test_every_example_can_be_typed(command: str, line: str) -> None:
    found = list(commands_in(f"    {line}"))
    assert [one.split()[1] for one in found] == [command]
    for one in found:
        parse(one)


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_option_says_what_it_does(command: str) -> None:
    options = [one for one in cli.commands[command].params if isinstance(one, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_the_documents_can_be_typed(document: str) -> None:
    found = [line for line in commands_in(text_of(document)) if not re.search(r"[A-Z]{3}|…", line)]
    assert found
    for line in found:
        parse(line)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_option_of_the_documents_is_one(document: str) -> None:
    known = {name for command in cli.commands.values() for option in command.params for name in option.opts}
    spans = re.findall(r"`(--[a-z-]+)", text_of(document))
    assert set(spans) <= known | {"--help", "--version"}


def settings_of(place: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Give every dotted key of two levels, and every key of the first."""
    for name, below in place["properties"].items():
        yield name
        found = [below, below.get("items", {}), *below.get("anyOf", ())]
        for one in found:
            target = schema["$defs"].get(one.get("$ref", "").rpartition("/")[2], {})
            yield from (f"{name}.{key}" for key in target.get("properties", ()))


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/architecture.md", "docs/history.md"])
def test_every_setting_of_the_documents_is_one(document: str) -> None:
    schema = config.schema()
    known = set(settings_of(schema, schema))
    first = {key for key in known if "." not in key}
    spans = re.findall(r"`([a-z_]+\.(?!yaml|json|md|py)[a-z_]+)`", text_of(document))
    assert [span for span in spans if span.partition(".")[0] in first and span not in known] == []


# docs/editors.md


def test_the_table_of_lints_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.+?) \|$", EDITORS, re.MULTILINE)
    assert rows == [(name, str(rule.severity), rule.meaning) for name, rule in RULES.items()]


def workflow() -> Mapping[str, Any]:
    """Give the example for GitHub Actions. YAML 1.1 reads its key `on` as true."""
    (text,) = re.findall("```yaml\n(name: .*?)```", EDITORS, re.DOTALL)
    document: dict[Any, Any] = yaml.safe_load(text)
    return document


def test_the_workflow_uses_checkout_and_python_alone() -> None:
    steps = workflow()["jobs"]["feeds"]["steps"]
    used = {step["uses"].partition("@")[0] for step in steps if "uses" in step}
    assert used == {"actions/checkout", "actions/setup-python"}


def test_the_workflow_checks_and_compares_what_is_proposed_with_what_is_there() -> None:
    document = workflow()
    steps = document["jobs"]["feeds"]["steps"]
    paths = {step["with"]["path"] for step in steps if "checkout" in step.get("uses", "")}
    lines = [line for step in steps for line in str(step.get("run", "")).splitlines()]
    ours = [line.strip() for line in lines if line.strip().startswith("aggregator ")]
    assert [line.split()[1] for line in ours] == ["check", "diff"]
    for line in ours:
        named = set(re.findall(r"(\w+)/config/aggregator\.yaml", line))
        assert named <= paths
        parse(line.partition(" >")[0].partition(" ||")[0])


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (("", ""), 0, "no difference that readers would notice"),
        (("min_quality: 60", "min_quality: 95"), 0, "where.min_quality: 60 -> 95"),
        (("order: best", "order: bset"), 2, ""),
    ],
)
def test_the_workflow_runs(tmp_path: Path, change: tuple[str, str], status: int, said: str) -> None:
    for side in ("current", "proposed"):
        shutil.copytree(ROOT / "config", tmp_path / side / "config")
    proposed = tmp_path / "proposed" / "config" / "aggregator.yaml"
    proposed.write_text(proposed.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    scripts = [
        step["run"] for step in workflow()["jobs"]["feeds"]["steps"] if "aggregator" in step.get("run", "")
    ]
    own = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    statuses = [
        subprocess.run(
            ["bash", "-e", "-c", script], cwd=tmp_path, env=os.environ | own, check=False
        ).returncode
        for script in scripts
        if script.startswith("aggregator")
    ]
    assert max(statuses) == status
    assert said in ((tmp_path / "summary").read_text() if said else "")


def test_the_examples_of_output_are_what_the_commands_say() -> None:
    shown = re.findall(r"^    (?:yes|no )  (\w+) .*: article ", EDITORS, re.MULTILINE)
    assert set(shown) <= set(config.schema()["$defs"]["WhereSettings"]["properties"])


# The sample configuration


def test_the_first_line_of_the_sample_names_the_schema_that_the_package_carries() -> None:
    first = SAMPLE.read_text(encoding="utf-8").partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named
    schema = (SAMPLE.parent / named[1]).resolve()
    assert schema == ROOT / "aggregator" / "schema.json"
    assert json.loads(schema.read_text(encoding="utf-8")) == config.schema()


@pytest.mark.parametrize(
    "file", sorted((SAMPLE.parent / "feeds").glob("*.yaml")), ids=lambda file: str(file.name)
)
def test_the_first_line_of_each_feed_file_names_the_schema_of_feed_files(file: Path) -> None:
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named
    assert (file.parent / named[1]).resolve() == ROOT / "aggregator" / "feeds-schema.json"
