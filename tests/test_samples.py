"""The configuration that runs out of the box, and its sample articles: they use every key, and each shows what it is there for."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator import config
from aggregator.catalogue import Catalogue
from aggregator.errors import Severity
from aggregator.lint import check_site
from aggregator.refreshes.refresh import Report
from aggregator.wiring import Wiring, wire

CONFIG = Path(__file__).parents[1] / "config"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BROKEN_SOURCE = "  # - name: broken\n  #   path: content/broken\n"

# The contract's table of keys, and the other tools' names that stand beside it.
KEYS = {
    *("title", "excerpt", "publishedDateTime", "updatedDateTime", "originalUrl", "webUrl", "id", "locale"),
    *("category", "type", "published", "removed", "deleted", "quality", "heat", "provider", "topics"),
    *("images", "related", "length", "featuredContent", "actions", "secured"),
}
OTHER_NAMES = {
    *("date", "lastmod", "draft", "tags", "categories", "summary", "description", "author", "authors"),
    *("canonicalUrl", "lang", "image"),
}

# Words that only articles hold that must stay inside: unpublished, scheduled, withdrawn, excluded, drafts, and what `secured` says.
CANARIES = [
    "dummy-value",
    "merger",
    "Mergers",
    "last quarter",
    "The Future",
    "the-future",
    "measured the fan",
    "told twice",
    "Retractions",
    "Corrections",
    "what we got wrong",
    "Never looked at",
    "This file and",
    "alert(",
]


class Site:
    """The sample site over a catalogue in a temporary folder: its documents by path, as of the last refresh."""

    def __init__(self, folder: Path) -> None:
        self.catalogue_path = folder / "catalogue.db"
        self.settings = replace(
            config.load(CONFIG / "aggregator.yaml"), store=f"sqlite:///{self.catalogue_path}"
        )
        self.documents: dict[str, bytes] = {}
        self.report = self.refresh(NOW)

    @contextmanager
    def wired(self) -> Iterator[tuple[Wiring, Catalogue]]:
        catalogue = Catalogue.open(self.settings.store)
        try:
            yield wire(self.settings, catalogue), catalogue
        finally:
            catalogue.close()

    def refresh(self, now: datetime) -> Report:
        """Refresh, and make every document anew."""
        with self.wired() as (wiring, catalogue):
            report = wiring.refresh.run(now)
            with catalogue.snapshot() as snapshot:
                found = (
                    (path, family.find(path, snapshot))
                    for family in wiring.families
                    for path in family.paths(snapshot)
                )
                self.documents = {path: draft.make().body for path, draft in found if draft is not None}
        return report

    def items(self, path: str = "/feeds/all") -> dict[str, Any]:
        """Give the entries of a feed by title."""
        items = json.loads(self.documents[f"{path}.json"])["items"]
        return {item["title"]: item for item in items}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def items(site: Site) -> dict[str, Any]:
    return site.items()


def article_files() -> list[Path]:
    return sorted(
        path for path in (CONFIG / "content").rglob("*.*") if path.suffix in {".md", ".markdown", ".html"}
    )


def keys_of(path: Path) -> set[str]:
    """Give the keys at the top of a file's front matter."""
    match = re.match(r"---\r?\n(.*?)^---", path.read_text(encoding="utf-8-sig"), re.DOTALL | re.MULTILINE)
    return set(re.findall(r"^(\w+):", match[1], re.MULTILINE)) if match else set()


# The configuration


def test_nothing_is_wrong_but_what_is_there_to_show_a_warning(site: Site) -> None:
    report = check_site(site.settings, NOW, lambda *_: None)
    serious = [problem for problem in report.problems if problem.severity is not Severity.HINT]
    assert [(problem.severity, Path(problem.file).name, problem.key) for problem in serious] == [
        (Severity.WARNING, "2025-03-04-osprey-chip.md", None),
        (Severity.WARNING, "2025-04-09-out-of-range.md", "quality"),
        (Severity.WARNING, "2099-01-01-the-future.md", "publishedDateTime"),
    ]
    assert report.alarms == ()


def test_the_files_are_in_every_state_there_is(site: Site) -> None:
    assert site.report.states == {"public": 28, "removed": 2, "scheduled": 1, "skipped": 2, "unpublished": 2}
    assert site.report.articles == 27


def test_every_feed_of_the_configuration_has_entries(site: Site) -> None:
    counts = {feed.path: len(site.items(feed.path)) for feed in site.settings.feeds}
    assert min(counts.values()) > 1, counts
    assert set(counts) == {
        f"/feeds/{name}"
        for name in ("latest", "best-of-ai", "videos", "deep-learning", "worldwide", "research", "stories")
    }


def test_each_feed_leaves_out_what_its_definition_says(site: Site) -> None:
    advertisement = "Deep learning for your shop window"
    assert advertisement in site.items()
    assert advertisement not in site.items("/feeds/best-of-ai")
    assert advertisement not in site.items("/feeds/deep-learning")


def test_the_links_of_the_site_work_where_make_serve_serves_it(site: Site) -> None:
    server = site.settings.server
    assert site.settings.site.url == f"http://{server.host}:{server.port}"


def test_it_has_a_feed_that_moved_and_one_that_is_gone(site: Site) -> None:
    assert dict(site.settings.moved) == {"ai-best": "best-of-ai"}
    assert site.settings.gone == {"weekly-digest"}


def test_the_comments_name_what_the_file_does_not_use() -> None:
    text = (CONFIG / "aggregator.yaml").read_text(encoding="utf-8")
    schema = config.schema()
    unused = {key for key in schema["properties"] if not re.search(rf"^{key}:", text, re.MULTILINE)}
    assert unused == {"categories", "limits"}


def test_the_broken_article_is_named_with_both_its_problems_once_its_source_is_let_in(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    path = tmp_path / "config/aggregator.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(BROKEN_SOURCE, BROKEN_SOURCE.replace("# ", "", 2)), encoding="utf-8")
    report = check_site(config.load(path), NOW, lambda _done, _total: None)
    errors = [problem for problem in report.problems if problem.severity is Severity.ERROR]
    assert [(problem.line, problem.key) for problem in errors] == [(3, "publishedDateTime"), (5, "quality")]
    assert all(problem.file.endswith("content/broken/2025-06-01-broken-on-purpose.md") for problem in errors)
    assert report.articles == 27


# The articles


def test_there_are_about_thirty() -> None:
    assert 30 <= len(article_files()) <= 40


def test_every_key_is_used() -> None:
    used = set().union(*map(keys_of, article_files()))
    assert (KEYS | OTHER_NAMES) - used == set()


def test_every_host_is_invented() -> None:
    hosts = {
        host
        for path in article_files()
        for host in re.findall(r"https?://([^/\s\"'<>{}]+)", path.read_text(encoding="utf-8"))
    }
    assert {host for host in hosts if not host.endswith(".example")} == set()


@pytest.mark.parametrize("canary", CANARIES)
def test_27_what_must_stay_inside_is_in_no_document(site: Site, canary: str) -> None:
    told = [path for path, body in site.documents.items() if canary.encode() in body or canary in path]
    assert told == []


def test_27_what_stands_under_secured_is_not_in_the_database(site: Site) -> None:
    files = site.catalogue_path.parent.glob("catalogue.db*")
    assert not any(b"dummy-value" in file.read_bytes() for file in files)


def test_the_canaries_are_in_the_files() -> None:
    texts = "".join(path.name + path.read_text(encoding="utf-8") for path in article_files())
    assert [canary for canary in CANARIES if canary not in texts] == []


def test_mojibake_is_repaired(items: dict[str, Any]) -> None:
    item = items["It’s not a bug, it’s the training data — says everyone"]  # noqa: RUF001  the apostrophe is the point
    assert item["summary"] == "The café’s ordering model learned to apologise “in advance”."  # noqa: RUF001  likewise
    assert "naïve espresso" in item["content_html"]


def test_of_two_files_with_one_identity_the_one_updated_last_counts(items: dict[str, Any]) -> None:
    osprey = [title for title in items if "Osprey" in title]
    assert osprey == ["Osprey Compute shows a chip that sleeps between sentences"]


def test_a_video_has_its_length_its_player_and_its_recording(site: Site) -> None:
    videos = site.items("/feeds/videos")
    loom = videos["A loom, a camera and a model: weaving in thirteen minutes"]
    assert 'src="https://player.kestrelfilm.example/embed/loom"' in loom["content_html"]
    (recording,) = videos["Lecture: what a deep network forgets first"]["attachments"]
    assert (recording["mime_type"], recording["duration_in_seconds"]) == ("video/mp4", 3720)


def test_a_player_of_a_host_that_is_not_allowed_is_taken_out(site: Site) -> None:
    html = site.items("/feeds/videos")["A player from a host that nobody allowed"]["content_html"]
    assert "Forty-five seconds of rain." in html
    assert "<iframe" not in html


def test_related_articles_stand_below_the_article(items: dict[str, Any]) -> None:
    html = items["Harrow Labs opens the weights of its smallest model"]["content_html"]
    assert 'href="https://marginalia.example/small-models"' in html
    assert 'href="https://lexandline.example/harrow-licence"' in html


def test_a_story_that_three_tell_is_one_entry_of_the_folded_feed(site: Site, items: dict[str, Any]) -> None:
    millbrook = [title for title in site.items("/feeds/stories") if "Millbrook" in title]
    assert millbrook == ["Millbrook library now lends out language models on floppy disks | Quillfeather"]
    assert len([title for title in items if "Millbrook" in title]) == 3
    entry = site.items("/feeds/stories")[millbrook[0]]
    assert [one["provider"] for one in entry["_story"]["also_covered_by"]] == [
        "Marginalia",
        "The Daily Sextant",
    ]


def test_markdown_becomes_a_table_code_and_the_html_that_it_holds(items: dict[str, Any]) -> None:
    html = items["Tessera 2 compiles the loop that everybody writes"]["content_html"]
    assert [
        part in html for part in ("<table>", '<code class="language-python">', "<details>", "<s>forty</s>")
    ] == [True] * 4


def test_downloads_are_attachments_with_type_and_size(items: dict[str, Any]) -> None:
    attachment = items["Ten thousand labelled puddles, free to use"]["attachments"][0]
    assert (attachment["mime_type"], attachment["size_in_bytes"]) == ("application/zip", 734003200)


@pytest.mark.parametrize(
    ("language", "start"), [("ar", "\u2067نموذج"), ("ja", "俳句"), ("de", "Maschinen"), ("en-GB", "Three")]
)
def test_there_are_several_languages(items: dict[str, Any], language: str, start: str) -> None:
    (title,) = (title for title, item in items.items() if item.get("language") == language)
    assert title.startswith(start)


def test_text_is_as_written_where_text_is_expected(items: dict[str, Any]) -> None:
    assert items["No"]["summary"] == "12:30:45"
    assert items["No"]["tags"] == ["2021", "1.0", "C++", "C#", "2021-01-01", "010"]


def test_entities_and_markup_become_text(items: dict[str, Any]) -> None:
    item = items["R&D budgets: bigger, says everybody — 1 < 2"]
    assert item["summary"] == "Entities and stray markup in titles and excerpts become text."


def test_a_date_without_an_offset_is_one_of_the_site(items: dict[str, Any]) -> None:
    told = items["Town council lets a model write the minutes, then the agenda"]["date_published"]
    assert datetime.fromisoformat(told) == datetime(2025, 4, 1, 7, 30, tzinfo=UTC)


def test_the_date_may_stand_in_the_name_of_the_file_alone(items: dict[str, Any]) -> None:
    item = items["Brightfen's archive turns out to be a good teacher"]
    assert datetime.fromisoformat(item["date_published"]) == datetime(2025, 5, 5, 22, tzinfo=UTC)
    assert item["tags"][0] == "AI"


def test_a_byte_order_mark_and_crlf_do_no_harm(items: dict[str, Any]) -> None:
    file = CONFIG / "content/news/2025-04-22-other-system.md"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf---\r\n")
    assert items["Written on another system"]["summary"].endswith("Neither does any harm.")


def test_an_article_may_have_no_page_but_its_own(site: Site, items: dict[str, Any]) -> None:
    item = items["How the desk writes headlines"]
    assert item["id"] == "tag:modelwire.example,2025:notes-on-house-style"
    assert item["url"].removeprefix(site.settings.site.url) in site.documents


def test_names_of_other_tools_are_read(items: dict[str, Any]) -> None:
    item = items["Hello from the desk"]
    assert item["url"] == "https://blog.modelwire.example/2024/11/hello-from-the-desk/"
    assert item["summary"] == "Who we are, and why all of it is made up."
    assert item["tags"] == ["Writing", "Behind the Wire", "house"]
    assert item["authors"][0]["name"] == "Marguerite Faye"


def test_the_scheduled_article_comes_at_its_second(tmp_path: Path) -> None:
    site = Site(tmp_path)
    then = datetime(2099, 1, 1, tzinfo=UTC)
    assert site.report.next_due == then
    site.refresh(then - timedelta(seconds=1))
    assert not any(title.startswith("Scheduled") for title in site.items())
    site.refresh(then)
    assert next(iter(site.items())).startswith("Scheduled")
