"""Files that were sent, not named, to documents."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO

from ingest.documents import USUAL_NAMES, Hints
from ingest.sources.contents import documents
from ingest.sources.limits import USUAL_LIMITS, Limits
from ingest.sources.parts import Part
from ingest.sources.reading import Items, Reading

MAX_NAME = 150
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def from_upload(name: str, data: bytes, hints: Hints, limits: Limits = USUAL_LIMITS) -> Items:
    """The documents in a file's bytes, told by its name: an archive and a list of records hold several.

    The origin has a digest of the bytes: a file of the same name with other content is another article, unless
    hints or content give both the same address. Nothing is fetched that the file points to.
    """
    shown = _UNPRINTABLE.sub(" ", re.split(r"[/\\]", name)[-1]).strip()[-MAX_NAME:] or "unnamed"
    origin = f"upload:{hashlib.sha256(data).hexdigest()[:12]}/{shown}"
    part = Part(shown, origin, lambda: BytesIO(data), hints, chosen=True)
    return documents(part, Reading(hints, USUAL_NAMES, None, limits))
