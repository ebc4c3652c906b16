"""Files at which refreshes were given up: which are left out, and until when."""

from aggregator.refreshes.given_up import GivenUp
from aggregator.source.stamp import Stamp

STAMP, OTHER = Stamp(1, 2, 3), Stamp(1, 2, 4)


def over() -> bool:
    return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_file_is_left_out_once_it_was_given_up_twice_as_it_is() -> None:
    given_up = GivenUp()
    stamps = {"a.md": STAMP, "b.md": OTHER}
    given_up.note("news", "a.md", STAMP, over)
    assert not given_up.left_out("news", stamps)
    given_up.note("news", "a.md", STAMP, over)
    assert list(given_up.left_out("news", stamps)) == ["a.md"]
    assert not given_up.left_out("port", stamps)


def test_a_file_that_has_changed_gets_both_chances_again() -> None:
    given_up = GivenUp()
    for stamp in (STAMP, OTHER, STAMP):
        given_up.note("news", "a.md", stamp, over)
    assert not given_up.left_out("news", {"a.md": STAMP})
    given_up.note("news", "a.md", STAMP, over)
    assert not given_up.left_out("news", {"a.md": OTHER})
    assert not given_up.left_out("news", {"a.md": STAMP})


def test_after_an_hour_it_is_tried_again() -> None:
    clock = Clock()
    given_up = GivenUp(clock)
    for _ in range(2):
        given_up.note("news", "a.md", STAMP, over)
    clock.now = 3599
    assert given_up.left_out("news", {"a.md": STAMP})
    clock.now = 3600
    assert not given_up.left_out("news", {"a.md": STAMP})


def test_what_is_not_known_is_said() -> None:
    given_up = GivenUp()
    assert given_up.is_sure
    given_up.note("news", None, None, over)
    assert not given_up.is_sure
    assert not given_up.left_out("news", {"a.md": STAMP})


def test_a_file_that_is_still_being_read_is_left_out_though_it_has_changed() -> None:
    ended: list[str] = []
    given_up = GivenUp()
    given_up.note("news", "a.md", STAMP, lambda: bool(ended))
    assert given_up.left_out("news", {"a.md": STAMP})
    assert given_up.left_out("news", {"a.md": OTHER})
    ended.append("a.md")
    assert not given_up.left_out("news", {"a.md": STAMP})
