"""docs/operating.md and docs/grafana.json say what the code does: metrics, events, settings, options and configurations."""

import ast
import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli import cli
from aggregator.config import MetricsReaders, StatusReaders, load, schema
from aggregator.monitoring import events
from aggregator.monitoring.events import Event
from aggregator.monitoring.habits import MOST_ASKERS
from aggregator.monitoring.logs import FOREIGN
from aggregator.monitoring.metrics import METRICS, Kind
from aggregator.server.disclosure import _SIGNS
from aggregator.server.limits import Limit
from aggregator.server.tally import MOST_FEEDS, RESULTS, SAVINGS
from aggregator.service.status_token import FEWEST_CHARACTERS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", DOCUMENT, flags=re.DOTALL | re.MULTILINE)
DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs/grafana.json").read_text(encoding="utf-8"))

EVENTS = {name: value for name, value in vars(events).items() if isinstance(value, Event)}
EVENTS_BY_NAME = {event.name: event for event in EVENTS.values()}


def rows(head: str) -> dict[str, list[str]]:
    """Give the other cells of each row of the table whose first cell says `head`, by its first, without its quotation marks."""
    table = DOCUMENT.partition(f"\n| {head} |")[2].partition("\n\n")[0]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:])
    return {first.strip("`"): rest for first, *rest in cells}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


def quoted(text: str) -> set[str]:
    return set(re.findall("`([^`]+)`", text))


# Metrics


def test_every_metric_is_explained_and_every_explained_one_is_there() -> None:
    assert set(rows("metric")) == {metric.name for metric in METRICS}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_has_the_labels_that_the_document_says(metric: Any) -> None:
    assert quoted(rows("metric")[metric.name][0]) == set(metric.labels)


def test_the_values_of_labels_are_the_ones_that_the_document_says() -> None:
    assert quoted(rows("metric")["aggregator_saved_bytes_total"][1]) == set(SAVINGS.values())
    assert quoted(rows("metric")["aggregator_editions_total"][1]) == set(RESULTS)
    assert f"up to {MOST_FEEDS:,} in all" in DOCUMENT


def test_every_metric_that_the_text_names_is_there() -> None:
    named = set(re.findall(r"aggregator_[a-z_]+", DOCUMENT))
    assert named <= {metric.name for metric in METRICS}


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (variable["query"] for variable in DASHBOARD["templating"]["list"])


def samples() -> dict[str, set[str]]:
    """Give the labels of every series that there can be, by its name."""
    found = {metric.name: set(metric.labels) for metric in METRICS if metric.kind is not Kind.HISTOGRAM}
    for metric in METRICS:
        if metric.kind is Kind.HISTOGRAM:
            found |= {f"{metric.name}_{end}": set(metric.labels) for end in ("sum", "count")}
            found[f"{metric.name}_bucket"] = {*metric.labels, "le"}
    return found


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_the_dashboard_names_only_series_and_labels_that_exist(expression: str) -> None:
    named = re.findall(r"aggregator_[a-z_]+", expression)
    assert set(named) <= set(samples())
    labels = set(re.findall(r"(?:by \(|[{,])([a-z]+)(?=[)=~])", expression))
    assert labels - {"job"} <= {label for name in named for label in samples()[name]}


def test_the_dashboard_shows_every_metric() -> None:
    shown = {name for expression in expressions() for name in re.findall(r"aggregator_[a-z_]+", expression)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    assert families == {metric.name for metric in METRICS}


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


# Events


def test_every_event_is_explained_and_every_explained_one_is_there() -> None:
    assert set(rows("event")) - {FOREIGN} == {event.name for event in EVENTS.values()}


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_an_event_has_the_level_and_fields_that_the_document_says(event: Event) -> None:
    level, fields, _ = rows("event")[event.name]
    levels = {20: "info", 30: "warning", 40: "error"}
    assert (level, quoted(fields)) == (levels[event.level], set(event.fields))


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Give every call of a method in the package, with where it stands."""
    for file in sorted((ROOT / "aggregator").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def test_the_log_is_told_of_events_alone() -> None:
    """Whatever else is called like a method of a logger would be a line without a name."""
    methods = {"debug", "info", "warning", "error", "exception", "critical", "fatal"}
    found = [
        place
        for place, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in methods
        and re.search(r"log(?:ger|ging)?$", ast.unparse(call.func.value), re.IGNORECASE)
    ]
    assert found == []


def told() -> Iterator[tuple[str, str, set[str | None]]]:
    """Give where an event is told, which, and the fields that it is told with."""
    for place, call in calls():
        found = re.fullmatch(r"events\.([A-Z_]+)\.log", ast.unparse(call.func))
        if found:
            yield place, found[1], {keyword.arg for keyword in call.keywords}


# What `**` stands for at the places that use it.
SPREAD = {
    "told": {"articles", "files", "read", "seconds"},
    "_fields": {"problem", "file", "line", "column", "key", "severity"},
}


def test_every_event_is_told_with_its_fields() -> None:
    for place, name, fields in told():
        spread = (
            set()
            if None not in fields
            else next(names for names in SPREAD.values() if names <= set(EVENTS[name].fields))
        )
        assert (fields - {None}) | spread == set(EVENTS[name].fields), place


def test_every_event_is_told_somewhere() -> None:
    assert {name for _, name, _ in told()} == set(EVENTS)


def test_no_field_has_the_name_of_what_every_line_has() -> None:
    for event in EVENTS.values():
        assert not {"time", "level", "event", "text", "process", "traceback"} & set(event.fields), event.name


# Settings and options


def keys() -> set[str]:
    """Give every dotted key of the configuration."""
    made = schema()
    found: set[str] = set(made["properties"])
    for name, place in made["properties"].items():
        for branch in (place, place.get("items", {}), *place.get("anyOf", ())):
            below = made["$defs"].get(branch.get("$ref", "").rpartition("/")[2], {})
            found |= {f"{name}.{key}" for key in below.get("properties", ())}
    return found


def test_every_setting_that_is_named_exists() -> None:
    tops = "|".join(schema()["properties"])
    named = {name for name in quoted(PROSE) if re.fullmatch(rf"(?:{tops})\.[a-z_]+", name)}
    assert named - set(EVENTS_BY_NAME) <= keys()
    assert {"server.metrics", "server.request_log", "reload.timeout"} <= named


def test_every_event_that_is_named_exists() -> None:
    subjects = "|".join(sorted({name.partition(".")[0] for name in EVENTS_BY_NAME}))
    named = {name for name in quoted(PROSE) if re.fullmatch(rf"(?:{subjects})\.[a-z_]+", name)}
    assert named - keys() <= set(EVENTS_BY_NAME)
    assert {"refresh.failed", "catalogue.set_aside"} <= named


def test_every_option_that_is_named_exists() -> None:
    known = {name for parameter in cli.commands["serve"].params for name in parameter.opts}
    named = set(re.findall(r"(?<=`)--[a-z-]+", PROSE))
    assert named - {"--nginx"} <= known
    assert {"--request-log", "--log-format"} <= named


def test_who_may_read_the_metrics_is_what_the_document_says() -> None:
    assert set(rows("value")) == set(MetricsReaders)
    signs = re.search(r"no sign of a\s+proxy \(([^)]+)\)", DOCUMENT)
    assert signs
    assert {sign.lower() for sign in quoted(signs[1])} == {str(sign).lower() for sign in _SIGNS}


def test_who_gets_the_status_page_is_what_the_document_says() -> None:
    assert set(rows("who")) == set(StatusReaders)
    assert f"at least {FEWEST_CHARACTERS} characters" in DOCUMENT
    assert f"Of {MOST_ASKERS:,} names" in DOCUMENT


def test_the_configuration_of_the_unit_loads(tmp_path: Path) -> None:
    (text, *_) = blocks("yaml")
    (tmp_path / "site.yaml").write_text(text)
    assert load(tmp_path / "site.yaml").store == "sqlite:////var/lib/aggregator/aggregator.db"


def test_the_limits_for_clients_load_and_all_of_them_are_told(tmp_path: Path) -> None:
    site, *_, limits = blocks("yaml")
    (tmp_path / "site.yaml").write_text(site + limits)
    assert load(tmp_path / "site.yaml").server.limits.connections == 10_000
    assert set(rows("limit")) == set(Limit)
    assert quoted(rows("metric")["aggregator_refusals_total"][1]) >= set(Limit)


# systemd, nginx and Caddy


def unit() -> configparser.SectionProxy:
    (text,) = blocks("ini")
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser["Service"]


def test_the_unit_starts_a_command_with_options_that_exist(tmp_path: Path) -> None:
    program, command, *arguments = shlex.split(unit()["ExecStart"])
    assert (Path(program).name, command) == ("aggregator", "serve")
    broken = tmp_path / "site.yaml"
    broken.write_text("sight: {}\n")
    arguments[arguments.index("--config") + 1] = str(broken)
    ended = subprocess.run(
        [sys.executable, "-m", "aggregator", command, *arguments], capture_output=True, text=True, check=False
    )
    # Past its options: it is the configuration that it complains of.
    assert (ended.returncode, f"{broken}:1:1" in ended.stderr) == (2, True)
    assert unit()["RestartPreventExitStatus"] == str(ended.returncode)


def test_the_unit_waits_longer_than_the_server_takes_to_stop() -> None:
    assert int(unit()["TimeoutStopSec"]) > 10
    assert f"--stop-timeout {unit()['TimeoutStopSec']}" in DOCUMENT


def test_the_unit_is_told_of_as_the_server_tells() -> None:
    assert (unit()["Type"], int(unit()["WatchdogSec"]) > 0) == ("notify", True)


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    (text,) = blocks("nginx")
    kept = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    listening = text.replace("listen 80;", "listen 127.0.0.1:8089;")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{listening}}}\n"
    )
    checked = subprocess.run(
        [program, "-t", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("language", ["nginx", "caddyfile"])
def test_a_proxy_leads_to_the_port_of_the_server_and_keeps_the_metrics(language: str) -> None:
    (text,) = blocks(language)
    assert f"127.0.0.1:{schema()['$defs']['ServerSettings']['properties']['port']['default']}" in text
    assert re.search(r"/metrics (?:404|\{\s*return 404;)", text)
