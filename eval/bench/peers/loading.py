"""The peers that are installed, with the packaged embedding weights."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence

from eval.bench.peers.ours import Dossier
from eval.bench.peers.peer import Peer
from eval.errors import RunError
from ingest.embedding import locate
from service.models import build_model

WEIGHTS = "all-MiniLM-L6-v2"
FITTING, OWN = 256, 1024
"""Tokens of LlamaIndex's pieces: what the embedding model reads, and what it has when nobody says anything."""
_MODULES = (
    *("langchain_chroma", "langchain_huggingface", "langchain_text_splitters"),
    *("llama_index.core", "llama_index.embeddings.huggingface", "llama_index.vector_stores.chroma"),
    *("haystack", "haystack_integrations.document_stores.chroma"),
    "haystack_integrations.components.embedders.sentence_transformers",
)


def missing() -> Sequence[str]:
    """The modules of peers that are not installed."""
    return [name for name in _MODULES if not _installed(name)]


def load_peers(answering: bool) -> Sequence[Peer]:
    """This project first, then each peer; with `answering`, the embedded LLM for those that word answers.

    Raises: RunError when a package is missing, ModelError when the embedded LLM is.
    """
    if lacking := missing():
        raise RunError(
            f"The peers are not all installed: there is no {', no '.join(lacking)}.",
            "Run: pip install 'dossier[peers]'",
        )
    # They report to their makers, unless they are told not to before they are loaded.
    os.environ |= {"HAYSTACK_TELEMETRY_ENABLED": "false", "ANONYMIZED_TELEMETRY": "false", "HF_HUB_OFFLINE": "1"}
    from eval.bench.peers.haystack import Haystack
    from eval.bench.peers.langchain import LangChain
    from eval.bench.peers.llamaindex import LlamaIndex

    folder, _ = locate(WEIGHTS)
    llm = build_model("embedded") if answering else None
    return (
        Dossier(answering),
        LangChain(folder),
        LlamaIndex(folder, FITTING, llm),
        LlamaIndex(folder, OWN, None),
        Haystack(folder),
    )


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
