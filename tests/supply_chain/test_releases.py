"""Releases that are behind or yanked, told from reports of pip."""

import json
from pathlib import Path
from typing import Any

import pytest

from supply_chain.packages import PackagesError
from supply_chain.releases import complaints, main


def report(**versions: str) -> dict[str, Any]:
    """Give what pip writes of packages; a version that ends in ! is yanked."""
    items = [
        {"metadata": {"name": name, "version": version.rstrip("!")}, "is_yanked": version.endswith("!")}
        for name, version in versions.items()
    ]
    return {"version": "1", "pip_version": "26.3", "install": items}


def test_what_is_newest_is_no_matter() -> None:
    newest = report(server="2", Py_YAML="6") | {}
    newest["install"] += report(**{"feed-aggregator": "1"})["install"]
    assert complaints(newest, report(server="2", **{"py-yaml": "6"})) == []


def test_what_is_behind_is_told_with_both_versions() -> None:
    assert complaints(report(server="2"), report(server="1")) == [
        "server: 1 in constraints.txt, 2 fits and is newer"
    ]


def test_what_is_not_pinned_at_all_is_told() -> None:
    assert complaints(report(loop="2"), report()) == ["loop: nothing in constraints.txt, 2 fits and is newer"]


def test_what_was_yanked_is_told() -> None:
    assert complaints(report(server="1"), report(server="1!")) == ["server: 1 was yanked"]


def test_a_pip_that_does_not_tell_is_refused() -> None:
    older = report(server="1")
    del older["install"][0]["is_yanked"]
    with pytest.raises(
        PackagesError, match=r"pip 26\.3 does not tell what was yanked; expected 23\.3 or newer"
    ):
        complaints(report(server="1"), older)


def test_the_command_fails_with_what_it_found(tmp_path: Path) -> None:
    newest, pinned = tmp_path / "newest.json", tmp_path / "pinned.json"
    newest.write_text(json.dumps(report(server="2")))
    pinned.write_text(json.dumps(report(server="1")))
    with pytest.raises(SystemExit, match="2 fits and is newer"):
        main(str(newest), str(pinned))
    main(str(pinned), str(pinned))
