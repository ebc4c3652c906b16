"""Redaction: no secret gets through, whatever stands around it, and what is none does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.monitoring.redaction import HIDDEN, redacted
from tests.processor_time import least_seconds

SECRETS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.~+", min_size=8, max_size=40)
FORMS = [
    "Authorization: Bearer {}",
    "Authorization: Basic {}==",
    "authorization={}",
    "{{'Authorization': 'Basic {}'}}",
    "Proxy-Authorization: Digest user=x, response={}",
    "Cookie: session={}",
    "Set-Cookie: a=b; session={}",
    "bearer {}",
    "GET /feeds/all.atom?token={} HTTP/1.1",
    "GET /feeds/all.atom?key={}&page=2",
    "https://news.example.org/feed?{}",
    "see <https://news.example.org/feed?x={}>",
    "https://user:{}@news.example.org/",
    "postgresql://desk:{}@db.example/articles",
    "token={}",
    "access_token={};",
    "api-key={}",
    "apikey={}",
    "client_secret={}",
    "password='{}'",
    '{{"token": "{}", "a": 1}}',
    "{{'secret': '{}'}}",
    "X-Signature={}",
    "https://user:p@{}@news.example.org/x",
    "https://user:pa/{}@news.example.org/",
    "https://user:pa?{}@news.example.org/",
    "https://user:{}?pa@news.example.org/",
    "https://user:pa#{}@news.example.org/",
    "https://{}/@b:c@news.example.org/",
    "https://news.example.org/feed?mail=a@{}",
    "https://news.example.org:8080/feed?mail=a@{}",
    "https://desk:word@news.example.org/feed?mail=a@{}",
    "https://news.example.org/feed?a='{}'",
    'https://news.example.org/feed?a="{}"',
    "?a='{}'",
    "https://news.example.org/feed?q=a<{}",
    "GET /feeds/all.atom?q=a<{} HTTP/1.1",
    "GET /feeds/all.atom?{} HTTP/1.1",
    "GET /feeds/all.atom??{} HTTP/1.1",
    "('/feeds/all.atom?{}')",
    "token='{}",
    "token=a'{}'",
    '{{"token": "a\\"{}"}}',
]


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=40)
@given(secret=SECRETS)
def test_fault_29_a_secret_is_cut_out(form: str, secret: str) -> None:
    told = redacted(form.format(secret))
    assert secret not in told
    assert HIDDEN in told


@pytest.mark.parametrize(
    "text",
    [
        "serving https://news.example.org on http://127.0.0.1:8080",
        "generation 3: 18 public articles in 25 files, 25 read, 0.09 s",
        "/srv/news/2025-04-09.md:9:10: warning: quality: is 140, expected 0 to 100; 100 is used",
        "password: is missing, expected text",
        "'20[12]?/*.md' is no pattern",
        "Is the token economy dead? The secret: patience",
        "basic principles of mooring",
        "Who reads this? Everyone.",
        "Is it read/write?",
        "'Is it read and/or write?', he asked (or was it his/her?). And/or?! Yes",
        "see https://news.example.org/what-is-it? It's there.",
        "by https://social.example/@alice",
        "catalogue sqlite:////var/lib/aggregator/aggregator.db: can't be opened",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    text = "can't read https://desk:word@news.example.org/feed?key=word now"
    assert redacted(text) == f"can't read https://{HIDDEN}@news.example.org/feed?{HIDDEN} now"


def test_the_quotation_marks_around_an_address_stay() -> None:
    text = "can't read 'https://news.example.org/feed?key=word': no such host"
    assert redacted(text) == f"can't read 'https://news.example.org/feed?{HIDDEN}': no such host"


@pytest.mark.parametrize(
    "piece",
    [
        "/",
        "?",
        ":",
        "@",
        "://",
        "://a:",
        "://?",
        "/?",
        "/?'",
        "?=",
        "token",
        "token=",
        "token='",
        "a",
        "cookie:\n",
        "bearer ",
    ],
)
@pytest.mark.parametrize("end", ["", "@", "=", "?'"])
def test_fault_29_what_is_long_is_read_in_linear_time(piece: str, end: str) -> None:
    text = piece * (100_000 // len(piece)) + end
    # Some 20 ms; many seconds where each place is read from anew.
    assert least_seconds(lambda: redacted(text), 1) < 1
