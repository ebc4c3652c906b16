"""A restless newsroom: edits, renames, withdrawals, deletions, files that can't be read, and configurations, as chance has it.

What is public after each is known without asking the server.
"""

import signal
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from random import Random

from tests.aggregator.running_site import wait_for
from tests.clients.client import Seen
from tests.clients.newsroom import NEVER_PUBLIC
from tests.clients.stage import Stage
from tests.endurance.launching import settle

_MOST_ARTICLES = 40
_FEWEST_ARTICLES = 10
# reader (3.26) takes 24 changes of an entry whose date of change is the same, as it is in RSS, which has none, and no more.
_MOST_EDITIONS = 20
_HIDING = ("published: false", "removed: true", "draft: true", "publishedDateTime: 2999-01-01T00:00:00Z")


class Restless:
    """Plays with a stage. `rounds` and `actions` count what was done."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage = stage
        self._room = stage.newsroom
        self._chance = chance
        self._hidden: set[str] = set()
        self._spoilt: set[str] = set()
        # In this round. A file that is moved and changed between two looks is another to whoever looks at files alone, and one that is
        # spoilt before it was looked at has no last good version.
        self._touched: set[str] = set()
        self._number = 0
        self.rounds = 0
        self.actions = 0

    def begin(self) -> None:
        """Write the first articles, and one that is never to be seen, and start the server."""
        for _ in range(_FEWEST_ARTICLES):
            self._write()
        self._room.write("secret", title=NEVER_PUBLIC)
        self._room.hide("secret", "published: false")
        self._stage.start()
        settle(self._stage.site)

    def play(self) -> None:
        """Do a few things, and have the server take them up. One of them at least is for readers to see."""
        self.rounds += 1
        self._touched.clear()
        self._replace_what_is_worn()
        if self.rounds % 10 == 0:
            self._refuse_configuration()
        if self.rounds % 7 == 0:
            self._change_configuration()
        for _ in range(self._chance.randrange(4)):
            self._act()
        self._edit()
        self._stage.refresh()

    def public(self, now: datetime) -> Mapping[str, Seen]:
        """Give what every reader may see at a time, by id."""
        return self._room.public(now)

    def _act(self) -> None:
        self.actions += 1
        actions: list[Callable[[], None]] = [self._edit, self._edit, self._move, self._hide, self._spoil]
        if self._hidden - self._touched:
            actions += [self._restore, self._restore]
        if self._spoilt - self._touched:
            actions += [self._mend, self._mend]
        actions.append(self._write if len(self._room.names) < _MOST_ARTICLES else self._delete)
        if len(self._plain()) > _FEWEST_ARTICLES:
            actions.append(self._delete)
        self._chance.choice(actions)()

    def _replace_what_is_worn(self) -> None:
        for name in self._plain():
            if self._room.edition(name) >= _MOST_EDITIONS:
                self._touched.add(name)
                self._room.delete(name)
                self._write()

    def _plain(self) -> list[str]:
        """Give the articles that are public and can be read."""
        return [name for name in self._room.names if name not in self._hidden | self._spoilt | {"secret"}]

    def _one(self) -> str:
        return self._touch(self._plain())

    def _touch(self, names: Iterable[str]) -> str:
        name = self._chance.choice(sorted(set(names) - self._touched))
        self._touched.add(name)
        return name

    def _write(self) -> None:
        self._number += 1
        self._touched.add(f"article-{self._number}")
        address = f"https://pier.example/{self._number}?a=1&b=2" if self._chance.random() < 0.5 else ""
        self._room.write(f"article-{self._number}", web_url=address)

    def _edit(self) -> None:
        title = f"Title <{self._chance.randrange(1000)}> & more" if self._chance.random() < 0.3 else None
        self._room.edit(self._one(), title=title)

    def _move(self) -> None:
        place = self._chance.choice(("news", "news/deck", "port"))
        name = self._one()
        self._room.move(name, f"{place}/{name}-{self.actions}")

    def _hide(self) -> None:
        if len(self._plain()) > _FEWEST_ARTICLES:
            name = self._one()
            self._room.hide(name, self._chance.choice(_HIDING))
            self._hidden.add(name)

    def _restore(self) -> None:
        name = self._touch(self._hidden)
        self._room.restore(name)
        self._hidden.discard(name)

    def _delete(self) -> None:
        if len(self._plain()) > _FEWEST_ARTICLES:
            self._room.delete(self._one())

    def _spoil(self) -> None:
        if len(self._plain()) > _FEWEST_ARTICLES and self._chance.random() < 0.5:
            name = self._one()
            self._room.spoil(name)
            self._spoilt.add(name)
        else:
            self._room.spoil("nonsense")

    def _mend(self) -> None:
        name = self._touch(self._spoilt)
        self._room.edit(name)
        self._spoilt.discard(name)

    def _change_configuration(self) -> None:
        """Change what caches are told; the next refresh takes it up."""
        path = self._stage.workshop.config_path
        lines = [line for line in path.read_text().splitlines() if not line.startswith("server:")]
        lines.append(f"server: {{max_age: {self._chance.randrange(1, 60)}m}}")
        path.write_text("\n".join(lines) + "\n")

    def _refuse_configuration(self) -> None:
        """Break the configuration for a while; what ran runs on."""
        path, site = self._stage.workshop.config_path, self._stage.site
        good = path.read_text()
        refused = sum("configuration.refused" in line for line in site.lines)
        path.write_text(good + "feedz: []\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: sum("configuration.refused" in line for line in site.lines) > refused)
        path.write_text(good)
