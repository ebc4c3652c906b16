"""What has not helped is tried again, later each time."""

from aggregator.service.insistence import Insistence


def tried(insistence: Insistence, start: int, seconds: int) -> list[int]:
    """Give at which seconds it is tried, after `start`."""
    return [second for second in range(seconds) if insistence.is_due(start + second)]


def test_it_is_tried_at_once_and_after_twice_as_long_each_time_up_to_the_longest() -> None:
    assert tried(Insistence(1, 8), 0, 40) == [0, 1, 3, 7, 15, 23, 31, 39]


def test_what_has_helped_is_tried_at_once_the_next_time() -> None:
    insistence = Insistence(1, 8)
    tried(insistence, 0, 10)
    insistence.forget()
    assert tried(insistence, 10, 8) == [0, 1, 3, 7]
