"""Bodies on pages: headings in order, pictures late and without referrer, frames with a name."""

import pytest

from aggregator.site.body_html import readable

LATE = 'loading="lazy" decoding="async" referrerpolicy="no-referrer"'


def shown(html: str) -> str:
    return readable(html, has_pictures=True)


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("12", "23"),
        ("2", "2"),
        ("3532", "2322"),
        ("14", "23"),
        ("654321", "222222"),
        ("123456", "234566"),
        ("1313", "2323"),
    ],
)
def test_headings_follow_the_pages_own_without_a_gap(written: str, levels: str) -> None:
    html = "".join(f"<h{level}>x</h{level}>" for level in written)
    assert shown(html) == "".join(f"<h{level}>x</h{level}>" for level in levels)


def test_headings_may_follow_lower_ones() -> None:
    assert readable("<h1>a</h1>", has_pictures=True, top=4) == "<h4>a</h4>"


def test_pictures_come_late_and_do_not_tell_where_from() -> None:
    assert shown('<img src="a.png" alt="A > B">') == f'<img src="a.png" alt="A > B" {LATE}>'


def test_a_picture_without_words_is_decoration() -> None:
    assert shown('<p><img src="a.png"></p>') == f'<p><img src="a.png" alt="" {LATE}></p>'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p>a<img src="a.png" alt="a > b">b</p>', "<p>ab</p>"),
        ('<picture><source srcset="a.webp"><img src="a"></picture>', "<picture></picture>"),
        ('<video poster="a.png" src="b"></video>', '<video src="b"></video>'),
        ('<video><source src="a.mp4"></video>', '<video><source src="a.mp4"></video>'),
    ],
)
def test_without_pictures_all_else_stays(html: str, left: str) -> None:
    assert readable(html, has_pictures=False) == left


def test_frames_are_named_for_where_they_come_from() -> None:
    frame = '<iframe src="https://player.example/1?a=1&amp;b=2"></iframe>'
    named = 'title="Embedded from player.example" loading="lazy"'
    assert shown(frame) == f'<iframe src="https://player.example/1?a=1&amp;b=2" {named}></iframe>'


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        ('<iframe title="A talk"></iframe>', '<iframe title="A talk" loading="lazy"></iframe>'),
        ("<iframe></iframe>", '<iframe title="Embedded from elsewhere" loading="lazy"></iframe>'),
    ],
)
def test_a_frame_has_one_name(frame: str, named: str) -> None:
    assert shown(frame) == named


@pytest.mark.parametrize(
    "html", ["<hr>", "<header>a</header>", "<p>1 &lt;h1&gt; 2</p>", '<a title="<h1>">x</a>x']
)
def test_all_else_stays(html: str) -> None:
    assert shown(html) == html


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<img title=" alt=" src="https://a.example/x">', ' alt="" loading="lazy"'),
        ('<iframe lang=" title=" src="https://a.example/x"></iframe>', ' title="Embedded from a.example"'),
        ('<iframe lang=" src=" src="https://a.example/x"></iframe>', ' title="Embedded from a.example"'),
    ],
)
def test_what_looks_like_an_attribute_within_a_value_is_none(html: str, shown: str) -> None:
    assert shown in readable(html, has_pictures=True)


def test_without_pictures_a_value_that_looks_like_a_poster_stays() -> None:
    html = '<video title=" poster=" src="https://a.example/v" poster="https://a.example/p"></video>'
    assert readable(html, has_pictures=False) == '<video title=" poster=" src="https://a.example/v"></video>'
