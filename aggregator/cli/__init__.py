"""The command line: it parses and prints. What a command does lies in modules of its own.

program.py   the group, and the commands that serve, publish, preview and print the schema
check.py explain.py diff.py new.py init.py    a command each
shared.py    what commands have in common: the configuration's option, errors, plurals
progress.py  the progress bar
output.py    printing; standard output that can't be written
"""

from aggregator.cli.program import cli

__all__ = ["cli"]
