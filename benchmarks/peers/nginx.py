"""nginx, serving a file and its gzip form, as it does best: gzip_static, no log, and of several workers each with a socket of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.loopback import free_port, wait_until_listening

# keepalive_requests: by default nginx ends a connection after 1,000 requests, which a load test does in a moment.
_CONFIGURATION = """\
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    {kept}
    types {{ application/rss+xml rss; }}
    server {{
        listen 127.0.0.1:{port}{shared};
        root {folder}/tree;
        gzip_static on;
        gzip_vary on;
        add_header Cache-Control max-age=300;
    }}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_program() -> str | None:
    """Give the path of nginx, None where it is not installed."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def serving(
    program: str,
    folder: Path,
    *,
    name: str,
    forms: Mapping[str, bytes],
    prefix: Sequence[str],
    workers: int = 1,
) -> Iterator[int]:
    """Serve the forms of one file, by suffix, at /`name` for the length of the block; give the port."""
    tree = folder / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    tree.mkdir(parents=True)
    for suffix, content in forms.items():
        (tree / f"{name}{suffix}").write_bytes(content)
    port = free_port()
    # Whoever starts it as root: its worker must be able to read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    kept = "\n    ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    configuration = folder / "nginx.conf"
    shared = " reuseport" if workers > 1 else ""
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, port=port, user=user, kept=kept, workers=workers, shared=shared)
    )
    process = subprocess.Popen([*prefix, program, "-e", "stderr", "-c", str(configuration)])
    try:
        wait_until_listening(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
