"""HTML made fit to publish."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.clean.html import _cleaned, _is_embed, _markdown, markdown_to_html, sanitise
from aggregator.clean.plain_text import legal

BASE = "https://pierpost.example/2021/harbour/"
EMBEDS = ("video.example",)

anything = st.text(st.characters(exclude_categories=()), max_size=200)


def clean(html: str) -> str:
    return sanitise(html, BASE, EMBEDS)


# Markdown


def test_markdown_is_commonmark_with_tables_and_strikethrough() -> None:
    html = markdown_to_html("# One\n\n*two* ~~three~~\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<h1>One</h1>" in html
    assert "<em>two</em> <s>three</s>" in html
    assert "<td>2</td>" in html


def test_html_may_stand_in_markdown() -> None:
    assert (
        markdown_to_html("<details>\n<summary>More</summary>\n</details>\n")
        == "<details>\n<summary>More</summary>\n</details>\n"
    )


# HTML


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<template><p>x</p></template>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi>x</mi></math>",
        "<!-- comment -->",
        "<iframe></iframe>",
    ],
)
def test_N5_what_may_not_be_published_goes_with_its_content(html: str) -> None:
    assert clean(html) == ""


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p onclick="x()" style="color:red" id="i" class="c">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="java\nscript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href=" JAVASCRIPT:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<img src="data:image/png;base64,AAAA" alt="x">', '<img alt="x">'),
        ('<img src="mailto:a@b.example">', "<img>"),
        ('<a href="//[bad">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="https://[bad">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ("<form><input name=a>text</form>", "text"),
    ],
)
def test_N5_dangerous_attributes_and_schemes_go(html: str, left: str) -> None:
    assert clean(html) == left


@pytest.mark.parametrize(
    "html",
    [
        "<figure><picture><source></picture><figcaption>Pier</figcaption></figure>",
        '<details open=""><summary>More</summary>text</details>',
        '<pre><code class="language-python">x</code></pre>',
        '<video src="https://a.example/v.mp4" controls="" poster="https://a.example/p.jpg"></video>',
        '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        '<p dir="rtl" lang="ar">x</p>',
        '<time datetime="2021-06-02">x</time>',
    ],
)
def test_what_articles_need_stays(html: str) -> None:
    assert clean(html) == html


def test_of_classes_only_the_language_of_code_stays() -> None:
    assert clean('<code class="x language-c++ y">a</code><code class="x">b</code>') == (
        '<code class="language-c++">a</code><code>b</code>'
    )


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("next", "https://pierpost.example/2021/harbour/next"),
        ("/about?a=1#b", "https://pierpost.example/about?a=1#b"),
        ("//img.example/x.jpg", "https://img.example/x.jpg"),
        ("#top", "https://pierpost.example/2021/harbour/#top"),
        ("http://other.example/", "http://other.example/"),
        ("tel:+41", "tel:+41"),
    ],
)
def test_R11_addresses_become_absolute(written: str, absolute: str) -> None:
    assert f'href="{absolute}"' in clean(f'<a href="{written}">x</a>')


def test_R11_addresses_of_pictures_in_several_sizes_become_absolute() -> None:
    html = clean('<img srcset="small.jpg 1x, /big.jpg 2x, data:x 3x" src="small.jpg">')
    assert f'srcset="{BASE}small.jpg 1x, https://pierpost.example/big.jpg 2x"' in html


def test_a_list_of_pictures_without_a_good_one_goes() -> None:
    assert clean('<img srcset="data:x 1x, ,">') == "<img>"


@pytest.mark.parametrize(
    ("candidates", "left"),
    [
        # What stands behind a comma without a blank is a candidate, too: a browser says so.
        ("a.png 1x,data:image/svg+xml,x 2x", f"{BASE}a.png 1x"),
        ("a.png 1x,b.png 2x", f"{BASE}a.png 1x, {BASE}b.png 2x"),
        ("a.png, b.png 640w", f"{BASE}a.png, {BASE}b.png 640w"),
        ("a,b.png", f"{BASE}a,b.png"),
        ("a.png 1x future(1, x) , b.png", f"{BASE}a.png 1x, {BASE}b.png"),
        ("a.png,\u3000 4w", f"{BASE}a.png 4w"),
        ("a.png expression(1) -1x", f"{BASE}a.png"),
    ],
)
def test_N5_a_list_of_pictures_is_read_as_browsers_read_it(candidates: str, left: str) -> None:
    assert clean(f'<img srcset="{candidates}">') == f'<img srcset="{left}">'


@pytest.mark.parametrize("host", ["evil.example>", "a b", "[bad", "1.2.3.4.5", "a:99999", "xn--a"])
def test_a_host_that_there_can_not_be_is_none_with_a_scheme_or_without(host: str) -> None:
    for scheme in ("https:", ""):
        assert "href" not in clean(f"<a href='{scheme}//{host}/'>x</a>")


def test_a_line_break_that_parsers_would_take_for_another_is_written_as_they_take_it() -> None:
    assert clean("a&#13;b&#13;&#10;c") == "a\nb\nc"
    assert clean("<p title='a&#13;b'>c</p>") == '<p title="a\nb">c</p>'


@pytest.mark.parametrize("tag", ["<pre>", '<pre title="x">'])
def test_the_first_line_of_preformatted_text_stays_empty(tag: str) -> None:
    once = clean(f"{tag}\n\nx</pre>")
    assert once == f"{tag}\n\nx</pre>"
    assert clean(once) == once


# Frames


def test_a_frame_of_an_allowed_host_stays() -> None:
    html = '<iframe width="8" frameborder="0" src="https://video.example/e/1?a=1&amp;b=2" allowfullscreen></iframe>'
    assert clean(html) == (
        '<iframe width="8" src="https://video.example/e/1?a=1&amp;b=2" allowfullscreen=""></iframe>'
    )


@pytest.mark.parametrize("source", ["http://video.example/e/1", "//video.example/e/1"])
def test_a_frame_of_an_allowed_host_is_made_secure(source: str) -> None:
    assert clean(f'<iframe src="{source}"></iframe>') == '<iframe src="https://video.example/e/1"></iframe>'


@pytest.mark.parametrize(
    "source",
    [
        "https://evil.example/",
        "https://video.example.evil.example/",
        "https://sub.video.example/",
        "https://video.example@evil.example/",
        "https://evil.example\\@video.example/",
    ],
)
def test_a_frame_of_another_host_becomes_a_link(source: str) -> None:
    html = clean(f'<p><iframe src="{source}"></iframe></p>')
    assert html.startswith('<p><a href="https://')
    assert "<iframe" not in html


@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:text/html,x", "https://[bad", ""])
def test_a_frame_that_shows_nothing_allowed_goes(source: str) -> None:
    assert "<iframe" not in clean(f'a<iframe src="{source}"></iframe>')


def test_what_looks_like_a_source_within_a_value_is_none() -> None:
    frame = '<iframe title=" src=" src="https://{}/"></iframe>'
    assert clean(frame.format("video.example")) == frame.format("video.example")
    assert clean(frame.format("evil.example")) == (
        '<a href="https://evil.example/" rel="noopener noreferrer">https://evil.example/</a>'
    )


def test_a_link_in_place_of_a_frame_is_left_as_it_is() -> None:
    once = clean("<iframe src='//evil.example/\"&apos;&amp;'></iframe>")
    assert clean(once) == once


def test_what_is_no_address_is_no_embed() -> None:
    assert not _is_embed("https://[bad", EMBEDS)


def test_a_frame_is_emptied_for_its_content_is_raw_text_that_other_parsers_take_for_tags() -> None:
    inside = "<script>alert(1)</script>"
    assert clean(f'<iframe src="https://video.example/1">{inside}</iframe>') == (
        '<iframe src="https://video.example/1"></iframe>'
    )


def test_what_looks_like_a_frame_in_an_attribute_is_none() -> None:
    html = clean('<p title="&lt;iframe src=&quot;https://evil.example&quot;&gt;">a</p><iframe></iframe>')
    assert re.fullmatch(r'<p title="[^"]*">a</p>', html)


@given(
    anything,
    st.sampled_from(["<p>{}</p>", '<a href="{}">x</a>', "<iframe src='{}'></iframe>", "<iframe>{}", "{}"]),
)
def test_no_html_makes_it_raise_or_lets_scripts_through(text: str, frame: str) -> None:
    html = clean(frame.replace("{}", text))
    assert "<script" not in html.lower()
    assert legal(html) == html


@given(anything)
def test_sanitised_html_is_left_as_it_is(text: str) -> None:
    once = clean(markdown_to_html(legal(text)))
    assert clean(once) == once


BARE = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<em>",
            "<script>",
            "</script>",
            "<svg>",
            "<!--",
            "-->",
            "<b",
            "<",
            ">",
            "&amp;",
            "&",
            "\xa0",
            "a b",
            "=",
        ]
    )
).map("".join)


@given(BARE)
def test_html_without_attributes_is_sanitised_as_any_other(html: str) -> None:
    # The attribute of the outer tag alone makes the difference between the two ways.
    one, other = (
        sanitise(f"<{tag}>x</div>{html}", "https://a.example/", ()) for tag in ("div", "div title=t")
    )
    assert one == other.replace(' title="t"', "")


# What is given as it is, since rendering or cleaning would change nothing

PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<p>", "</p>\n<p>", "</p>\n\n<p>", "\n", "\n\n", "\n \n", " ", "    ", "\t", "word", "two words", "it's"),
        *("<b>", "</b>", "<p class=x>", "<P>", "</P>", "<!--", "-->", "<script>", "&amp;", "&", "<", ">", '"', "é", "\xa0", "\r\n"),
        *("*em*", "`c`", "- x", "# h", "1. ", "> ", "|a|b|\n|-|-|\n", "~~x~~", "\\", "===", "[a]: b", "[a](b)", "https://a.example/b"),
    ]
)  # fmt: skip
BODIES = st.lists(PIECES, max_size=12).map("".join) | st.lists(
    st.sampled_from(["<p>", "</p>", "word ", "\n", "it's", "</p>\r\n<p>", "\xa0"]), max_size=12
).map("".join)


@given(BODIES)
def test_paragraphs_of_html_are_what_markdown_makes_of_them(body: str) -> None:
    text = body.strip()
    assert markdown_to_html(text).strip() == _markdown().render(text).strip()


@given(BODIES)
@example("<p>One</p>\r\n<p>Two</p>")
@example("<p>One</p>\xa0<p>Two</p>")
def test_clean_paragraphs_are_what_cleaning_makes_of_them(body: str) -> None:
    assert clean(body) == _cleaned(legal(body), BASE, EMBEDS)
