"""What is told of requests, and to whom: as words, whatever a reader of YAML makes of `off`."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from aggregator.config import MetricsReaders, RequestLog, ServerSettings, StatusReaders, load, schema
from aggregator.errors import ConfigurationError

LEAST = "site: {title: Tides, url: https://tide.example}\nsources: [{name: news, path: news}]\n"


def server(folder: Path, text: str) -> ServerSettings:
    (folder / "a.yaml").write_text(f"{LEAST}server: {{{text}}}\n")
    return load(folder / "a.yaml").server


def test_by_default_metrics_stay_on_this_machine_and_requests_out_of_the_log(tmp_path: Path) -> None:
    settings = server(tmp_path, "port: 80")
    assert (settings.metrics, settings.request_log) == (MetricsReaders.LOOPBACK, RequestLog.OFF)


@pytest.mark.parametrize("word", ["off", "'off'", "false", "loopback", "everyone"])
def test_who_may_read_the_metrics_is_a_word(tmp_path: Path, word: str) -> None:
    expected = MetricsReaders.OFF if word.strip("'") in {"off", "false"} else MetricsReaders(word)
    assert server(tmp_path, f"metrics: {word}").metrics is expected


@pytest.mark.parametrize("word", ["off", "false", "loopback"])
def test_who_may_read_the_status_page_is_a_word(tmp_path: Path, word: str) -> None:
    expected = StatusReaders.OFF if word == "false" else StatusReaders(word)
    assert server(tmp_path, f"status: {word}").status is expected


def test_by_default_there_is_no_status_page(tmp_path: Path) -> None:
    assert server(tmp_path, "port: 80").status is StatusReaders.OFF


def test_the_file_of_the_token_lies_beside_the_configuration(tmp_path: Path) -> None:
    found = server(tmp_path, "status: token, status_token: secrets/token")
    assert (found.status, found.status_token) == (StatusReaders.TOKEN, tmp_path / "secrets/token")


def test_a_token_that_is_asked_for_must_be_somewhere(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        server(tmp_path, "status: token")
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (3, "server.status")
    assert problem.reason == "'token' needs a token, expected server.status_token beside it"


@pytest.mark.parametrize("word", ["off", "sampled", "all"])
def test_which_requests_are_logged_is_a_word(tmp_path: Path, word: str) -> None:
    assert server(tmp_path, f"request_log: {word}").request_log is RequestLog(word)


@pytest.mark.parametrize(
    "text", ["metrics: off", "request_log: off", "status: off", "metrics: everyone", "request_log: all"]
)
def test_editors_that_read_off_as_false_find_it_valid_too(text: str) -> None:
    document = yaml.safe_load(f"{LEAST}server: {{{text}}}\n")
    assert Draft202012Validator(schema()).is_valid(document)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "metrics: everyon",
            "'everyon' is no choice of who may read metrics, expected off, loopback or everyone; did you mean 'everyone'",
        ),
        ("request_log: 'yes'", "'yes' is no choice of requests, expected off, sampled or all"),
        ("request_log: [all]", "is a list, expected text"),
    ],
)
def test_another_word_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        server(tmp_path, text)
    (problem,) = refused.value.problems
    assert problem.reason.startswith(reason)


def test_settings_made_in_code_take_false() -> None:
    assert ServerSettings(metrics=False).metrics is MetricsReaders.OFF  # type: ignore[arg-type]
