"""What is handed out: the image, the wheel in it, make, and what the README says of them.

There may be no container engine, so `Build` follows the Dockerfile with the file system's root in a temporary folder: it copies what COPY
copies, runs what RUN runs, and starts what CMD starts.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli import cli
from aggregator.config import load
from aggregator.source.globs import compile_globs
from tests.aggregator.running_site import RunningSite, wait_for

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


# Reading a Dockerfile


@dataclass(frozen=True)
class Instruction:
    name: str
    arguments: str

    def json(self) -> list[str]:
        """Give the arguments of the exec form, a JSON list, whatever options stand before it."""
        words: list[str] = json.loads(self.arguments[self.arguments.index("[") :])
        return words


def instructions(text: str) -> list[Instruction]:
    """Read a Dockerfile: comments go, lines that end in a backslash go on in the next."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    split = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [Instruction(name.upper(), arguments.strip()) for name, _, arguments in split]


def stages(text: str) -> list[list[Instruction]]:
    """Give the instructions of each stage, FROM first."""
    found: list[list[Instruction]] = []
    for instruction in instructions(text):
        if instruction.name == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def of_kind(stage: Sequence[Instruction], name: str) -> list[Instruction]:
    return [instruction for instruction in stage if instruction.name == name]


def copied(instruction: Instruction) -> tuple[list[str], str]:
    """Give the sources and the target of a COPY without options."""
    *sources, target = instruction.arguments.split()
    return sources, target


BUILDER, FINAL = stages(DOCKERFILE)


# What the build may see


def is_ignored(path: str, patterns: Sequence[str]) -> bool:
    """Decide as .dockerignore does: the last pattern that matches a path, or a folder that it lies in, decides."""
    parts = path.split("/")
    places = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    ignored = False
    for pattern in patterns:
        if any(compile_globs([pattern.removeprefix("!")]).match(place) for place in places):
            ignored = not pattern.startswith("!")
    return ignored


def ignore_patterns() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def context(source: str) -> list[Path]:
    """Give the files that COPY of `source` finds."""
    place, patterns = ROOT / source, ignore_patterns()
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return [path for path in files if not is_ignored(path.relative_to(ROOT).as_posix(), patterns)]


# Following it


@dataclass
class Build:
    """An image as a folder. `root` stands for /."""

    root: Path
    directory: Path = field(init=False)
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        tools = self.root / "tools"
        tools.mkdir(parents=True)
        # Who runs the tests may be nobody who can give files away.
        (tools / "chown").write_text("#!/bin/sh\nexit 0\n")
        (tools / "chown").chmod(0o755)
        path = f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin"
        # What belongs to the environment that runs the tests must not follow into the one that is built.
        own = ("AGGREGATOR", "COV", "PYTEST", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.environment = kept | {"PATH": path}
        self.directory = self.root

    def follow(self, stage: Sequence[Instruction]) -> None:
        steps = {"ENV": self._set, "WORKDIR": self._enter, "COPY": self._copy, "RUN": self._run}
        for instruction in stage:
            if instruction.name in steps:
                steps[instruction.name](instruction)

    def place(self, path: str) -> Path:
        return self.root / path.removeprefix("/") if path.startswith("/") else self.directory / path

    def command(self, name: str) -> str:
        found = shutil.which(name, path=self.environment["PATH"])
        assert found, f"{name} is no command of the image"
        return found

    def run(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=self.directory, env=self.environment, capture_output=True, text=True, check=False
        )

    def _set(self, instruction: Instruction) -> None:
        for word in shlex.split(instruction.arguments):
            name, _, value = word.partition("=")
            # Tests may use what pip has cached; an image has no use for a cache.
            if name != "PIP_NO_CACHE_DIR":
                parts = value.replace("$PATH", self.environment["PATH"]).split(":")
                mapped = (str(self.place(part)) if part.startswith("/opt/") else part for part in parts)
                self.environment[name] = ":".join(mapped)

    def _enter(self, instruction: Instruction) -> None:
        self.directory = self.place(instruction.arguments)
        self.directory.mkdir(parents=True, exist_ok=True)

    def _copy(self, instruction: Instruction) -> None:
        if instruction.arguments.startswith("--from=builder"):
            _, source, target = instruction.arguments.split()
            assert source == target, "a virtual environment knows where it lies"
            assert self.place(source).is_dir()
            return
        sources, target = copied(instruction)
        for source in sources:
            for file in context(source):
                inside = file.relative_to(ROOT / source) if (ROOT / source).is_dir() else Path(file.name)
                aim = self.place(target) / inside
                aim.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, aim)

    def _run(self, instruction: Instruction) -> None:
        done = self.run(["/bin/sh", "-ec", instruction.arguments])
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Build:
    build = Build(tmp_path_factory.mktemp("image"))
    build.follow(BUILDER)
    build.follow(FINAL)
    return build


@pytest.fixture(scope="session")
def wheel(image: Build) -> zipfile.ZipFile:
    (path,) = image.place("/build/dist").glob("*.whl")
    return zipfile.ZipFile(path)


# A server that was started from it


@contextmanager
def started(image: Build, command: Sequence[str], directory: Path) -> Iterator[RunningSite]:
    """Start a server; stop it at the end if the test has not."""
    executable, *arguments = command
    process = subprocess.Popen(
        [image.command(executable), *arguments],
        cwd=directory,
        env=image.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    site = RunningSite(process)
    following = threading.Thread(target=site.follow_log)
    following.start()
    try:
        site.port = wait_for(lambda: port_of(site))
        wait_for(lambda: site.get("/readyz").status == 200)
        yield site
    finally:
        if process.poll() is None:
            site.stop()
        following.join()
        if process.stderr is not None:
            process.stderr.close()


def port_of(site: RunningSite) -> int:
    assert site.process.poll() is None, "".join(site.lines)
    ports = (re.search(r"serving .* on http://[0-9.]+:(\d+)", line) for line in site.lines)
    return next((int(found[1]) for found in ports if found), 0)


@pytest.fixture(scope="module")
def server(image: Build) -> Iterator[RunningSite]:
    """What CMD starts, on a free port."""
    (command,) = of_kind(FINAL, "CMD")
    with started(
        image, ["0" if word == "8080" else word for word in command.json()], image.directory
    ) as site:
        yield site


# The Dockerfile


@pytest.mark.parametrize(
    "source",
    [
        source
        for stage in (BUILDER, FINAL)
        for step in of_kind(stage, "COPY")
        if "--from" not in step.arguments
        for source in copied(step)[0]
    ],
)
def test_what_the_image_copies_is_there_and_not_ignored(source: str) -> None:
    assert context(source)


@pytest.mark.parametrize(
    "path",
    [".git/HEAD", ".venv/bin/python", "var/aggregator.db", "tests/conftest.py", "feeds/__pycache__/a.pyc"],
)
def test_what_the_image_has_no_use_for_is_ignored(path: str) -> None:
    assert is_ignored(path, ignore_patterns())


def test_the_bases_are_one_slim_python_that_the_project_supports() -> None:
    bases = [
        step.arguments.partition(" AS ")[0] for stage in (BUILDER, FINAL) for step in of_kind(stage, "FROM")
    ]
    (base,) = set(bases)
    version = base.removeprefix("python:").removesuffix("-slim")
    assert f"Programming Language :: Python :: {version}" in project()["classifiers"]


def test_what_is_given_away_can_be(image: Build) -> None:
    assert shutil.which("chown")
    assert image.place("var").is_dir()


def test_it_does_not_run_as_root() -> None:
    (user,) = of_kind(FINAL, "USER")
    numbers = user.arguments.split(":")
    assert all(number.isdecimal() and int(number) > 0 for number in numbers)
    assert FINAL.index(user) < FINAL.index(of_kind(FINAL, "CMD")[0])


def test_its_volumes_are_the_configuration_and_the_catalogue(image: Build) -> None:
    (volume,) = of_kind(FINAL, "VOLUME")
    configuration, catalogue = (image.place(path) for path in volume.json())
    settings = load(configuration / "aggregator.yaml")
    assert settings.store == f"sqlite:///{catalogue}/aggregator.db"
    assert all(source.path.is_relative_to(configuration) for source in settings.sources)


def test_its_commands_exist(image: Build) -> None:
    commands = [of_kind(FINAL, "CMD")[0].json()[0], of_kind(FINAL, "HEALTHCHECK")[0].json()[0]]
    installed = image.place("/opt/aggregator/bin")
    assert [image.command(command) for command in commands] == [
        str(installed / command) for command in commands
    ]


def test_it_listens_where_the_image_says(server: RunningSite) -> None:
    (command,), (exposed,) = of_kind(FINAL, "CMD"), of_kind(FINAL, "EXPOSE")
    assert command.json()[2:] == ["--host", "0.0.0.0", "--port", exposed.arguments]  # noqa: S104  what is tested
    assert any("listening on 0.0.0.0 port" in line for line in server.lines)


def test_its_health_check_tells_a_server_that_lives_from_one_that_does_not(
    image: Build, server: RunningSite
) -> None:
    (check,) = of_kind(FINAL, "HEALTHCHECK")
    command = check.json()
    healthy = image.run([word.replace(":8080/", f":{server.port}/") for word in command])
    ill = image.run([word.replace(":8080/", ":1/") for word in command])
    assert (healthy.returncode, ill.returncode) == (0, 1)


# The wheel


def test_the_wheel_holds_everything_that_lies_in_the_packages(wheel: zipfile.ZipFile) -> None:
    files = {
        path.relative_to(ROOT).as_posix() for package in ("feeds", "aggregator") for path in context(package)
    }
    assert files - set(wheel.namelist()) == set()


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0].partition("-")[0] for name in wheel.namelist()}
    assert tops == {"feeds", "aggregator", "feed_aggregator"}


def test_the_wheel_holds_the_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))
    assert wheel.read(name) == (ROOT / "LICENSE").read_bytes()


def test_the_installed_command_tells_its_version(image: Build) -> None:
    told = image.run([image.command("aggregator"), "--version"])
    assert told.stdout == f"aggregator, version {project()['version']}\n"


def test_the_installed_packages_agree_with_one_another(image: Build) -> None:
    checked = image.run([image.command("pip"), "check"])
    assert checked.returncode == 0, checked.stdout


def test_installed_alone_it_serves_the_readmes_site_anywhere(image: Build, tmp_path: Path) -> None:
    (tmp_path / "content/news").mkdir(parents=True)
    (tmp_path / "content/news/postcard.md").write_text(examples("markdown")[0], encoding="utf-8")
    (tmp_path / "site.yaml").write_text(examples("yaml")[0], encoding="utf-8")
    with started(image, ["aggregator", "serve", "--config", "site.yaml", "--port", "0"], tmp_path) as site:
        paths = ("/feeds/all.json", "/topics/small-models.rss", "/", "/feeds.opml")
        assert [site.get(path).status for path in paths] == [200] * 4
        assert site.stop() == 0


# Versions


def project() -> dict[str, Any]:
    document: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return document


def test_every_dependency_has_one_exact_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [canonical(line.partition("==")[0]) for line in lines if not line.startswith("#")]
    assert all(
        re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.+]*", line) for line in lines if not line.startswith("#")
    )
    wanted = [*project()["dependencies"], *chain(*project()["optional-dependencies"].values())]
    assert {canonical(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in wanted} - set(pinned) == set()
    assert len(pinned) == len(set(pinned))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# make


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A clone, as far as make looks at it."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/run"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    # What an outer make tells an inner one would have it print, or run, something else.
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "-C", str(folder), "--no-print-directory", *arguments]
    return subprocess.run(command, env=outer | environment, capture_output=True, text=True, check=False)


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return folder / name


def test_make_alone_says_what_there_is(fresh: Path) -> None:
    told = make(fresh).stdout
    assert {line.split()[0] for line in told.splitlines()} >= {
        "serve",
        "test",
        "bench",
        "fuzz",
        "format",
        "constraints",
        "licences",
        "sbom",
        "outdated",
        "audit",
        "clean",
    }


def test_make_serve_installs_by_the_constraints_and_serves_the_samples(fresh: Path) -> None:
    *_, installed, _, served = make(fresh, "-n", "serve").stdout.splitlines()
    assert installed == ".venv/bin/pip install -q -c constraints.txt -e ."
    assert served == ".venv/bin/aggregator serve --config config/aggregator.yaml"


def test_make_serve_installs_once_until_the_dependencies_change(fresh: Path) -> None:
    for number, name in enumerate(("created", "installed")):
        program(fresh / ".venv", name, "")
        os.utime(fresh / ".venv" / name, (4e9 + number, 4e9 + number))
    assert "pip" not in make(fresh, "-n", "serve").stdout
    os.utime(fresh / "constraints.txt", (5e9, 5e9))
    assert "pip install" in make(fresh, "-n", "serve").stdout


def test_make_test_runs_every_check(fresh: Path) -> None:
    told = make(fresh, "-n", "test").stdout
    steps = ("ruff check", "ruff format --check", "mypy", "pytest", "coverage report")
    assert all(f" -m {step}" in told or f"/bin/{step}" in told for step in steps)


def test_make_test_leaves_out_no_test(fresh: Path) -> None:
    measured, rest = re.findall(r" -m pytest (.*)", make(fresh, "-n", "test").stdout)
    folders = [word for word in measured.split() if word.startswith("tests/")]
    assert len(folders) == 2
    assert [word for word in rest.split() if "tests/" in word] == [f"--ignore={folder}" for folder in folders]


def test_make_test_installs_once(fresh: Path) -> None:
    assert make(fresh, "-n", "test").stdout.count("pip install") == 1
    for number, name in enumerate(("created", "installed", "installed-dev")):
        program(fresh / ".venv", name, "")
        os.utime(fresh / ".venv" / name, (4e9 + number, 4e9 + number))
    assert "pip" not in make(fresh, "-n", "serve").stdout


def test_make_takes_the_first_python_that_is_new_enough(fresh: Path) -> None:
    program(fresh / "bin", "python3", "exit 1")
    program(fresh / "bin", "python3.13", "exit 1")
    program(fresh / "bin", "python3.12", "exit 0")
    told = make(fresh, "-n", "serve", PATH=f"{fresh}/bin:{os.environ['PATH']}").stdout
    assert "python3.12 -m venv .venv" in told


def test_make_says_so_when_python_is_too_old(fresh: Path) -> None:
    old = program(fresh / "bin", "python3.9", 'test "$1" = --version && echo Python 3.9.2 || exit 1')
    made = make(fresh, "serve", f"PYTHON={old}")
    assert made.returncode == 2
    assert "Python 3.11 or newer is needed" in made.stderr
    assert "is Python 3.9.2" in made.stderr
    assert not (fresh / ".venv").exists()


def test_ci_runs_make_test_and_tells_it_so(fresh: Path) -> None:
    program(fresh / "bin", "make", 'echo "$PWD $@ $CI"')
    outer = {name: value for name, value in os.environ.items() if name != "CI"}
    ran = subprocess.run(
        [fresh / ".ci/run"],
        env=outer | {"PATH": f"{fresh}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert ran.stdout == f"{fresh} test true\n"


# The README


def examples(language: str) -> list[str]:
    """Give the README's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def first_cells(heading: str) -> list[str]:
    """Give what stands in code in the first column of the table below a heading."""
    section = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [code for cell in rows for code in re.findall(r"`([^`]+)`", cell)]


def test_the_readme_lists_the_commands_there_are() -> None:
    assert {line.split()[1] for line in first_cells("Commands")} == set(cli.commands)


@pytest.mark.parametrize("path", first_cells("Addresses"))
def test_the_readmes_addresses_are_served(server: RunningSite, path: str) -> None:
    served = ("/feeds", "/topics", "/providers", "/categories", "/search", "/healthz", "/readyz", "/metrics")
    assert server.get(path).status == (200 if path.startswith(served) else 301)


def test_the_readmes_configuration_is_one_with_a_feed(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("".join(examples("yaml")), encoding="utf-8")
    assert [feed.path for feed in load(tmp_path / "site.yaml").feeds] == ["/feeds/best-of-ai"]


@pytest.mark.parametrize(
    "document",
    sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))),
)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []
