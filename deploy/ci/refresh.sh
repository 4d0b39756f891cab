#!/usr/bin/env bash
# Waits until no group of instances is being replaced any more; fails when one was not, or was rolled back.
#
#   GROUPS_JSON      {"region": "group", …}, required
#   REFRESH_SECONDS  how long to wait in all (3600)
#   POLL_SECONDS     between two looks (15)
set -euo pipefail

groups=${GROUPS_JSON:?the groups of instances by region are required}
until=$((SECONDS + ${REFRESH_SECONDS:-3600}))

state_of() { # region group
  aws autoscaling describe-instance-refreshes --region "$1" --auto-scaling-group-name "$2" --max-records 1 \
    --query 'InstanceRefreshes[0].[Status,PercentageComplete,StatusReason]' --output text
}

failed=0
while read -r region group; do
  said=
  while true; do
    state=$(state_of "$region" "$group")
    if [ "$state" != "$said" ]; then
      echo "refresh: $region $group: $state"
      said=$state
    fi
    case ${state%%[[:space:]]*} in
      Successful | None) break ;;
      Failed | Cancelled | RollbackSuccessful | RollbackFailed)
        failed=1
        break
        ;;
      Pending | InProgress | Baking | Cancelling | RollbackInProgress) ;;
      *)
        echo "refresh: unknown state of $group: $state" >&2
        failed=1
        break
        ;;
    esac
    if [ "$SECONDS" -ge "$until" ]; then
      echo "refresh: $region $group: not done in time" >&2
      failed=1
      break
    fi
    sleep "${POLL_SECONDS:-15}"
  done
done < <(jq -r 'to_entries[] | "\(.key) \(.value)"' <<<"$groups")
exit "$failed"
