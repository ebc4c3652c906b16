"""The host in the site's address: whatever is made of it, from links to the configuration of nginx, can rest on its form."""

from pathlib import Path

import pytest

from aggregator import config
from aggregator.errors import ConfigurationError

LONGEST_LABEL = "a" * 63


def load(folder: Path, url: str, more: str) -> config.Settings:
    path = folder / "a.yaml"
    path.write_text(f"sources: [{{name: news, path: news}}]\nsite:\n  title: Tides\n  url: '{url}'\n{more}")
    (folder / "news").mkdir(exist_ok=True)
    return config.load(path)


@pytest.mark.parametrize("more", ["", "  tag: 'example.org,2026'\n"], ids=["untagged", "tagged"])
@pytest.mark.parametrize(
    "host",
    [
        "a$b.example",
        "a..b",
        "a&b=c",
        "a%20b.example",
        "-a.example",
        "a-.example",
        ".example",
        "example..",
        f"{LONGEST_LABEL}a.example",
        ".".join([LONGEST_LABEL] * 4),
    ],
)
def test_what_is_neither_a_name_nor_an_address_is_refused(tmp_path: Path, host: str, more: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, f"https://{host}:8443/wire", more)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column, problem.key) == (
        str(tmp_path / "a.yaml"),
        4,
        8,
        "site.url",
    )
    assert problem.reason.endswith(
        f"has a host that is neither a name nor an address ({host}), expected a URL such as https://news.example.org"
    )


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "News.Example.org",
        "example.org.",
        "my_site.internal",
        "_news.example",
        "xn--gezeiten-ber-elb.example",
        f"{LONGEST_LABEL}.example",
        "192.0.2.7",
        "[::1]",
        "[2001:DB8::7]",
    ],
)
def test_names_and_addresses_are_taken_in_lower_case(tmp_path: Path, host: str) -> None:
    settings = load(tmp_path, f"https://{host}:8443/wire", "  tag: 'example.org,2026'\n")
    assert settings.site.url == f"https://{host.lower()}:8443/wire"
