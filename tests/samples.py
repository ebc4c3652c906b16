"""A site, and a dozen articles that together use everything an article can hold."""

from datetime import UTC, datetime

from feeds.article import Action, Article, Author, Image, Provider, Related
from feeds.definition import Content, FeedDefinition
from feeds.site import Site

SITE = Site(
    title="The Harbour Wire",
    url="https://news.example.org",
    tag="news.example.org,2026",
    description="What happened between the piers",
    author=Author(name="The desk", email="desk@example.org"),
    copyright="© 2026 The Harbour Wire & friends",
    icon="https://news.example.org/icon.png",
)

DEFINITION = FeedDefinition(
    path="/feeds/best-of-boats",
    title="The best of boats & ships",
    description="Everything <afloat>, and what keeps it so",
)

PIER_POST = Provider(
    name="The Pier Post",
    domain="pierpost.example",
    images=(Image(url="https://pierpost.example/logo.png", width=64, height=64),),
    authors=(Author(name="Ada Tide"), Author(name="Ben Ebb", url="https://pierpost.example/ben")),
)
HULL_REVIEW = Provider(name="Hull Review", domain="hull.example")


def day(number: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, number, hour, 30, tzinfo=UTC)


PLAIN = Article(
    id="https://pierpost.example/ferries?from=feed&to=you",
    source="news",
    path="2026-03-01-ferries.md",
    title="Ferries learn to wait",
    excerpt="A timetable that listens to the weather.",
    body="<p>The ferry now leaves <em>after</em> the storm.</p>",
    published=day(1),
    updated=day(2),
    link="https://pierpost.example/ferries?from=feed&to=you",
    original_url="https://pierpost.example/ferries?from=feed&to=you",
    category="news",
    type="article",
    language="en",
    quality=70,
    heat=12,
    provider=PIER_POST,
    topics=("Ferries", "R&D"),
    images=(
        Image(
            url="https://img.example/ferry.jpg?w=800&h=600",
            width=800,
            height=600,
            title='A ferry, "waiting"',
            attribution="Photo: C. Gull & sons",
        ),
        Image(url="https://img.example/quay.webp"),
    ),
)

SIGNS = Article(
    id="tag:news.example.org,2026:articles/signs",
    source="news",
    path="signs.md",
    title="AT&T, <b> and 1 > 0: signs that stay",
    excerpt="Fish & chips < 5 €, it's said.",
    body="<p>An end ]]&gt; of CDATA, a no-break\u00a0space, an &amp;amp; and ]]> raw.</p>",
    published=day(3),
)

ELSEWHERE = Article(
    id="https://hull.example/dry-dock",
    source="news",
    path="dry-dock.md",
    title="Inside the dry dock",
    excerpt="A look below the waterline.",
    published=day(4),
    updated=day(5, hour=18),
    link="https://reader.example/hull/dry-dock",
    original_url="https://hull.example/dry-dock",
    provider=HULL_REVIEW,
    authors=(Author(name="Cy Keel", email="cy@hull.example", url="https://hull.example/cy"),),
    topics=("Dry docks",),
    related=(
        Related(
            title="Barnacles & other tenants",
            link="https://pierpost.example/barnacles",
            excerpt="They pay no rent.",
            published=day(2),
            provider=PIER_POST,
        ),
        Related(title="Paint that sheds", link="https://paint.example/shed?a=1&b=2"),
    ),
)

EMBEDDED = Article(
    id="https://tube.example/watch?v=knots",
    source="videos",
    path="knots.md",
    title="Five knots in five minutes",
    excerpt="Tie along.",
    featured_content='<iframe src="https://tube.example/embed/knots" width="800" height="500"></iframe>',
    published=day(5),
    link="https://tube.example/watch?v=knots",
    original_url="https://tube.example/watch?v=knots",
    type="video",
    duration=317,
    provider=Provider(name="Knot School", domain="tube.example"),
    images=(Image(url="https://tube.example/knots.jpg", width=480, height=360),),
)

FILM = Article(
    id="https://film.example/launch",
    source="videos",
    path="launch.md",
    title="The launch, uncut",
    published=day(6),
    link="https://film.example/launch",
    type="video",
    duration=95,
    actions=(
        Action(url="https://film.example/launch", type="watch", title="Watch"),
        Action(url="https://film.example/launch.mp4", type="video/mp4", title="The film", length=12_345_678),
        Action(url="https://film.example/launch.webm", type="download"),
    ),
    topics=("Launches",),
)

HANDBOOK = Article(
    id="https://hull.example/handbook",
    source="news",
    path="handbook.md",
    title="A handbook of hulls",
    excerpt="Two hundred pages, free.",
    published=day(7),
    link="https://hull.example/handbook",
    type="download",
    actions=(Action(url="https://hull.example/handbook.pdf?v=2", type="download"),),
    provider=HULL_REVIEW,
)

ARABIC = Article(
    id="https://mina.example/1",
    source="news",
    path="mina.md",
    title="الميناء الجديد",
    excerpt="خبر قصير.",
    body="<p>نص الخبر.</p>",
    published=day(8),
    link="https://mina.example/1",
    language="ar",
    provider=Provider(name="المرسى", domain="mina.example"),
)

GERMAN = Article(
    id="https://hafen.example/%C3%BCbersicht",
    source="news",
    path="hafen.md",
    title="Übersicht über die Häfen",
    body='<p><img src="https://hafen.example/kran.png" alt="Kran"> Ein Kran.</p>',
    published=day(9),
    link="https://hafen.example/übersicht?ort=Köln&x=50%",
    language="de",
    images=(Image(url="https://hafen.example/kran.png"),),
)

BARE = Article(
    id="tag:news.example.org,2026:articles/bare", source="n", path="b.md", title="Bare", published=day(10)
)

DIRTY = Article(
    id="tag:news.example.org,2026:articles/dirty",
    source="news",
    path="dirty.md",
    title="A bell\x07, a \x00NUL,\x0b a lone \ud800surrogate",
    excerpt="And\ufffe more\uffff of \x1bit.",
    body="<p>Even \x08here.</p>",
    published=datetime(2026, 3, 11, 9, 30, 15, 999_999, tzinfo=UTC),
    topics=("Bel\x07ls",),
    authors=(Author(name="\x00"), Author(name="Dee \ud83dPlank")),
)

LONG = Article(
    id="https://hull.example/long",
    source="news",
    path="long.md",
    title="A long read without an excerpt",
    body="<h2>The keel</h2>" + "<p>Plank by plank, the boat grew longer &amp; longer.</p>" * 12,
    published=day(12),
    link="https://hull.example/long",
    provider=HULL_REVIEW,
    category="essays",
)

NAMED_TWICE = Article(
    id="https://hull.example/twice",
    source="news",
    path="twice.md",
    title="One name, two lists",
    excerpt="A topic that is a category too.",
    published=day(13),
    link="https://hull.example/twice",
    topics=("essays",),
    category="essays",
    provider=Provider(name="", domain="hull.example", authors=(Author(name="Flo Raft"),)),
)

ARTICLES = (
    NAMED_TWICE,
    LONG,
    DIRTY,
    BARE,
    GERMAN,
    ARABIC,
    HANDBOOK,
    FILM,
    EMBEDDED,
    ELSEWHERE,
    SIGNS,
    PLAIN,
)


def definition_of(content: Content) -> FeedDefinition:
    return FeedDefinition(
        path=DEFINITION.path, title=DEFINITION.title, description=DEFINITION.description, content=content
    )
