"""One target under atheris, in a process of its own: python fuzzer.py TARGET [options of libFuzzer]. `make fuzz` calls it (campaign.py).

A script, not a module of the tests: another library's `tests` may be installed.
"""

import sys
from importlib import import_module

import atheris


def main() -> None:
    program, target, *options = sys.argv
    with atheris.instrument_imports(include=["aggregator", "feeds"]):
        check = import_module(target).check
    atheris.Setup([program, *options], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
