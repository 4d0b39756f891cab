#!/usr/bin/env bash
# Rolls an image out to production: applies, waits until all instances are replaced, asks the public address. If any of it
# fails, rolls back to what ran before, waits for that too, and fails.
#
#   IMAGE_DIGEST  sha256:…, required
#   SMOKE_URL     (the address that Terraform says)
# and the variables of production.sh, refresh.sh and smoke.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/production.sh
. deploy/ci/production.sh

wanted=${IMAGE_DIGEST:?the digest of the image is required}
if [[ ! $wanted =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "deploy: $wanted (expected: sha256: and 64 hexadecimal digits)" >&2
  exit 2
fi

run() { # digest: applied, rolled out and answering
  tf apply -input=false -auto-approve -var "image_digest=$1" || return 1
  GROUPS_JSON=$(tf output -json autoscaling_groups) deploy/ci/refresh.sh || return 1
  deploy/ci/smoke.sh "${SMOKE_URL:-$(tf output -raw url)}"
}

set_up
before=$(running_digest)
echo "deploy: ${before:-nothing} -> $wanted"
if run "$wanted"; then
  echo "deploy: done"
  exit 0
fi
if [ -z "$before" ] || [ "$before" = "$wanted" ]; then
  echo "deploy: failed, and there is nothing to go back to" >&2
  exit 1
fi
echo "deploy: failed; back to $before" >&2
if run "$before"; then
  echo "deploy: rolled back to $before" >&2
else
  echo "deploy: the rollback failed as well: see docs/operations.md, \"A deployment that failed\"" >&2
fi
exit 1
