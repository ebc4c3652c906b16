"""What a configuration that is well means: every key, every form it may take, and what holds where it says nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from pickle import dumps, loads
from zoneinfo import ZoneInfo

import pytest

from aggregator.config import Settings, load
from feeds.article import Author
from feeds.definition import Content, FeedDefinition, Order
from feeds.search_query import SearchQuery
from feeds.selection import Names, Selection
from feeds.site import Site

LEAST = """\
site: {title: The Tide Table, url: https://tide.example.org}
sources: [{name: news, path: content/news}]
"""

WHOLE = """\
site:
  title: The Tide Table
  url: https://Tide.Example.org/wire/
  description: When the water comes and goes
  language: en-GB
  timezone: Europe/Lisbon
  author: {name: The pilot, email: pilot@example.org, url: https://tide.example.org/pilot}
  copyright: © 2026 The Tide Table
  icon: https://tide.example.org/icon.png?size=512
  logo: https://tide.example.org/logo.png
  tag: example.org,2024-02
sources:
  - name: news
    path: content/news
    include: ["**/*.md"]
    exclude: ["drafts/**"]
    fields: {publishedDateTime: posted}
    permalink: https://log.example.org/{year}/{month}/{slug}/
  - {name: films, path: /srv/films}
reload: {every: 30s, watch: false, timeout: 2m, accept_loss: true}
store: sqlite:///../var/catalogue.db
server: {host: 0.0.0.0, port: 0, workers: 2, max_age: 1h}
defaults: {limit: 30, content: title, formats: [json, rss]}
topics:
  min_articles: 2
  named:
    "Sea": {title: All at sea, description: Salt and water, aliases: ["Ocean", "The Deep"]}
providers: {min_articles: 3, named: {Quay.example: {title: The Quay}}}
categories: {min_articles: 4, named: {essays: {title: Long reads}}}
feeds:
  - id: best-of-boats
    title: The best of boats
    description: Everything afloat
    where:
      topics: [Boats, Deep Water]
      providers: {none: [spam.example]}
      categories: {any: [news], all: [news], none: [gossip]}
      types: [article]
      languages: [EN]
      sources: [News]
      min_quality: 60
      min_heat: -1
      max_age: 30d
      since: 2021-07-01
      match: 'ferry OR "slow boat" -sponsored'
    order: best
    limit: 12
    content: excerpt
    per_provider: 3
    fold: true
  - {id: rest, title: The rest}
moved: {old-boats: best-of-boats, older: all}
gone: [retired]
limits: {front_matter: 64KiB, file: 1000000}
embeds: [Player.example]
"""


def configured(folder: Path, text: str) -> Settings:
    file = folder / "aggregator.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


@pytest.fixture
def whole(tmp_path: Path) -> Settings:
    return configured(tmp_path, WHOLE)


@pytest.fixture
def least(tmp_path: Path) -> Settings:
    return configured(tmp_path, LEAST)


def test_the_site_is_what_the_file_says(whole: Settings) -> None:
    assert whole.site == Site(
        title="The Tide Table",
        url="https://tide.example.org/wire",
        tag="example.org,2024-02",
        description="When the water comes and goes",
        language="en-GB",
        author=Author(name="The pilot", email="pilot@example.org", url="https://tide.example.org/pilot"),
        copyright="© 2026 The Tide Table",
        icon="https://tide.example.org/icon.png?size=512",
        logo="https://tide.example.org/logo.png",
    )
    assert whole.timezone == ZoneInfo("Europe/Lisbon")


def test_a_source_is_what_the_file_says(whole: Settings) -> None:
    news, _ = whole.sources
    assert (news.name, news.include, news.exclude) == ("news", ("**/*.md",), ("drafts/**",))
    assert news.fields == {"publishedDateTime": "posted"}
    assert news.permalink == "https://log.example.org/{year}/{month}/{slug}/"


def test_reload_server_defaults_and_limits_are_what_the_file_says(whole: Settings) -> None:
    reload, server, defaults = whole.reload, whole.server, whole.defaults
    assert (reload.every, reload.cron, reload.watch) == (timedelta(seconds=30), None, False)
    assert (reload.timeout, reload.accept_loss) == (timedelta(minutes=2), True)
    assert (server.host, server.port, server.workers, server.max_age) == ("0.0.0.0", 0, 2, timedelta(hours=1))  # noqa: S104  a value to compare with
    assert (defaults.limit, defaults.content, defaults.formats) == (30, Content.TITLE, ("json", "rss"))
    assert (whole.limits.front_matter, whole.limits.file) == (65_536, 1_000_000)
    assert whole.embeds == ("player.example",)


def test_automatic_feeds_are_what_the_file_says(whole: Settings) -> None:
    assert whole.topics is not None
    assert whole.providers is not None
    assert whole.categories is not None
    sea = whole.topics.named["Sea"]
    assert (sea.title, sea.description, sea.aliases) == (
        "All at sea",
        "Salt and water",
        ("Ocean", "The Deep"),
    )
    assert whole.providers.named["quay.example"].title == "The Quay"
    assert whole.categories.named["essays"].title == "Long reads"
    assert [feeds.min_articles for feeds in (whole.topics, whole.providers, whole.categories)] == [2, 3, 4]


def test_a_feed_is_what_the_file_says_with_its_names_folded(whole: Settings) -> None:
    best, _ = whole.feeds
    assert best == FeedDefinition(
        path="/feeds/best-of-boats",
        title="The best of boats",
        description="Everything afloat",
        selection=Selection(
            topics=Names(any=("boats", "deep water")),
            providers=Names(none=("spam.example",)),
            categories=Names(any=("news",), all=("news",), none=("gossip",)),
            types=Names(any=("article",)),
            languages=Names(any=("en",)),
            sources=Names(any=("news",)),
            min_quality=60,
            min_heat=-1,
            max_age=timedelta(days=30),
            since=datetime(2021, 6, 30, 23, tzinfo=UTC),
            match=SearchQuery(all=(("ferry", "slow boat"),), none=("sponsored",)),
        ),
        order=Order.BEST,
        limit=12,
        content=Content.EXCERPT,
        per_provider=3,
        fold=True,
    )


def test_a_feed_that_says_little_takes_the_defaults(whole: Settings) -> None:
    _, rest = whole.feeds
    assert rest == FeedDefinition(path="/feeds/rest", title="The rest", limit=30, content=Content.TITLE)


def test_moved_and_gone_are_what_the_file_says(whole: Settings) -> None:
    assert whole.moved == {"old-boats": "best-of-boats", "older": "all"}
    assert whole.gone == {"retired"}


def test_two_keys_are_enough(least: Settings) -> None:
    assert least.site == Site(
        title="The Tide Table", url="https://tide.example.org", tag="tide.example.org,2026"
    )
    assert (least.feeds, least.moved, least.gone) == ((), {}, frozenset())


def test_what_holds_where_the_file_says_nothing(least: Settings) -> None:
    assert least.timezone == ZoneInfo("UTC")
    assert least.sources[0].include == ("**/*.md", "**/*.markdown", "**/*.html")
    assert (least.reload.every, least.reload.cron, least.reload.watch) == (timedelta(minutes=1), None, True)
    assert (least.reload.timeout, least.reload.accept_loss) == (timedelta(minutes=10), False)
    assert (least.server.host, least.server.port, least.server.workers) == ("127.0.0.1", 8080, 1)
    assert least.server.max_age == timedelta(minutes=5)
    assert least.defaults.formats == ("atom", "rss", "json")
    assert (least.defaults.limit, least.defaults.content) == (50, Content.FULL)
    assert (least.limits.front_matter, least.limits.file) == (256 * 1024, 5 * 1024**2)
    assert least.topics
    assert least.topics.min_articles == 1
    assert "www.youtube.com" in least.embeds


def test_paths_are_relative_to_the_configuration_file(tmp_path: Path, whole: Settings) -> None:
    assert whole.path == tmp_path / "aggregator.yaml"
    assert [source.path for source in whole.sources] == [tmp_path / "content/news", Path("/srv/films")]


def test_a_relative_path_to_the_file_itself_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aggregator.yaml").write_text(LEAST)
    monkeypatch.chdir(tmp_path)
    settings = load(Path("aggregator.yaml"))
    assert settings.path == tmp_path / "aggregator.yaml"
    assert settings.sources[0].path == tmp_path / "content/news"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///../var/a.db", "sqlite:////{parent}/var/a.db"),
        ("sqlite:///a.db", "sqlite:////{folder}/a.db"),
        ("sqlite:///./a.db?timeout=3", "sqlite:////{folder}/a.db?timeout=3"),
        ("sqlite+pysqlite:///a.db", "sqlite+pysqlite:////{folder}/a.db"),
        ("sqlite:////var/lib/a.db", "sqlite:////var/lib/a.db"),
    ],
)
def test_the_store_is_relative_to_the_configuration_file_too(
    tmp_path: Path, written: str, meant: str
) -> None:
    settings = configured(tmp_path, f"{LEAST}store: '{written}'\n")
    folder = str(tmp_path).removeprefix("/")
    parent = str(tmp_path.parent).removeprefix("/")
    assert settings.store == meant.format(folder=folder, parent=parent)


def test_the_store_lies_beside_the_configuration_file_by_default(tmp_path: Path, least: Settings) -> None:
    assert least.store == f"sqlite:///{tmp_path}/var/aggregator.db"


def test_automatic_feeds_can_be_switched_off(tmp_path: Path) -> None:
    settings = configured(tmp_path, f"{LEAST}topics: false\nproviders: false\ncategories: False\n")
    assert (settings.topics, settings.providers, settings.categories) == (None, None, None)


def test_fault_13_text_is_as_written_whatever_yaml_makes_of_it(tmp_path: Path) -> None:
    written = ["No", "12:30:45", "010", "1.0", "2021-01-01", "1_000", "0x10", ".inf", "yes", "'null'"]
    feeds = "\n".join(f"  - {{id: a{index}, title: {title}}}" for index, title in enumerate(written))
    settings = configured(tmp_path, f"{LEAST}feeds:\n{feeds}\n  - {{id: 010, title: t}}\n")
    assert [feed.title for feed in settings.feeds[:-1]] == [title.strip("'") for title in written]
    assert settings.feeds[-1].path == "/feeds/010"


def test_cron_stands_in_place_of_every_with_weekdays_by_name(tmp_path: Path) -> None:
    settings = configured(tmp_path, f"{LEAST}reload: {{cron: '*/5 6-20 * * 1-5'}}\n")
    assert (settings.reload.every, settings.reload.cron) == (None, "*/5 6-20 * * mon,tue,wed,thu,fri")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-01-01", datetime(2021, 1, 1, 5, tzinfo=UTC)),
        ("2021-07-01T12:30", datetime(2021, 7, 1, 16, 30, tzinfo=UTC)),
        ("2021-01-01 09:00:00", datetime(2021, 1, 1, 14, tzinfo=UTC)),
        ("2021-01-01T09:00:00Z", datetime(2021, 1, 1, 9, tzinfo=UTC)),
        ("2021-01-01T09:00:00+02:00", datetime(2021, 1, 1, 7, tzinfo=UTC)),
    ],
)
def test_since_is_in_the_sites_time_zone_unless_it_says_another(
    tmp_path: Path, written: str, meant: datetime
) -> None:
    text = LEAST.replace("{title", "{timezone: America/New_York, title", 1)
    settings = configured(tmp_path, f"{text}feeds: [{{id: a, title: A, where: {{since: {written}}}}}]\n")
    assert settings.feeds[0].selection.since == meant


def test_definitions_are_equal_whatever_the_order_and_spelling_of_names(tmp_path: Path) -> None:
    feed = "feeds: [{{id: a, title: A, where: {{topics: {}}}}}]\n"
    one = configured(tmp_path, LEAST + feed.format("[AI, Boats, ai]"))
    other = configured(tmp_path, LEAST + feed.format("{any: [boats, Ai]}"))
    assert one.feeds == other.feeds


def test_feed_files_add_definitions_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "b-list.yaml").write_text("- {id: two, title: Two}\n- {id: three, title: Three}\n")
    (folder / "a-one.yaml").write_text("id: one\ntitle: One\nlimit: 7\n")
    (folder / "c-mapping.yaml").write_text("feeds:\n  - {id: four, title: Four, where: {sources: [news]}}\n")
    (folder / "d-nothing.yaml").write_text("# all of it is commented out\n")
    (folder / ".hidden.yaml").write_text("- [\n")
    (folder / "notes.txt").write_text("- [\n")
    settings = configured(tmp_path, f"{LEAST}feeds: [{{id: zero, title: Zero}}]\nmoved: {{old: four}}\n")
    assert [feed.path for feed in settings.feeds] == [
        "/feeds/zero",
        "/feeds/one",
        "/feeds/two",
        "/feeds/three",
        "/feeds/four",
    ]
    assert settings.feeds[1].limit == 7


def test_a_file_named_feeds_beside_the_configuration_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a shopping list")
    assert configured(tmp_path, LEAST).feeds == ()


def test_anchors_aliases_and_merge_keys_work(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        LEAST
        + """\
feeds:
  - &first
    id: one
    title: One
    where: &serious {topics: &words [Boats], min_quality: 60}
  - {id: two, title: Two, where: {<<: *serious, min_quality: 80}}
  - {id: three, title: Three, where: {categories: *words}}
  - {<<: [{title: Four}, *first], id: four}
""",
    )
    one, two, three, four = settings.feeds
    assert one.selection == Selection(topics=Names(any=("boats",)), min_quality=60)
    assert two.selection == Selection(topics=Names(any=("boats",)), min_quality=80)
    assert three.selection == Selection(categories=Names(any=("boats",)))
    assert (four.title, four.selection) == ("Four", one.selection)


def test_fault_10_a_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "aggregator.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    assert load(file).site.title == "The Tide Table"


def test_settings_can_be_hashed_compared_and_sent_to_another_process(tmp_path: Path, whole: Settings) -> None:
    again = configured(tmp_path, WHOLE)
    assert (again, hash(again)) == (whole, hash(whole))
    assert loads(dumps(whole)) == whole  # noqa: S301  its own bytes


def test_settings_of_nothing_but_defaults_can_be_hashed(least: Settings) -> None:
    assert isinstance(hash(least), int)


def test_a_site_at_an_address_of_numbers_has_a_tag(tmp_path: Path) -> None:
    settings = configured(tmp_path, LEAST.replace("https://tide.example.org", "http://127.0.0.1:8080/"))
    assert (settings.site.url, settings.site.tag) == ("http://127.0.0.1:8080", "127.0.0.1,2026")


def test_a_provider_is_the_same_with_www_and_without(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        f"{LEAST}providers: {{named: {{www.Pier.example: {{title: Pier}}}}}}\n"
        "embeds: [www.pier.example]\n"
        "feeds: [{id: a, title: A, where: {providers: [www.pier.example, pier.example, www.quay.example, www.example]}}]\n",
    )
    assert settings.providers is not None
    assert set(settings.providers.named) == {"pier.example"}
    assert settings.feeds[0].selection.providers.any == ("pier.example", "quay.example", "www.example")
    assert settings.embeds == ("www.pier.example",)
