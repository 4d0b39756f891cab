#!/usr/bin/env bash
# Says what the deployment would change, with the image that runs; changes and locks nothing. For variables see production.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/production.sh
. deploy/ci/production.sh

set_up
digest=$(running_digest)
tf plan -input=false -lock=false -no-color ${digest:+-var "image_digest=$digest"} >"$production/plan.txt" || {
  cat "$production/plan.txt"
  exit 1
}
cat "$production/plan.txt"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  { printf '```\n' && grep -E '^(Plan:|No changes|  # )' "$production/plan.txt" && printf '```\n'; } >>"$GITHUB_STEP_SUMMARY"
fi
rm -f "$production/plan.txt"
