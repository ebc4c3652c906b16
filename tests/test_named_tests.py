"""What documents name as tests is found, and what is none, or may not run, is told."""

import pytest

from tests.named_tests import idle, missing, named_tests

HERE = "test_named_tests.py"


def test_each_name_is_found_once() -> None:
    text = "`a/test_b.py::test_c` and `test_b.py::test_c`, not `test_b.py`<br>`a/test_b.py::test_c`, again"
    assert named_tests(text) == [("a/test_b.py", "test_c"), ("test_b.py", "test_c")]


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("test_nowhere.py", "test_this", "test_nowhere.py is not there"),
        (HERE, "test_that_never_was", "test_named_tests.py has no test_that_never_was"),
        (HERE, "missing", "is not what pytest collects"),
        ("named_tests.py", "test_this", "is not what pytest collects"),
        ("docs/test_security.py", "DOCUMENT", "is not what pytest collects"),
    ],
)
def test_what_is_no_test_is_told(path: str, name: str, said: str) -> None:
    assert said in missing(path, name)


def test_a_test_is_none_that_is_missing() -> None:
    assert missing(HERE, "test_each_name_is_found_once") == ""
    assert idle(HERE, "test_each_name_is_found_once") == ""


@pytest.mark.skipif("sys.platform == 'nowhere'")
def test_that_may_be_skipped() -> None:
    assert idle(HERE, "test_that_may_be_skipped") == f"{HERE}::test_that_may_be_skipped may not run: skipif"


def test_a_mark_of_the_whole_file_counts() -> None:
    assert "skipif" in idle("test_corpus.py", "test_mojibake_is_repaired")
