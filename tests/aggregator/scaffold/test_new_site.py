"""The site that `init` makes: it works as it is, and nothing that was there is touched."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from aggregator import config
from aggregator.errors import NewFileError, Severity
from aggregator.lint import check_site
from aggregator.scaffold.new_site import new_site
from tests.aggregator.workshop import NOON

ADDRESS = "https://news.example.org"


def test_it_has_a_configuration_a_feed_and_an_article_with_which_nothing_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "wire"
    written = new_site(folder, 'The "Model" Wire: 1', ADDRESS, NOON)
    settings = config.load(folder / "config" / "aggregator.yaml")
    assert written[0] == folder / "config" / "aggregator.yaml"
    assert settings.site.title == 'The "Model" Wire: 1'
    assert [feed.path for feed in settings.feeds] == ["/feeds/highlights"]
    report = check_site(settings, NOON, lambda *_: None)
    assert (report.articles, report.alarms) == (1, ())
    assert {problem.severity for problem in report.problems} <= {Severity.HINT}
    assert not any(problem.rule == "empty-feed" for problem in report.problems)


def test_its_first_line_names_a_schema_that_is_there_and_fits(tmp_path: Path) -> None:
    (path, *_) = new_site(tmp_path, "Wire", ADDRESS, NOON)
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named
    schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
    assert schema == config.schema()
    jsonschema.validate(yaml.safe_load(text), schema)


def test_what_belongs_to_nobody_may_be_there(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    new_site(tmp_path, "Wire", ADDRESS, NOON)
    assert (tmp_path / "config" / "aggregator.yaml").exists()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(NewFileError, match=r"is not empty: mine\.txt is in it; expected an empty folder"):
        new_site(tmp_path, "Wire", ADDRESS, NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("address", ["news.example.org", "https://", "ftp://a.example"])
def test_an_address_that_can_not_be_is_refused_before_anything_is_written(
    tmp_path: Path, address: str
) -> None:
    with pytest.raises(NewFileError, match=r"the site can't be made: site\.url: .*expected"):
        new_site(tmp_path / "wire", "Wire", address, NOON)
    assert not (tmp_path / "wire").exists()


def test_a_title_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NewFileError, match="expected some text"):
        new_site(tmp_path, " ", ADDRESS, NOON)


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NewFileError, match=r"can't be written: .*expected a folder that can be"):
        new_site(tmp_path / "file" / "wire", "Wire", ADDRESS, NOON)
