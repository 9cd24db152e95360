"""`python -m tests.fuzz TARGET --seconds 60`: searches one target for inputs that break it, guided by coverage.

What breaks it is left as `crash-...` in the folder given by --found; `python -m tests.fuzz TARGET FILE` runs it again.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import warnings
from pathlib import Path

INSTRUMENTED = (
    "ingest",
    "service.times",
    "service.followup",
    "service.conversation",
    "service.compose",
    "service.remote",
)
PARSERS = {"html": "trafilatura", "pdf": "pypdf", "docx": "docx", "feed": "feedparser", "markdown": "markdown_it"}


def main() -> None:
    """Runs libFuzzer over one target; ends with its exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("target")
    asked.add_argument("file", nargs="?", type=Path, help="an input to run once, instead of searching")
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--found", type=Path, default=Path(tempfile.gettempdir()), help="folder for what breaks it")
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    if given.file:
        importlib.import_module("tests.fuzz.targets").TARGETS[given.target](given.file.read_bytes())
        return
    try:
        import atheris
    except ImportError:
        sys.exit("Fuzzing needs atheris: pip install dossier[fuzz].")
    parser = PARSERS.get(given.target)
    with atheris.instrument_imports(include=[*INSTRUMENTED, *([parser] if parser else [])]):
        targets = importlib.import_module("tests.fuzz.targets").TARGETS
        seeds = importlib.import_module("tests.fuzz.seeds").SEEDS
    if given.target not in targets:
        sys.exit(f"Targets: {', '.join(targets)}.")
    with tempfile.TemporaryDirectory(prefix="dossier-fuzz-") as folder:
        for number, seed in enumerate(seeds[given.target]()):
            Path(folder, f"seed-{number}").write_bytes(seed)
        options = [f"-max_total_time={given.seconds}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=200000"]
        options += [f"-artifact_prefix={given.found}/", "-print_final_stats=1", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *options, folder], targets[given.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
