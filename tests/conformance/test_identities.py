"""Identities: what an entry is called, in every feed and format, through edits and moves."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.aggregator.workshop import HOUR, NOON, Workshop
from tests.conformance.published import ATOM, feed_paths, json_of, strictly, told, xml_of

# RFC 4151 section 2.1.
TAG = re.compile(
    r"tag:(?P<authority>[a-z0-9.-]+|[a-z0-9._-]+@[a-z0-9.-]+),(?P<date>\d{4}(?:-\d\d){0,2}):"
    r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*"
)


def item_of(workshop: Workshop, now: datetime) -> dict[str, str]:
    workshop.refresh(now)
    (entry,) = strictly(workshop.document("/feeds/all.atom")).iter(f"{ATOM}entry")
    return {tag: entry.findtext(f"{ATOM}{tag}") or "" for tag in ("id", "published", "updated", "title")}


def test_T1_tag_uris_are_well_formed_and_dated_in_the_past(site: RunningSite) -> None:
    feed = xml_of(site, "/feeds/all.atom")
    tags = [one.text or "" for one in feed.iter(f"{ATOM}id") if (one.text or "").startswith("tag:")]
    assert len(tags) > 1
    for tag in tags:
        found = TAG.fullmatch(tag)
        assert found, tag
        assert found["authority"] == "example.org"
        assert date.fromisoformat(found["date"]) <= datetime.now(UTC).date()


def test_T3_an_article_has_one_identity_in_every_feed_and_format(site: RunningSite) -> None:
    names = {one.suffix: name for name, one in FORMATS.items()}
    identities = defaultdict(set)
    for path in feed_paths(site):
        for entry in told(names[path[path.rindex(".") :]], site.get(path).body):
            identities[entry["link"]].add(entry["id"])
    assert len(identities) == 4
    assert all(len(found) == 1 for found in identities.values())


def test_A5_J1_E10_an_edit_moves_updated_and_nothing_else(workshop: Workshop) -> None:
    workshop.write("ferry", title="Ferries wait")
    before = item_of(workshop, NOON)
    workshop.write(
        "ferry", "updatedDateTime: 2026-03-01T10:00:00Z", title="Ferries wait no more", body="New."
    )
    after = item_of(workshop, NOON + HOUR)
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert (after["updated"], after["title"]) == ("2026-03-01T10:00:00+00:00", "Ferries wait no more")


def test_A7_reading_an_article_again_does_not_move_updated(workshop: Workshop) -> None:
    workshop.write("ferry")
    before = item_of(workshop, NOON)
    workshop.write("ferry").touch()
    assert item_of(workshop, NOON + HOUR) == before


@pytest.mark.parametrize(
    "url", ["http://news.example.org", "https://other.example", "https://news.example.org:8443"]
)
def test_R5_A5_E10_no_identity_changes_with_the_sites_address(workshop: Workshop, url: str) -> None:
    fixed = 'title: The Harbour Wire, tag: "news.example.org,2026", url: '
    text = workshop.text.replace("title: The Harbour Wire, url: ", fixed)
    workshop.config_path.write_text(text)
    workshop.write("ferry")
    before = item_of(workshop, NOON)
    workshop.config_path.write_text(text.replace("url: https://news.example.org", f"url: {url}"))
    assert item_of(workshop, NOON + HOUR)["id"] == before["id"]


def test_J1_R5_identities_are_the_same_in_json_and_atom(site: RunningSite) -> None:
    items = json_of(site, "/feeds/all.json")["items"]
    entries = xml_of(site, "/feeds/all.atom").iter(f"{ATOM}entry")
    assert [one["id"] for one in items] == [entry.findtext(f"{ATOM}id") for entry in entries]
