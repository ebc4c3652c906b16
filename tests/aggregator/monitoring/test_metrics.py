"""Figures add up over processes, whatever the order, and lose nothing."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.monitoring.metrics import CONNECTIONS, METRICS, REFRESHES, REQUESTS, Figures, total

COUNTS = st.dictionaries(
    st.builds(REQUESTS.key, st.sampled_from("ab"), st.just("atom"), st.sampled_from(("200", "304"))),
    st.integers(0, 100),
)
READERS = st.dictionaries(
    st.tuples(st.just("/feeds/all"), st.just("atom"), st.sampled_from("xyz")), st.integers(0, 9)
)
FIGURES = st.builds(
    Figures,
    counts=COUNTS,
    levels=st.dictionaries(st.just(CONNECTIONS.key()), st.integers(0, 9)),
    audience=READERS,
)


@given(FIGURES, FIGURES)
def test_counts_and_levels_add_up(one: Figures, other: Figures) -> None:
    both = total([one, other])
    for part in ("counts", "levels"):
        assert sum(getattr(both, part).values()) == sum(getattr(one, part).values()) + sum(
            getattr(other, part).values()
        )


@given(FIGURES, FIGURES, FIGURES)
def test_the_order_makes_no_difference(one: Figures, other: Figures, third: Figures) -> None:
    assert total([one, other, third]) == total([third, total([other, one])])


@given(FIGURES, FIGURES)
def test_of_what_one_reader_says_to_several_the_largest_counts(one: Figures, other: Figures) -> None:
    both = total([one, other]).audience
    assert all(
        number == max(one.audience.get(key, 0), other.audience.get(key, 0)) for key, number in both.items()
    )


@given(FIGURES)
def test_figures_travel_between_processes(figures: Figures) -> None:
    assert pickle.loads(pickle.dumps(figures)) == figures  # noqa: S301  what is tested


def test_labels_must_fit() -> None:
    with pytest.raises(
        ValueError, match=r"aggregator_refreshes_total got labels \(\), expected \('outcome',\)"
    ):
        REFRESHES.key()


def test_no_two_metrics_have_one_name() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
