#!/usr/bin/env bash
# Runs the gate and says what came of it. Ends with 0 whatever the verdict: the report is kept before verdict.sh fails.
#
# In: CASES, ARTICLES, THRESHOLDS, BASELINE, ARGUMENTS (each may be empty), DOSSIER (the command), FOLDER (of the run).
# Out: verdict (pass, worse, broken, could-not-run), exit-code (0, 1, 2, 3).
set -euo pipefail

gate=("$DOSSIER" eval gate)

option() {
  if [[ -n $2 ]]; then gate+=("$1" "$2"); fi
}

if [[ -n $CASES ]]; then gate+=("$CASES"); fi
option --articles "$ARTICLES"
option --thresholds "$THRESHOLDS"
option --baseline "$BASELINE"
option --out "$FOLDER"
if [[ -n ${ARGUMENTS//[[:space:]]/} ]]; then
  words=$(xargs printf '%s\n' <<<"$ARGUMENTS") # takes quotes away as a shell would, and runs nothing
  while IFS= read -r word; do gate+=("$word"); done <<<"$words"
fi

# What an earlier run left must not be taken for this one's.
rm -f "$FOLDER/gate.json" "$FOLDER/summary.md"

# Articles and questions are printed, and a line of theirs that looks like a command to the runner must not be one.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
"${gate[@]}" 2>&1 || code=$?
printf '\n::%s::\n' "$token"

# A verdict is one only where the gate wrote it down: a wrong option and a crash have exit codes too.
verdict=could-not-run
if [[ -s $FOLDER/gate.json ]]; then
  case $code in
    0) verdict=pass ;;
    1) verdict=worse ;;
    2) verdict=broken ;;
  esac
fi
if [[ $verdict == could-not-run ]]; then code=3; fi

{
  echo "verdict=$verdict"
  echo "exit-code=$code"
} >>"$GITHUB_OUTPUT"
