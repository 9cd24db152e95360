"""The stamp of a run: everything that its figures depend on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from eval.asking import Asking
from eval.code import code_hash, revision
from eval.dataset import Dataset
from eval.results import Stamp
from eval.systems import System
from ingest.article import digest
from ingest.settings import IngestSettings, read_settings
from service.settings import ServiceSettings

PACKAGES = (
    *("dossier", "numpy", "onnxruntime", "tokenizers", "chromadb", "sentencex", "langchain-core", "xllamacpp"),
    *("scipy", "scikit-learn", "ir-measures", "rouge-score", "bm25s"),
)
SECRETS = frozenset(["llm_api_key", "api_key", "database_url", "chroma_token"])
PLACES = frozenset(["data", "cache", "host", "port", "chroma_url", "chroma_tenant", "chroma_database"])
"""Settings that say where things are, and decide nothing of an answer."""


def stamp(dataset: Dataset, limit: int | None, system: System, mode: Asking) -> Stamp:
    """The stamp of a run of `system` over `dataset`, which is limited already."""
    head, dirty = revision()
    models = dict(system.models)
    settings = _settings()
    packages = {name: found for name in PACKAGES if (found := _version(name))}
    key = digest(
        dataset.fingerprint,
        system.name,
        mode,
        code_hash(),
        repr(sorted(models.items())),
        repr(settings),
        repr(packages),
    )
    return Stamp(
        key=key[:16],
        dataset=dataset.fingerprint,
        dataset_name=dataset.name,
        dataset_note=dataset.note,
        cases=len(dataset.cases),
        claims=len(dataset.claims),
        limit=limit,
        system=system.name,
        mode=mode,
        code=code_hash(),
        revision=head,
        dirty=dirty,
        packages=packages,
        models=models,
        settings=settings,
        python=platform.python_version(),
        processor=_processor(),
    )


def _settings() -> dict[str, str | None]:
    """Without keys and places."""
    found = read_settings(IngestSettings).model_dump() | read_settings(ServiceSettings).model_dump()
    hidden = SECRETS | PLACES
    return {name: None if value is None else str(value) for name, value in sorted(found.items()) if name not in hidden}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - no regular file
            named = next((line for line in lines if line.startswith("model name")), "")
    except OSError:
        named = ""
    return named.partition(":")[2].strip() or platform.processor() or platform.machine()
