"""A life: scene after scene of edits, after each of which every client polls, and what it holds then, and what it should."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.clients.client import Client, Kind, RefusedError, Seen
from tests.clients.stage import Stage
from tests.conformance.published import told

Scene = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One poll: what was answered to it, what the client holds after it, what it should hold, and whether it says it was refused."""

    scene: str
    statuses: tuple[int, ...]
    held: list[Seen]
    expected: list[Seen]
    is_refused: bool = False


@dataclass(slots=True)
class Subscriber:
    """A client of a kind that is subscribed to the feed in a format, and its looks so far. `failure` is what ended it too early."""

    kind: Kind
    ending: str
    client: Client
    looks: list[Look] = field(default_factory=list)
    failure: Exception | None = None
    _memory: dict[tuple[str, ...], Seen] = field(default_factory=dict)

    def look(self, scene: str, stage: Stage, shown: Iterable[Seen], public: Iterable[Seen]) -> None:
        """Poll once. `shown` is what the feed's document shows, in which all that is `public` may not have room."""
        if self.failure is not None:
            return
        stage.recorder.take()
        try:
            is_refused = self._is_refused()
            statuses = stage.recorder.take()
            if statuses[-1] < 400 and not is_refused:
                self._remember(public if self.kind.walks else shown)
            held = self.client.held()
        except Exception as error:  # noqa: BLE001  the others live on, and the test of this one shows it
            self.failure = error
            return
        expected = list(self._memory.values())
        self.looks.append(
            Look(scene=scene, statuses=statuses, held=held, expected=expected, is_refused=is_refused)
        )

    def _is_refused(self) -> bool:
        try:
            self.client.poll()
        except RefusedError:
            return True
        return False

    def _remember(self, entries: Iterable[Seen]) -> None:
        for entry in entries:
            key = self.kind.key(entry)
            if key not in self._memory or not self.kind.keeps_first:
                self._memory[key] = entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the feed's document in a format showed after a scene, by strict reading, and all that was public then, by id."""

    scene: str
    ids: tuple[str, ...]
    public: Mapping[str, Seen]


class Life:
    """Subscribers of one server. `windows` are the documents of the feed, by format."""

    def __init__(self, stage: Stage, kinds: Iterable[Kind], folder: Path, stack: ExitStack) -> None:
        self._stage = stage
        self._folder = folder
        self._stack = stack
        self._kinds = tuple(kinds)
        self.subscribers: dict[tuple[str, str], Subscriber] = {}
        self.newcomers: dict[tuple[str, str], Subscriber] = {}
        self.windows: dict[str, list[Window]] = {"atom": [], "rss": [], "json": []}

    def subscriber(self, which: tuple[str, str]) -> Subscriber:
        """Give the subscriber of a client's name and a format; raise what ended it too early."""
        one = self.subscribers[which]
        if one.failure is not None:
            raise one.failure
        return one

    def begin(self) -> None:
        """Have one client of each kind subscribe in each format that it understands."""
        self.subscribers = self._subscribed("first")

    def play(self, name: str, scene: Scene) -> None:
        """Play a scene, then have everybody poll."""
        scene(self._stage)
        self._poll(name, self.subscribers.values())

    def resubscribe(self) -> None:
        """Have those who do not follow moves subscribe at the feed's new address, and everybody poll."""
        for subscriber in self.subscribers.values():
            if not subscriber.kind.follows_moves:
                subscriber.client.subscribe(self._stage.url(subscriber.ending))
        self._poll("told of the new address", self.subscribers.values())

    def welcome(self) -> None:
        """Have another client of each kind subscribe, which knows nothing of the past."""
        self.newcomers = self._subscribed("newcomer")
        self._poll("subscribed late", self.newcomers.values())

    def end(self) -> None:
        """End the feed, and have everybody poll once more."""
        self._stage.end_feed()
        for subscriber in self.subscribers.values():
            subscriber.look("gone", self._stage, (), ())

    def _subscribed(self, folder: str) -> dict[tuple[str, str], Subscriber]:
        made = {}
        for kind in self._kinds:
            for ending in kind.formats:
                own = self._folder / folder / f"{kind.name}-{ending}"
                own.mkdir(parents=True)
                client = self._stack.enter_context(kind.start(own))
                client.subscribe(self._stage.url(ending))
                made[kind.name, ending] = Subscriber(kind, ending, client)
        return made

    def _poll(self, scene: str, subscribers: Iterable[Subscriber]) -> None:
        public = self._stage.newsroom.public(datetime.now(UTC))
        shown: dict[str, list[Seen]] = {}
        for ending, windows in self.windows.items():
            document = self._stage.site.get(f"/feeds/{self._stage.feed}.{ending}").body
            ids = tuple(one["id"] for one in told(ending, document))
            windows.append(Window(scene=scene, ids=ids, public=public))
            shown[ending] = [public[identity] for identity in ids if identity in public]
        for subscriber in subscribers:
            subscriber.look(scene, self._stage, shown[subscriber.ending], public.values())
