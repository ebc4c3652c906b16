"""Trends: a slope that is there is found, and noise is not taken for a proof that there is none."""

from random import Random

import pytest

from tests.endurance.trend import trend

MOMENTS = [float(second) for second in range(100)]


def noise(size: float) -> list[float]:
    chance = Random(7)  # noqa: S311  the same noise each time
    return [size * (chance.random() - 0.5) for _ in MOMENTS]


def test_a_line_has_its_slope_and_no_error() -> None:
    found = trend(MOMENTS, [3 + 2 * moment for moment in MOMENTS])
    assert found.slope == pytest.approx(2)
    assert found.error == pytest.approx(0, abs=1e-9)
    assert found.most == pytest.approx(2)


def test_what_may_be_is_more_the_noisier_it_is() -> None:
    quiet, loud = (trend(MOMENTS, noise(size)) for size in (1, 100))
    assert quiet.most < 0.02
    assert loud.most > 0.3


def test_a_slope_within_the_noise_is_not_excluded() -> None:
    values = [moment + off for moment, off in zip(MOMENTS, noise(100), strict=True)]
    assert trend(MOMENTS, values).most > 1
