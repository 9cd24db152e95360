"""Reads a vector index through, in a process of its own: a damaged one can end the process that reads it.

`python -m ingest.probe FOLDER STAMP` reads the index in FOLDER; STAMP is the embedder's, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from ingest.embedder import Stamp
from ingest.errors import DataFolderError, VectorsDamaged

PAGE = 1000
SEARCHES = 32
DAMAGED = 3


def probe(folder: Path, stamp: Stamp) -> None:
    """Raises: VectorsDamaged when reading the index in `folder` fails or crashes; other errors show on opening it."""
    command = [sys.executable, "-m", "ingest.probe", str(folder), json.dumps(asdict(stamp))]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module; each argument is one word, never a shell line
    if done.returncode == DAMAGED:
        raise VectorsDamaged(*json.loads(done.stdout))
    if done.returncode < 0:
        raise _damaged(folder, f"reading them ends the process (signal {-done.returncode})")


def read_through(folder: Path, stamp: Stamp) -> None:
    """Reads every vector, and searches with some of them."""
    check_lengths(folder)
    from ingest.filters import Filters
    from ingest.vectors.folders import FolderIndex

    index = FolderIndex(folder, stamp)
    ids = index.ids()
    while page := list(islice(ids, PAGE)):
        vectors = list(index.get(page).values())
        for vector in vectors[:: max(1, len(vectors) // SEARCHES)]:
            index.search(vector, Filters(), limit=10)
    index.close()


def check_lengths(folder: Path) -> None:
    """Chroma reads a list of lengths that was cut at times as if it were whole: it has four bytes for each of the
    elements, which are of one size.

    Raises: VectorsDamaged where there are elements and the list is not as long.
    """
    for elements in folder.glob("*/data_level0.bin"):
        lengths = elements.with_name("length.bin")
        size, count = elements.stat().st_size, lengths.stat().st_size // 4 if lengths.exists() else 0
        if size and (not count or size % count):
            raise _damaged(folder, f"{lengths.name} is not as long as it must be")


def _damaged(folder: Path, why: str) -> VectorsDamaged:
    return VectorsDamaged(
        f"The vectors in {folder} are damaged: {why}.", "They can be made anew from the catalog: run `dossier rebuild`."
    )


if __name__ == "__main__":
    try:
        read_through(Path(sys.argv[1]), Stamp(**json.loads(sys.argv[2])))
    except VectorsDamaged as damage:
        json.dump([damage.message, damage.help], sys.stdout)
        sys.exit(DAMAGED)
    except DataFolderError:
        sys.exit(1)
