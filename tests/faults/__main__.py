"""`python -m tests.faults --runs 200`: see `tests.faults.killing`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Runs them, and ends with 1 when one was broken."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--seconds", type=float, default=1e9, help="begin no further run after so long")
    given = asked.parse_args()
    from tests.faults.killing import Runs  # not at the top: each killed process imports this module anew

    began, broken = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="dossier-kills-") as place:
        runs = Runs(Path(place))
        for number in range(given.first, given.first + given.runs):
            if time.monotonic() - began > given.seconds:
                sys.stdout.write(f"go on with --first {number}\n")
                break
            try:
                said = f"{runs.run(number)}: whole"
            except Exception as error:  # noqa: BLE001 - whatever comes up is what was broken
                broken += 1
                said = f"BROKEN {type(error).__name__}: {error}"
            sys.stdout.write(f"run {number} {said}\n")
            sys.stdout.flush()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
