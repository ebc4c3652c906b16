"""A campaign: each target, or those that are named, under atheris for FUZZ_SECONDS: python campaign.py [TARGET…]. `make fuzz` calls it.

It fails where a target raised, hung or grew, and where it ran nothing. What it finds lies in build/fuzz/TARGET, the inputs worth keeping in its folder corpus.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_BUILD = _HERE.parents[1] / "build/fuzz"
TARGETS = tuple(sorted(folder.name for folder in (_HERE / "seeds").iterdir()))

_LONGEST_INPUT = 4096
# An input of that length takes milliseconds; what takes seconds takes more than linear time.
_HANGING_SECONDS = 5
_MOST_MEBIBYTES = 1024
# libFuzzer keeps what it found in memory: some ten mebibytes. What a target leaks at some hundred inputs a second is soon more.
_NOISE_MEBIBYTES = 48
_FEWEST_STATUSES = 2
_STATUS = re.compile(r"^#(\d+)\t.* rss: (\d+)Mb", re.MULTILINE)
_EXECUTIONS = re.compile(r"^stat::number_of_executed_units: (\d+)", re.MULTILINE)


def main() -> int:
    seconds = int(os.environ.get("FUZZ_SECONDS", "300"))
    failed = [target for target in sys.argv[1:] or TARGETS if not _fuzzed(target, seconds)]
    if failed:
        print(f"failed: {', '.join(failed)}; see {_BUILD}")
    return 1 if failed else 0


def _fuzzed(target: str, seconds: int) -> bool:
    """Fuzz one target, say how that went, and tell whether it went well."""
    folder = _BUILD / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    with log.open("wb") as file:
        done = subprocess.run(_command(target, folder, seconds), stdout=file, stderr=file, check=False)
    text = log.read_text(encoding="utf-8", errors="replace")
    wrong = fault(done.returncode, text)
    print(
        f"{target}: {_inputs(text):,} inputs in {seconds} s, {_growth_in_words(text)}{wrong and f': {wrong}'}"
    )
    sys.stdout.flush()
    return not wrong


def fault(returncode: int, log: str) -> str:
    """Say what went wrong, by how libFuzzer ended and by its log; nothing where all went well. What ran nothing did not go well."""
    growth = memory_growth(log)
    if returncode:
        return f"FAILED\n{_ending(log)}"
    if not _inputs(log) or growth is None:
        return f"RAN NOTHING that its log tells of, expected inputs and lines of status\n{_ending(log)}"
    return f"GREW, expected at most {_NOISE_MEBIBYTES}" if growth > _NOISE_MEBIBYTES else ""


def _inputs(log: str) -> int:
    """Give how many inputs were tried, by the log."""
    executions = _EXECUTIONS.search(log)
    return int(executions[1]) if executions else 0


def _growth_in_words(log: str) -> str:
    growth = memory_growth(log)
    return "growth unknown" if growth is None else f"{growth:+} MiB after the first fifth"


def _command(target: str, folder: Path, seconds: int) -> list[str]:
    options = {
        "dict": _HERE / "dictionaries" / f"{target}.dict",
        "max_total_time": seconds,
        "timeout": _HANGING_SECONDS,
        "rss_limit_mb": _MOST_MEBIBYTES,
        "max_len": _LONGEST_INPUT,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    folders = [folder / "corpus", _HERE / "seeds" / target]
    arguments = [*map(str, folders), *(f"-{name}={value}" for name, value in options.items())]
    return [sys.executable, str(_HERE / "fuzzer.py"), target, *arguments]


def memory_growth(log: str) -> int | None:
    """Give by how many MiB the process is bigger at the end of a log of libFuzzer than it was after a fifth of its inputs.

    None where the log does not tell: a size alone says nothing of growth.
    """
    seen = [(int(found[1]), int(found[2])) for found in _STATUS.finditer(log)]
    if len(seen) < _FEWEST_STATUSES:
        return None
    end, at_the_end = seen[-1]
    return at_the_end - next(size for inputs, size in seen if inputs >= end / 5)


def _ending(log: str) -> str:
    """Give what the log says of the failure, or its last lines."""
    start = log.find(" === Uncaught Python exception")
    return log[start:] if start >= 0 else "\n".join(log.splitlines()[-15:])


if __name__ == "__main__":
    sys.exit(main())
