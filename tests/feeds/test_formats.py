"""x"""
from tests.samples import SITE
def test_x() -> None:
    assert SITE
