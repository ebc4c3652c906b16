"""The file that `new` begins: read back it is the article that was asked for; nothing is ever overwritten."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import NewFileError
from aggregator.frontmatter.reading import Reading, read_article
from aggregator.scaffold.new_article import article_text, new_article
from feeds.article import Article
from feeds.site import Site
from feeds.text import one_line
from tests.aggregator.workshop import NOON, Workshop
from tests.strategies import anything

SITE = Site(title="A", url="https://a.example", tag="a.example,2026")


def read(path: Path, **fields: str) -> Article:
    reading = Reading(source="news", site=SITE, timezone=UTC, fields=fields)
    outcome = read_article(path.read_bytes(), path.name, reading, str(path))
    assert outcome.problems == ()
    assert outcome.article is not None
    return outcome.article


def new(workshop: Workshop, title: str, source: str | None = None, folder: str = "") -> Path:
    return new_article(title, workshop.settings(), source, folder, NOON)


def test_it_is_an_article_that_is_not_public_yet(workshop: Workshop) -> None:
    path = new(workshop, "A model: small & quick")
    assert path == workshop.folder / "news" / "2026-03-01-a-model-small-and-quick.md"
    article = read(path)
    assert (article.title, article.published, article.is_published) == ("A model: small & quick", NOON, False)
    assert workshop.refresh().states == {"unpublished": 1}


def test_it_is_public_once_its_author_takes_out_the_line_that_says_otherwise(workshop: Workshop) -> None:
    path = new(workshop, "Ferry")
    kept = [line for line in path.read_text().splitlines() if not line.startswith("published:")]
    path.write_text("\n".join(kept))
    workshop.refresh()
    assert workshop.titles() == ["Ferry"]


def test_its_date_is_that_of_the_sites_time_zone(workshop: Workshop) -> None:
    workshop.config_path.write_text(
        workshop.text.replace("example.org}", "example.org, timezone: Asia/Tokyo}")
    )
    late = datetime(2026, 3, 1, 20, tzinfo=UTC)
    path = new_article("Ferry", workshop.settings(), None, "", late)
    assert path.name == "2026-03-02-ferry.md"
    assert "publishedDateTime: 2026-03-02T05:00:00+09:00" in path.read_text()


def test_it_goes_where_it_is_told(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news}\n- {name: films, path: films}")
    path = new(workshop, "Ferry", "films", "2026/spring/")
    assert path == workshop.folder / "films" / "2026" / "spring" / "2026-03-01-ferry.md"


def test_it_goes_where_a_link_within_the_source_leads(workshop: Workshop) -> None:
    deep = workshop.folder / "news" / "2026" / "spring"
    deep.mkdir(parents=True)
    (workshop.folder / "news" / "now").symlink_to(deep)
    assert new(workshop, "Ferry", folder="now") == deep / "2026-03-01-ferry.md"
    assert workshop.refresh().states == {"unpublished": 1}


def test_it_goes_below_a_source_that_is_a_link(workshop: Workshop) -> None:
    (workshop.folder / "linked").symlink_to(workshop.folder / "news")
    workshop.configure(sources="- {name: news, path: linked}")
    assert (
        new(workshop, "Ferry", folder="deep") == workshop.folder / "linked" / "deep" / "2026-03-01-ferry.md"
    )


def test_it_uses_the_names_that_its_source_has_for_keys(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news, fields: {title: headline, excerpt: teaser}}")
    path = new(workshop, "Ferry")
    assert "headline: " in path.read_text()
    assert read(path, title="headline").title == "Ferry"


def test_it_has_a_suffix_that_its_source_looks_for(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news, include: ['**/*.markdown']}")
    assert new(workshop, "Ferry").suffix == ".markdown"


@given(anything.filter(one_line) | st.text(min_size=1).filter(one_line))
def test_whatever_the_title_is_it_is_read_back(title: str) -> None:
    text = article_text(one_line(title), NOON.astimezone(ZoneInfo("Europe/Berlin")), {}, "news")
    reading = Reading(source="news", site=SITE, timezone=UTC)
    plain = read_article(text.encode(), "a.md", reading, "a.md")
    assert all(problem.key == "title" for problem in plain.problems)
    assert plain.article is None or (plain.article.published, plain.article.category) == (NOON, "news")


# What can't be


def test_a_file_that_is_there_stays_as_it_is(workshop: Workshop) -> None:
    path = new(workshop, "Ferry")
    path.write_text("somebody's work")
    with pytest.raises(NewFileError, match="is there already and stays as it is, expected another title"):
        new(workshop, "Ferry")
    assert path.read_text() == "somebody's work"


@pytest.mark.parametrize("title", ["", "  ", "\x00", "\ud800"])
def test_a_title_of_nothing_is_refused(workshop: Workshop, title: str) -> None:
    with pytest.raises(NewFileError, match="expected some text"):
        new(workshop, title)


def test_a_source_that_is_none_is_refused_with_those_there_are(workshop: Workshop) -> None:
    with pytest.raises(NewFileError, match="'films' is no source, expected one of news"):
        new(workshop, "Ferry", "films")


@pytest.mark.parametrize("folder", ["..", "a/../..", "/tmp"])  # noqa: S108  it is refused
def test_a_folder_outside_of_the_source_is_refused(workshop: Workshop, folder: str) -> None:
    with pytest.raises(NewFileError, match="leads out of source news"):
        new(workshop, "Ferry", folder=folder)


def test_a_link_that_leads_out_of_the_source_is_refused_and_nothing_written(workshop: Workshop) -> None:
    outside = workshop.folder / "outside"
    outside.mkdir()
    (workshop.folder / "news" / "link").symlink_to(outside)
    for folder in ("link", "link/deep"):
        with pytest.raises(NewFileError, match=rf"'{folder}' leads out of source news to {outside}"):
            new(workshop, "Ferry", folder=folder)
    assert not [*outside.iterdir()]


def test_a_folder_whose_name_is_not_utf_8_is_refused(workshop: Workshop) -> None:
    with pytest.raises(
        NewFileError, match="can't hold articles: its name is not UTF-8, expected one that is"
    ):
        new(workshop, "Ferry", folder="f\udcff")
    assert not [*(workshop.folder / "news").iterdir()]


@pytest.mark.parametrize("folder", ["ferry.md", "ferry.md/deep"])
def test_a_file_in_the_place_of_the_folder_is_told(workshop: Workshop, folder: str) -> None:
    path = workshop.write("ferry")
    with pytest.raises(NewFileError, match=f"^{path} is a file, expected a folder$"):
        new(workshop, "Quay", folder=folder)


def test_a_place_that_the_source_would_leave_out_is_refused_with_the_reason(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news, exclude: ['drafts/**']}")
    with pytest.raises(
        NewFileError, match=r"exclude of source news names it: drafts/\*\*; expected a --folder"
    ):
        new(workshop, "Ferry", folder="drafts")


def test_a_folder_that_can_not_be_written_is_told(workshop: Workshop) -> None:
    shutil.rmtree(workshop.folder / "news")
    (workshop.folder / "news").write_text("a file")
    with pytest.raises(NewFileError, match=r"can't be written: .*expected a folder that can be"):
        new(workshop, "Ferry", folder="deep")
