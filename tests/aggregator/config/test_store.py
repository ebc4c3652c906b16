"""Which stores a configuration takes: those that SQLAlchemy and SQLite's driver open as a file, and no other. A password is never shown."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from aggregator.catalogue import Catalogue
from aggregator.config import load
from aggregator.config.store import StoreAddress, store_below, store_file
from aggregator.errors import ConfigurationError, Problem

SITE = "site: {title: Tides, url: https://tide.example}\nsources: [{name: news, path: news}]\n"
STORE: TypeAdapter[str] = TypeAdapter(StoreAddress)

NO_URL = "is no SQLAlchemy URL, expected one such as sqlite:///var/aggregator.db"
ANOTHER_KIND = "is a database of the kind {!r}, expected a URL such as sqlite:///var/aggregator.db"
NOT_A_PATH = (
    "holds a user, a password or a host, which SQLite has not, expected a path behind three slashes, "
    "such as sqlite:///var/aggregator.db"
)
IN_MEMORY = "is a database in memory, which processes can't share, expected one in a file, such as sqlite:///var/aggregator.db"
OWN_URI = "holds a URI of SQLite's own, expected a path, such as sqlite:///var/aggregator.db"
PARAMETERS = (
    "has parameters that it can't have, expected none, or timeout=SECONDS, or cached_statements=NUMBER"
)
CONTROL = "holds a control character, expected a SQLAlchemy URL such as sqlite:///var/aggregator.db"

REFUSED = [
    ("var/a.db", NO_URL),
    ("//desk:canary@db.example/a", NO_URL),
    ("sqlite:/a.db", NO_URL),
    ("mysql+pymysql://desk:canary@db.example:xx/a", ANOTHER_KIND.format("mysql+pymysql")),
    ("postgresql://desk:canary@db.example/a", ANOTHER_KIND.format("postgresql")),
    ("sqlite+pysqlcipher://:canary@/a", ANOTHER_KIND.format("sqlite+pysqlcipher")),
    ("sqlite+aiosqlite:///a.db", ANOTHER_KIND.format("sqlite+aiosqlite")),
    ("SQLite:///a.db", ANOTHER_KIND.format("SQLite")),
    ("sqlite://desk:canary@/a.db", NOT_A_PATH),
    ("sqlite://desk:c/anary@/a.db", NOT_A_PATH),
    ("sqlite://desk:canary?@/a.db", NOT_A_PATH),
    ("sqlite://a.db", NOT_A_PATH),
    ("sqlite://[::1/canary", NOT_A_PATH),
    ("sqlite://:xx/canary", NOT_A_PATH),
    ("sqlite://", IN_MEMORY),
    ("sqlite:///", IN_MEMORY),
    ("sqlite:///?timeout=3", IN_MEMORY),
    ("sqlite:///:memory:", IN_MEMORY),
    ("sqlite:///%3Amemory%3A", IN_MEMORY),
    ("sqlite:///file:canary.db?uri=true", OWN_URI),
    ("sqlite:///file:canary?mode=memory&uri=true", OWN_URI),
    ("sqlite:///a.db?timeout=canary", PARAMETERS),
    ("sqlite:///a.db?timeout=-1", PARAMETERS),
    ("sqlite:///a.db?timeout=inf", PARAMETERS),
    ("sqlite:///a.db?timeout=", PARAMETERS),
    ("sqlite:///a.db?timeout=3&timeout=4", PARAMETERS),
    ("sqlite:///a.db?cached_statements=canary", PARAMETERS),
    ("sqlite:///a.db?uri=true", PARAMETERS),
    ("sqlite:///a.db?password=canary", PARAMETERS),
    ("sqlite:///a%00.db", CONTROL),
    ("sqlite:///a%0Acanary.db", CONTROL),
]

# Strings of what such URLs are made of, in any order.
NEARLY = r"(?:sqlite|\+pysqlite|://|///?|[:@aé%?&=\[# 3.]|%41|%3F|timeout|cached_statements|uri|true|file:|:memory:|\.\.){0,12}"


def problem_of(folder: Path, store: str) -> Problem:
    (folder / "site.yaml").write_text(f"{SITE}store: '{store}'\n")
    with pytest.raises(ConfigurationError) as caught:
        load(folder / "site.yaml")
    (only,) = caught.value.problems
    return only


@pytest.mark.parametrize(("store", "reason"), REFUSED)
def test_fault_29_a_store_that_no_server_can_run_on_is_refused_at_its_place_and_not_shown(
    tmp_path: Path, store: str, reason: str
) -> None:
    problem = problem_of(tmp_path, store)
    assert str(problem) == f"{tmp_path}/site.yaml:3:8: store: {reason}"
    assert "canary" not in repr(problem)


def test_fault_29_a_password_is_not_shown_for_a_control_character_beside_it(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f'{SITE}store: "sqlite://desk:canary?@\\x07/a.db"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "site.yaml")
    assert [problem.reason for problem in caught.value.problems] == [CONTROL]


def test_a_wrong_store_is_told_with_all_else_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"{SITE}store: sqlite://\nfeedz: []\n")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "site.yaml")
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [(3, "store"), (4, "feedz")]


def test_a_store_among_the_articles_is_known_by_what_its_escapes_mean(tmp_path: Path) -> None:
    reason = problem_of(tmp_path, "sqlite:///news/ferry%2Emd").reason
    assert reason == "is a file that source news reads, expected one that no source reads"


@pytest.mark.parametrize("folder", ["100%25", "what?", "tide #1", "ñandú & co"])
def test_a_store_lies_beside_its_configuration_whatever_the_folder_is_called(
    tmp_path: Path, folder: str
) -> None:
    file = tmp_path / folder / "site.yaml"
    file.parent.mkdir()
    file.write_text(f"{SITE}store: 'sqlite:///a.db?timeout=2.5&cached_statements=9'\n")
    with closing(Catalogue.open(load(file).store)):
        assert (tmp_path / folder / "a.db").is_file()


@given(
    st.from_regex(NEARLY, fullmatch=True)
    | st.tuples(st.sampled_from(["sqlite:///", "sqlite+pysqlite:///"]), st.text(max_size=12)).map("".join)
)
def test_what_is_taken_is_the_file_that_sqlalchemy_would_open(written: str) -> None:
    try:
        address = store_below(STORE.validate_python(written), Path("/srv/100%25/what?"))
    except ValidationError:
        return
    (opened,), _ = create_engine(address).dialect.create_connect_args(make_url(address))
    assert opened == str(store_file(address)).replace("//", "/")
