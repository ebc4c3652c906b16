"""How names compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.selection import fold


@pytest.mark.parametrize(
    "name", ["Deep Learning", " deep  LEARNING ", "\uff44eep learning", "deep\u00a0learning"]
)
def test_names_compare_without_case_compatibility_forms_and_surplus_white_space(name: str) -> None:
    assert fold(name) == "deep learning"


@given(name=st.text() | st.text(alphabet="ßǰΐẞẖᾳ\u0301\u0308\u0323\u0345 aSΣ"))
def test_what_is_folded_already_stays_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name)
