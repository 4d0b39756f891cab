#!/usr/bin/env bash
# what: alert rules parse and fire in their unit tests, each has a runbook, and the dashboards' queries parse
# quick: yes
# seconds: 3
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need promtool "apt install prometheus"
need python3
need jq

home=deploy/monitoring/prometheus
ok promtool check rules --lint=all --lint-fatal "$home"/rules/*.yml
ok promtool test rules "$home"/tests/*.test.yml
ok promtool check config "$home/prometheus.yml"

rules=$(sed -n 's/^ *- alert: //p' "$home"/rules/*.yml)
count=$(wc -w <<<"$rules")
if [ "$count" -ge 8 ] && [ "$count" -le 12 ]; then pass "$count alerts"; else fail "$count alerts (expected: 8 to 12)"; fi
for alert in $rules; do
  grep -q "^### $alert\$" docs/operations.md || fail "$alert has no section in docs/operations.md"
  grep -q "docs/operations.md#$(tr '[:upper:]' '[:lower:]' <<<"$alert")\$" "$home"/rules/*.yml || fail "$alert does not name its runbook"
  grep -q "alertname: $alert\$" "$home"/tests/*.test.yml || fail "$alert has no unit test"
done

ok python3 deploy/check/monitoring/dashboards.py --queries "$CHECK_WORK/queries.yml" deploy/monitoring/grafana/dashboards/*.json
ok promtool check rules --lint=none "$CHECK_WORK/queries.yml"
sed 's/sum(rate/sum(rate(/' "$CHECK_WORK/queries.yml" >"$CHECK_WORK/spoilt.yml"
fails "a query that does not parse" promtool check rules --lint=none "$CHECK_WORK/spoilt.yml"

if command -v amtool >/dev/null; then
  ok amtool check-config deploy/monitoring/alertmanager.yml
else
  skip amtool "not there (apt install prometheus-alertmanager)"
fi
finish
