"""README.md: the configurations of nginx that it shows are ones that nginx takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.publish.nginx import nginx_configuration

DOCUMENT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SAMPLE = Path(__file__).parents[2] / "config/aggregator.yaml"
SERVERS = re.findall(r"^```nginx\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_there_is_one_before_the_server_and_one_for_a_tree() -> None:
    assert [bool(re.search("proxy_pass", text)) for text in SERVERS] == [True, False]
    assert "publish /var/www/feeds " in DOCUMENT
    assert "root /var/www/feeds;\n    include /var/www/feeds.nginx.conf;" in SERVERS[1]


@pytest.mark.parametrize("text", SERVERS, ids=["proxy", "tree"])
def test_nginx_takes_what_it_is_shown(tmp_path: Path, text: str) -> None:
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    kept = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    listening = text.replace("listen 80;", "listen 127.0.0.1:8088;").replace("/var/www", str(tmp_path))
    written = nginx_configuration(load(SAMPLE), ("rss",), "manifest.json")
    (tmp_path / "feeds.nginx.conf").write_text(written, encoding="utf-8")
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
    assert "[warn]" not in checked.stderr


@pytest.mark.parametrize("text", SERVERS, ids=["proxy", "tree"])
def test_a_port_for_tls_comes_with_a_certificate(text: str) -> None:
    # nginx itself lets that pass, and then refuses every connection.
    assert ("ssl_certificate " in text) == bool(re.search(r"listen .*ssl", text))
