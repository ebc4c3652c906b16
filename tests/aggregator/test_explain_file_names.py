"""What an editor is told of a file whose name, or whose folder's name, is no UTF-8: what `check` says of it."""

import json
import os
from pathlib import Path

import pytest

from aggregator.errors import UnknownArticleError
from aggregator.explain import Explanation, as_json, as_text, explain_article
from aggregator.lint import check_site
from tests.aggregator.workshop import NOON, Workshop

NO_TEXT = os.fsdecode(b"b\xff\xfe")


def explain(workshop: Workshop, what: str | Path) -> Explanation:
    return explain_article(workshop.settings(), str(what), NOON, lambda *_: None)


@pytest.mark.parametrize("name", [NO_TEXT, f"{NO_TEXT}/ferry"])
def test_a_file_whose_path_is_not_utf_8_is_broken_as_check_says(workshop: Workshop, name: str) -> None:
    explanation = explain(workshop, workshop.write(name))
    shown = rf"{workshop.folder}/news/b\xff\xfe{name.removeprefix(NO_TEXT)}.md"
    assert str(explanation.standing) == "broken (its name is not UTF-8, expected one that is)"
    assert shown in as_text(explanation, every_feed=False)
    assert json.loads(as_json(explanation).encode())["file"] == shown
    assert explanation.problems == check_site(workshop.settings(), NOON, lambda *_: None).problems


def test_a_file_whose_name_is_not_utf_8_is_skipped_where_nobody_looks_for_it(workshop: Workshop) -> None:
    path = workshop.write(NO_TEXT)
    path = path.rename(path.with_suffix(".txt"))
    assert str(explain(workshop, path).standing).startswith("skipped since include of source news does not")
    hidden = workshop.write(f".{NO_TEXT}/ferry")
    assert str(explain(workshop, hidden).standing) == r"skipped since the folder .b\xff\xfe is hidden"


def test_a_file_that_is_not_there_is_unknown_in_a_folder_whose_name_is_not_utf_8(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workshop.write(f"{NO_TEXT}/ferry").parent)
    with pytest.raises(UnknownArticleError, match="is no article here"):
        explain(workshop, "quay.md")
