#!/usr/bin/env bash
# Says where things go, and the key that packages are cached under.
#
# In: PYTHON, INSTALL, ARTIFACT. Out: folder (of the run), environment, packages, models (folders), packages-key.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
pinned=$({ "$PYTHON" --version; echo "$INSTALL"; cat "$root/constraints.txt" "$root/pyproject.toml"; } | git hash-object --stdin)

{
  echo "folder=$RUNNER_TEMP/dossier-$ARTIFACT"
  echo "environment=$RUNNER_TEMP/dossier-environment"
  echo "packages=$RUNNER_TEMP/dossier-packages"
  echo "models=$RUNNER_TEMP/dossier-models"
  echo "packages-key=dossier-packages-$RUNNER_OS-$RUNNER_ARCH-$pinned"
} >>"$GITHUB_OUTPUT"
