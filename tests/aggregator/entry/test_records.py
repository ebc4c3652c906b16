"""An article survives the catalogue as it is."""

from dataclasses import fields, replace

import pytest

from aggregator.entry.records import decode, encode
from feeds.article import Article
from tests import samples
from tests.aggregator.catalogue.shelf import NOON

# Half of a surrogate pair, which some samples have, is never read from a file, and no database can hold it.
ARTICLES = [
    value for value in vars(samples).values() if isinstance(value, Article) and "\\ud800" not in repr(value)
]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.title)
def test_what_is_decoded_is_what_was_encoded(article: Article) -> None:
    assert decode(encode(article)[0], NOON) == replace(article, updated=NOON)


def test_the_samples_use_every_field() -> None:
    used = {
        field.name
        for one in ARTICLES
        for field in fields(Article)
        if getattr(one, field.name) != field.default
    }
    assert used >= {field.name for field in fields(Article)} - {"is_published", "is_removed"}


def test_marks_and_places_are_kept_but_not_shown() -> None:
    one = ARTICLES[0]
    other = replace(one, quality=1, heat=2, source="x", path="y", updated=NOON)
    _, content, whole = encode(one)
    _, other_content, other_whole = encode(other)
    assert (content == other_content, whole == other_whole) == (True, False)
    assert encode(replace(one, title="Another"))[1] != content
