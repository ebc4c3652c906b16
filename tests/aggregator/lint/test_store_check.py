"""What `check` says of a store where no catalogue can be."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.catalogue.obstacles import ban, obstacle
from aggregator.errors import Problem, Severity
from aggregator.lint import check_site
from aggregator.lint.store import lint_store
from tests.aggregator.workshop import NOON, Workshop


def told(workshop: Workshop, store: str) -> list[Problem]:
    workshop.configure()
    text = workshop.config_path.read_text().replace("sqlite:///catalogue.db", store)
    workshop.config_path.write_text(text)
    problems = check_site(workshop.settings(), NOON, lambda *_: None).problems
    return [problem for problem in problems if problem.key == "store"]


def test_a_folder_is_no_store(workshop: Workshop) -> None:
    (only,) = told(workshop, "sqlite:///news")
    folder = workshop.folder / "news"
    assert str(only) == (
        f"{workshop.config_path}:2:8: store: {folder} is a folder, expected a file in it, such as {folder}/aggregator.db"
    )


def test_a_store_below_a_file_is_none(workshop: Workshop) -> None:
    (only,) = told(workshop, "sqlite:///site.yaml/var/catalogue.db")
    assert only.severity is Severity.ERROR
    assert only.reason == (
        f"{workshop.config_path} is no folder, expected one: {workshop.config_path}/var/catalogue.db is to lie in it"
    )


def test_the_place_of_a_store_that_is_not_written_is_the_beginning(workshop: Workshop) -> None:
    workshop.configure()
    text = workshop.config_path.read_text().replace("store: sqlite:///catalogue.db\n", "")
    workshop.config_path.write_text(text)
    (workshop.folder / "var").write_text("no folder")
    (only,) = (
        problem
        for problem in check_site(workshop.settings(), NOON, lambda *_: None).problems
        if problem.key == "store"
    )
    assert (only.line, only.column) == (1, 1)


@pytest.mark.parametrize("store", ["sqlite:///var/deep/catalogue.db", "sqlite:///catalogue.db"])
def test_a_store_that_can_be_made_is_no_matter(workshop: Workshop, store: str) -> None:
    assert told(workshop, store) == []
    assert sorted(path.name for path in workshop.folder.iterdir()) == ["news", "site.yaml"]


def test_a_fifo_is_no_store(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = f"{tmp_path}/pipe is no regular file, expected a database or a name that is free"
    assert obstacle(tmp_path / "pipe") == said


def test_a_name_that_is_too_long_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 300)
    assert obstacle(path) == (
        f"{path} can't be there: File name too long, expected the path of a database or a name that is free"
    )


def test_a_folder_that_this_user_may_not_enter_is_a_warning(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o000)
    path = hidden / "deep/a.db"
    with as_a_user_with_no_rights(tmp_path):
        assert obstacle(path) is None
        assert ban(path) == f"{path} can't be looked at by this user, expected to be allowed to make it"


def test_a_folder_that_this_user_may_not_write_is_a_warning(workshop: Workshop, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    workshop.configure()
    text = workshop.config_path.read_text().replace("sqlite:///catalogue.db", f"sqlite:///{closed}/deep/a.db")
    workshop.config_path.write_text(text)
    settings = workshop.settings()
    with as_a_user_with_no_rights(tmp_path):
        (only,) = lint_store(settings, [])
    assert str(only) == (
        f"{workshop.config_path}:1:1: warning: store: {closed} can't be written by this user, "
        f"expected to be allowed to make {closed}/deep/a.db"
    )


@contextmanager
def as_a_user_with_no_rights(folder: Path) -> Iterator[None]:
    """Root may write everything: be somebody else for a while, who gets at `folder`."""
    if os.geteuid() != 0:
        yield
        return
    above = folder
    while above != Path(tempfile.gettempdir()):
        above.chmod(0o755)
        above = above.parent
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
