#!/usr/bin/env bash
# Shows the run's summary in the job's summary and, where PULL_REQUEST is given, as one comment of it: an earlier comment
# of this gate is replaced. Where the token may not write, as on a fork, the comment is left out.
#
# In: FOLDER (of the run), VERDICT, ARTIFACT (name of the gate), PULL_REQUEST (a number, or empty), GH_TOKEN.
set -euo pipefail

export MARKER="<!-- dossier eval-gate: $ARTIFACT -->"
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
body=$(mktemp)

summary() {
  if [[ -n $VERDICT && $VERDICT != could-not-run && -s $FOLDER/summary.md ]]; then
    cat "$FOLDER/summary.md"
  else
    echo "**The evaluation could not be run.** The log of the job says why."
  fi
  printf '\n[Log and report of this run](%s)\n' "$run"
}

comment() {
  local comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" earlier
  # Only the action's own comment: anybody could write one that begins with the marker.
  earlier=$(gh api --paginate "$comments?per_page=100" --jq \
    '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id') || return
  earlier=${earlier%%$'\n'*}
  if [[ -n $earlier ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$body"
  else
    gh api --silent --method POST "$comments" --field "body=@$body"
  fi
}

{
  echo "$MARKER"
  summary
} >"$body"
cat "$body" >>"$GITHUB_STEP_SUMMARY"

if [[ -n $PULL_REQUEST ]] && ! comment; then
  echo "::notice title=No comment::The token of this job may not write it, as on a fork. The job's summary says the same."
fi
