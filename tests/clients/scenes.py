"""The scenes of a life, from the first articles to the end of the feed: what happens between two polls."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tests.clients.life import Life, Scene
from tests.clients.newsroom import NEVER_PUBLIC
from tests.clients.stage import Stage


def begin(stage: Stage) -> None:
    """Four articles: known by an address, by one beyond ASCII, and by the places of their files; two more that must not show."""
    room = stage.newsroom
    room.write("ferry", title="Ferries <learn> to wait & see", web_url="https://pier.example/ferry?a=1&b=2")
    room.write("quay", title="Größe des Kais: 10 < 20", web_url="https://quay.example/Größe")
    room.write("bell")
    room.write("plank")
    room.write("secret", title=NEVER_PUBLIC)
    room.hide("secret", "published: false")
    room.write("tide", title="Tide", published=datetime(2999, 1, 1, tzinfo=UTC))
    stage.start()


def edit(stage: Stage) -> None:
    stage.newsroom.edit("ferry", title="Ferries & ]]> piers")
    stage.newsroom.edit("quay")
    stage.refresh()


def grow(stage: Stage) -> None:
    """New articles, and one of years ago."""
    stage.newsroom.write("crane")
    stage.newsroom.write("dredger", web_url="https://pier.example/dredger")
    stage.newsroom.write("wreck", published=datetime(2020, 5, 1, 8, tzinfo=UTC))
    stage.refresh()


def flood(stage: Stage) -> None:
    """More new articles than the feed shows."""
    for number in range(8):
        stage.newsroom.write(f"barge-{number}")
    stage.refresh()


def change_nothing(_stage: Stage) -> None:
    """Nobody writes anything."""


def withdraw(stage: Stage) -> None:
    stage.newsroom.hide("barge-7", "published: false")
    stage.newsroom.hide("crane", "removed: true")
    stage.newsroom.delete("barge-6")
    stage.newsroom.write("gull")
    stage.refresh()


def move_files(stage: Stage) -> None:
    """Files get other names, folders and sources, and two can't be read."""
    stage.newsroom.move("plank", "news/deck/planking")
    stage.newsroom.move("gull", "port/gull")
    stage.newsroom.spoil("barge-5")
    stage.newsroom.spoil("nonsense")
    stage.newsroom.edit("barge-3", title="Barge & tug")
    stage.refresh()


def bring_back(stage: Stage) -> None:
    stage.newsroom.restore("barge-7")
    stage.newsroom.edit("crane", title="Crane, mended")
    stage.newsroom.edit("barge-5", title="Barge, mended")
    stage.refresh()


def edit_an_archive(stage: Stage) -> None:
    """Edit what the feed has not shown for long."""
    stage.newsroom.edit("ferry", title="Ferries again")
    stage.newsroom.edit("bell")
    stage.refresh()


def restart(stage: Stage) -> None:
    stage.stop()
    stage.start()


def edit_while_down(stage: Stage) -> None:
    stage.stop()
    stage.newsroom.edit("gull", title="Gulls")
    stage.newsroom.delete("barge-4")
    stage.newsroom.write("heron")
    stage.start()


def go_live(stage: Stage) -> None:
    """What was scheduled long ago gets a date that comes now; the server makes it public at that second by itself."""
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    stage.newsroom.schedule("tide", due)
    stage.refresh()
    assert datetime.now(UTC) >= due


def move_feed(stage: Stage) -> None:
    stage.newsroom.write("lantern")
    stage.rename_feed("harbour", shows="Lantern")


SCENES: Mapping[str, Scene] = {
    "subscribed": begin,
    "edited": edit,
    "grew": grow,
    "flooded": flood,
    "nothing new": change_nothing,
    "withdrawn": withdraw,
    "files moved": move_files,
    "brought back": bring_back,
    "edited in an archive": edit_an_archive,
    "restarted": restart,
    "edited while down": edit_while_down,
    "gone live": go_live,
    "moved": move_feed,
}


def live(life: Life) -> None:
    """Play the whole life."""
    life.begin()
    for name, scene in SCENES.items():
        life.play(name, scene)
    life.resubscribe()
    life.welcome()
    life.end()
