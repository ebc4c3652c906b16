"""The URL that the log gives when a server listens."""

import pytest

from aggregator.monitoring import events
from aggregator.server import url_of


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost:8080"),
        ("news.example.org", "http://news.example.org:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104  what is to be told apart
        ("::", "http://[::1]:8080"),
        ("::1", "http://[::1]:8080"),
        ("2001:db8::7", "http://[2001:db8::7]:8080"),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]:8080"),
    ],
)
def test_the_url_of_a_server_leads_to_it(host: str, url: str) -> None:
    assert url_of(host, 8080) == url


def test_the_log_gives_the_url_and_what_is_listened_on() -> None:
    text = events.SERVING.text.format(site="https://a.example", url=url_of("::", 80), host="::", port=80)
    assert text == "serving https://a.example on http://[::1]:80, listening on :: port 80"
    assert events.SERVING.fields == ("site", "url", "host", "port")
