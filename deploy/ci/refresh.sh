#!/usr/bin/env bash
# Waits until every group of instances runs the version that it was last told to run; fails when one does not.
#
#   GROUPS_JSON      {"region": "group", …}, required
#   REFRESH_SECONDS  how long to wait in all (2400)
#   POLL_SECONDS     between two looks, and two attempts at a call that fails (15)
set -euo pipefail

groups=${GROUPS_JSON:?the groups of instances by region are required}
until=$((SECONDS + ${REFRESH_SECONDS:-2400}))
pause=${POLL_SECONDS:-15}
believed_after=4 # looks at an ended refresh beside instances of another version: AWS may not tell of the newest at once

watched=$(jq -er 'select(type == "object" and length > 0) | to_entries[] | select(.value | type == "string" and length > 0) | "\(.key) \(.value)"' <<<"$groups") || {
  echo "refresh: no group of instances in $groups (expected: {\"region\": \"group\", …})" >&2
  exit 1
}
if [ "$(wc -l <<<"$watched")" != "$(jq length <<<"$groups")" ]; then
  echo "refresh: a region without a group in $groups" >&2
  exit 1
fi

autoscaling() { # region, arguments: a few times, as calls fail
  local region=$1 attempt
  shift
  for attempt in 1 2 3 4; do
    if aws autoscaling "$@" --region "$region"; then return 0; fi
    if [ "$attempt" -lt 4 ]; then sleep "$pause"; fi
  done
  return 1
}
state_of() { # region group: how its last refresh is, None without any
  autoscaling "$1" describe-instance-refreshes --auto-scaling-group-name "$2" --max-records 1 \
    --query 'InstanceRefreshes[0].[Status,PercentageComplete,StatusReason]' --output text
}
versions_of() { # region group: the group's own version, how few instances it may have, and the version of each in service
  # shellcheck disable=SC2016 # backquotes of the query language
  autoscaling "$1" describe-auto-scaling-groups --auto-scaling-group-names "$2" \
    --query 'AutoScalingGroups[0].[LaunchTemplate.Version,MinSize,Instances[?LifecycleState==`InService`].LaunchTemplate.Version]' --output json
}
wanted_runs() { jq -e '(.[0] | type == "string") and (.[2] | length) >= .[1] and (.[0] as $wanted | all(.[2][]; . == $wanted))' <<<"$1" >/dev/null; }

watch() { # region group
  local region=$1 group=$2 said='' ended=0 state versions
  while true; do
    state=$(state_of "$region" "$group") && versions=$(versions_of "$region" "$group") || {
      echo "refresh: $region $group: AWS does not tell how it is" >&2
      return 1
    }
    if [ "$state" != "$said" ]; then
      echo "refresh: $region $group: $state"
      said=$state
    fi
    case ${state%%[[:space:]]*} in
      Pending | InProgress | Baking | Cancelling | RollbackInProgress) ended=0 ;;
      None | Successful | Failed | Cancelled | RollbackSuccessful | RollbackFailed)
        # However the last refresh ended, maybe days ago: what runs is what counts.
        if wanted_runs "$versions"; then return 0; fi
        if [ "${state%%[[:space:]]*}" != None ]; then ended=$((ended + 1)); fi # a new group has none, and is starting
        if [ "$ended" -ge "$believed_after" ]; then
          echo "refresh: $region $group: ended as $state; its version, its minimum, the versions in service: $(jq -c . <<<"$versions")" >&2
          return 1
        fi
        ;;
      *)
        echo "refresh: unknown state of $group: $state" >&2
        return 1
        ;;
    esac
    if [ "$SECONDS" -ge "$until" ]; then
      echo "refresh: $region $group: not done in time" >&2
      return 1
    fi
    sleep "$pause"
  done
}

failed=0
while read -r region group; do
  watch "$region" "$group" </dev/null || failed=1
done <<<"$watched"
exit "$failed"
