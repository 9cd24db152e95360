#!/usr/bin/env bash
# Installs Dossier into an environment of its own: the job's Python stays as it is.
#
# In: PYTHON, INSTALL (a requirement; empty for this repository), ENVIRONMENT (a folder). Out: dossier (the command),
# models-key. The processor is in that key, because models are exported for its kind.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)

"$PYTHON" -m venv "$ENVIRONMENT"
"$ENVIRONMENT/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9
# uv, because it alone can be told to take torch for the CPU and all else as usual: the usual torch is several GB of CUDA.
# A folder is built anew each time; uv would otherwise trust a cached build while pyproject.toml is unchanged.
"$ENVIRONMENT/bin/uv" pip install --python "$ENVIRONMENT/bin/python" --torch-backend cpu --refresh-package dossier \
  --constraint "$root/constraints.txt" "${INSTALL:-$root}"

kind=$("$ENVIRONMENT/bin/python" -c 'from ingest.processor import int8_kind; print(int8_kind())')
pinned=$({ "$PYTHON" --version; echo "${DOSSIER_EMBEDDER:-}"; cat "$root/constraints.txt"; } | git hash-object --stdin)
{
  echo "dossier=$ENVIRONMENT/bin/dossier"
  echo "models-key=dossier-models-$RUNNER_OS-$RUNNER_ARCH-$kind-$pinned"
} >>"$GITHUB_OUTPUT"
