#!/usr/bin/env bash
# Rolls an image out to production: applies, waits until all instances are replaced, asks the public address. If any of it
# fails, rolls back to what ran before, waits for that too, and fails.
#
#   IMAGE_DIGEST             sha256:…, required
#   SMOKE_URL                (the address that Terraform says)
#   DURING_ERRORS            true: the alarm of errors does not end the rollout, as when going back by hand (false)
#   PRODUCTION_IS_PROTECTED  in a workflow: yes, from the environment that people approve
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

# GitHub makes an environment that it does not know, without anybody to approve. One that people made says so.
if [ "${GITHUB_ACTIONS:-}" = true ] && [ "${PRODUCTION_IS_PROTECTED:-}" != yes ]; then
  echo 'deploy: the environment has no variable PRODUCTION_IS_PROTECTED=yes: see docs/deploy-aws.md, "The workflows"' >&2
  exit 2
fi
case ${DURING_ERRORS:-false} in
  true) ends_at_errors=false ;;
  false) ends_at_errors=true ;;
  *)
    echo "deploy: DURING_ERRORS is $DURING_ERRORS (expected: true or false)" >&2
    exit 2
    ;;
esac

run() { # digest, whether the alarm of errors ends it: applied, rolled out and answering
  local groups
  tf apply -input=false -auto-approve -var "image_digest=$1" -var "rollout_ends_at_errors=$2" || return 1
  groups=$(tf output -json autoscaling_groups) || return 1
  GROUPS_JSON=$groups deploy/ci/refresh.sh || return 1
  deploy/ci/smoke.sh "${SMOKE_URL:-$(tf output -raw url)}"
}

set_up
before=$(running_digest)
echo "deploy: ${before:-nothing} -> $wanted"
if run "$wanted" "$ends_at_errors"; then
  echo "deploy: done"
  exit 0
fi
if [ -z "$before" ] || [ "$before" = "$wanted" ]; then
  echo 'deploy: failed, and there is nothing to go back to: see docs/deploy-aws.md, "A deployment that failed"' >&2
  exit 1
fi
echo "deploy: failed; back to $before" >&2
# The errors may be those of what is now taken back: they must not end that.
if run "$before" false; then
  echo "deploy: rolled back to $before" >&2
else
  echo 'deploy: the rollback failed as well: see docs/deploy-aws.md, "A deployment that failed"' >&2
fi
exit 1
