#!/usr/bin/env bash
# Says what the gate found, and ends with its exit code.
#
# In: VERDICT, EXIT_CODE.
set -euo pipefail

case $VERDICT in
  pass) echo "Evaluation gate: pass." ;;
  worse) echo "::error title=Evaluation gate: worse::A metric is beyond its bound or lost against the baseline. The summary names it, the report the cases." ;;
  broken) echo "::error title=Evaluation gate: broken::A quote is not exact, or too many cases failed. The summary says which." ;;
  *) echo "::error title=Evaluation gate: could not run::Nothing was measured. The log of the step Gate says why." ;;
esac
exit "$EXIT_CODE"
