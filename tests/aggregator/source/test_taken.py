"""What reading files gave, packed for another process, and unpacked there."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.entry.preparing import prepare
from aggregator.errors import Problem, Severity
from aggregator.frontmatter.reading import Outcome
from aggregator.source.stamp import UNKNOWN, Stamp
from aggregator.source.taken import Taken, pack, unpack
from feeds.article import Article, Provider

# What a path may hold: also bytes that are not UTF-8, as the file system's encoding has them.
texts = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
numbers = st.integers(-1, (1 << 63) - 1)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
names = st.text(min_size=1, max_size=5)
articles = st.builds(
    Article,
    id=names,
    source=names,
    path=names,
    title=names,
    published=moments,
    updated=st.none() | moments,
    topics=st.lists(names, max_size=3).map(tuple),
    category=st.none() | names,
    provider=st.none() | st.builds(Provider, name=names, domain=names),
)
problems = st.builds(Problem, file=texts, reason=texts, severity=st.sampled_from(Severity), value=texts)
outcomes = st.builds(
    Outcome, article=st.none() | articles, problems=st.lists(problems, max_size=2).map(tuple)
)
stamps = st.just(UNKNOWN) | st.builds(Stamp, inode=numbers, size=numbers, modified_ns=numbers)
several = st.lists(
    st.builds(
        Taken,
        path=texts,
        stamp=stamps,
        digest=st.binary(max_size=16),
        outcome=outcomes,
        prepared=st.none() | st.builds(prepare, articles, has_words=st.booleans()),
    ),
    max_size=4,
)


@given(several)
def test_what_is_packed_is_unpacked_as_it_was(taken: list[Taken]) -> None:
    unpacked = unpack(pack(taken))
    assert unpacked == taken
    assert [one.prepared and [type(name.kind) for name in one.prepared.names] for one in unpacked] == [
        one.prepared and [type(name.kind) for name in one.prepared.names] for one in taken
    ]


def test_a_name_is_one_object_for_all_articles_that_have_it() -> None:
    article = Article(
        id="x", source="s", path="p", title="t", published=datetime(2020, 1, 1, tzinfo=UTC), topics=("Moon",)
    )
    first, second = unpack(pack([Taken("p", UNKNOWN, b"", Outcome(), prepare(article)) for _ in range(2)]))
    assert first.prepared is not None
    assert second.prepared is not None
    assert first.prepared.names[0] is second.prepared.names[0]
