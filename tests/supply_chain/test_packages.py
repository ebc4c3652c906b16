"""Which packages there are: those of constraints.txt, all needed, all installed, and how they hang together."""

from collections.abc import Callable

import pytest

from supply_chain.licences import TOOLS
from supply_chain.packages import PackagesError, differing, read_packages
from tests.supply_chain.shelf import Shelf


def test_packages_say_whether_they_run_and_what_they_need(shelf: Shelf) -> None:
    shelf.project(
        runs=["Web.Server>=1"], develops=["checker"], pins={"web_server": "2", "loop": "1", "checker": "3"}
    )
    shelf.install("web-server", "2", "Requires-Dist: loop")
    shelf.install("loop", "1")
    shelf.install("checker", "3", "Requires-Dist: loop (>=1)")
    packages = read_packages(shelf.root, shelf.path)
    assert [(package.name, package.version, package.runs, package.requires) for package in packages] == [
        ("checker", "3", False, ("loop",)),
        ("loop", "1", True, ()),
        ("web-server", "2", True, ("loop",)),
    ]


def test_an_extra_counts_where_it_is_asked_for_in_whatever_order(shelf: Shelf) -> None:
    shelf.project(
        runs=["server"],
        develops=["checker", "server[fast]"],
        pins={"server": "1", "checker": "1", "loop": "1"},
    )
    shelf.install(
        "server", "1", 'Requires-Dist: loop; extra == "fast"', 'Requires-Dist: windows; extra == "slow"'
    )
    shelf.install("checker", "1", "Requires-Dist: server")
    shelf.install("loop", "1")
    assert [package.name for package in read_packages(shelf.root, shelf.path) if not package.runs] == [
        "checker",
        "loop",
    ]


@pytest.mark.parametrize(
    ("marker", "counts"),
    [
        ("python_version < '3.12'", True),
        ("python_version >= '3.13'", True),
        ("python_full_version < '3.11.0a6'", False),
        ("python_version < '3.11'", False),
        ("platform_system == 'Windows'", False),
        ("sys_platform != 'win32'", True),
        ("platform_python_implementation == 'PyPy'", False),
    ],
)
def test_a_marker_counts_on_linux_with_any_python_of_the_project(
    shelf: Shelf, marker: str, *, counts: bool
) -> None:
    shelf.project(runs=["server", "loop"], develops=[], pins={"server": "1", "loop": "1"})
    shelf.install("server", "1", f"Requires-Dist: loop; {marker}")
    shelf.install("loop", "1")
    (server,) = (package for package in read_packages(shelf.root, shelf.path) if package.name == "server")
    assert server.requires == (("loop",) if counts else ())


def not_installed(shelf: Shelf) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "1"})


def not_needed(shelf: Shelf) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "1", "relic": "1"})
    shelf.install("server", "1")
    shelf.install("relic", "1")


def not_pinned(shelf: Shelf) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "1"})
    shelf.install("server", "1", "Requires-Dist: loop")


@pytest.mark.parametrize(
    ("arrange", "said"),
    [
        (not_installed, "in constraints.txt and not installed: server; expected"),
        (not_needed, "in constraints.txt, which nothing needs: relic; expected"),
        (not_pinned, "needed and not in constraints.txt: loop; expected"),
    ],
)
def test_what_does_not_fit_together_is_named(
    shelf: Shelf, arrange: Callable[[Shelf], None], said: str
) -> None:
    arrange(shelf)
    with pytest.raises(PackagesError) as raised:
        read_packages(shelf.root, shelf.path)
    assert str(raised.value).startswith(said)


def test_other_extras_may_be_installed_or_not(shelf: Shelf) -> None:
    shelf.project(runs=["server"], develops=[], pins={"server": "1", "plotter": "1", "fuzzer": "1"})
    shelf.install("server", "1")
    shelf.install("plotter", "1", "Requires-Dist: server")
    assert [package.name for package in read_packages(shelf.root, shelf.path, ["plotter", "fuzzer"])] == [
        "server"
    ]
    with pytest.raises(PackagesError, match="not installed: fuzzer"):
        read_packages(shelf.root, shelf.path, ["plotter"])


def test_another_version_than_that_of_the_constraints_is_told(shelf: Shelf) -> None:
    shelf.project(runs=["server", "loop"], develops=[], pins={"server": "2", "loop": "1"})
    shelf.install("server", "1")
    shelf.install("loop", "1")
    (message,) = differing(read_packages(shelf.root, shelf.path))
    assert message == "server is installed as 1, expected 2 as in constraints.txt"


def test_the_constraints_of_this_project_are_what_it_needs_and_nothing_else() -> None:
    packages = {package.name: package for package in read_packages(others=TOOLS)}
    assert packages["aiohttp"].runs
    assert not packages["pytest"].runs
    assert "yarl" in packages["aiohttp"].requires
