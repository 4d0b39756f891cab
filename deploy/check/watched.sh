#!/usr/bin/env bash
# what: a real Prometheus scrapes a real gateway: every panel has data, the right alerts fire while providers are killed, and clear
# quick: no
# seconds: 120
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need prometheus "apt install prometheus"
need promtool "apt install prometheus"
need python3
need curl
need jq
./jeth-proxy --version >/dev/null # builds, if the sources are newer

processes=''
# shellcheck disable=SC2317 # called by lib.sh
clean_up() {
  local id
  for id in $processes; do kill -9 "$id" 2>/dev/null || true; done
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
forget() { # ID: it was ended on purpose
  local id left=''
  for id in $processes; do if [ "$id" != "$1" ]; then left="$left $id"; fi; done
  processes=$left
}

# A chain of its own behind three providers that can be killed, and the gateway in front.
world=$(free_port)
PORT=$world MANAGEMENT_PORT=0 ./jeth-proxy demo >"$CHECK_WORK/world.log" 2>&1 &
processes="$processes $!"
await 60 curl -fs "http://127.0.0.1:$world/ready" || fail "the demo does not become ready"
forwarders='' providers=''
for i in 1 2 3; do
  python3 deploy/check/monitoring/forwarder.py "$CHECK_WORK/port-$i" "$world" &
  forwarders="$forwarders $!"
  processes="$processes $!"
  await 10 test -s "$CHECK_WORK/port-$i"
  providers="$providers${providers:+,}http://127.0.0.1:$(cat "$CHECK_WORK/port-$i")"
done
port=$(free_port) management=$(free_port)
RPC_PROVIDERS_HTTP=$providers PORT=$port MANAGEMENT_PORT=$management ./jeth-proxy serve >"$CHECK_WORK/gateway.log" 2>&1 &
gateway=$!
processes="$processes $gateway"
await 60 curl -fs "http://127.0.0.1:$port/ready" || fail "the gateway does not become ready"

ask() { # METHOD PARAMS
  curl -s -o /dev/null --max-time 5 -H 'content-type: application/json' \
    --data "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" "http://127.0.0.1:$port/" || true
}
(
  i=0
  while true; do
    i=$((i + 1))
    ask eth_blockNumber '[]'
    ask eth_getBalance "[\"0x$(printf '%040x' "$i")\",\"latest\"]"
    ask eth_getBalance '["0x0000000000000000000000000000000000000001","latest"]'
    ask eth_getBlockByNumber '["0x1",false]'
    sleep 0.1
  done
) &
processes="$processes $!"

# The shipped rules, a hundred times faster: nothing else about them is changed.
mkdir "$CHECK_WORK/rules"
sed -E 's/for: ([0-9]+)m/for: \1s/; s/\[(5|10|15)m\]/[15s]/g; s/\[1m\]/[3s]/g; s/offset 15m/offset 15s/' \
  deploy/monitoring/prometheus/rules/jeth-proxy.yml >"$CHECK_WORK/rules/fast.yml"
watch=$(free_port)
cat >"$CHECK_WORK/prometheus.yml" <<YAML
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [$CHECK_WORK/rules/fast.yml]
scrape_configs:
  - job_name: jeth-proxy
    static_configs: [{ targets: ["127.0.0.1:$management"] }]
YAML
prometheus --config.file="$CHECK_WORK/prometheus.yml" --storage.tsdb.path="$CHECK_WORK/tsdb" \
  --web.listen-address="127.0.0.1:$watch" --log.level=warn >"$CHECK_WORK/prometheus.log" 2>&1 &
processes="$processes $!"

firing() { curl -fs "http://127.0.0.1:$watch/api/v1/alerts" | jq -r '.data.alerts[] | select(.state == "firing") | .labels.alertname' | sort -u; }
fires() { firing | grep -qx "$1"; }
clear() { ! fires "$1"; }
expect() { # SECONDS WHAT COMMAND...
  local seconds=$1 what=$2
  shift 2
  if await "$seconds" "$@"; then pass "$what"; else fail "$what (firing: $(firing | paste -s -d ' '))"; fi
}
kill_provider() { # INDEX
  local id
  id=$(cut -d ' ' -f $((${1} + 1)) <<<"$forwarders")
  kill -9 "$id"
  forget "$id"
}
revive_provider() {
  python3 deploy/check/monitoring/forwarder.py "$CHECK_WORK/port-$1" "$world" &
  processes="$processes $!"
}

sleep 20 # of traffic, for rates
curl -fs "http://127.0.0.1:$management/metrics" >"$CHECK_WORK/metrics"
# Two names are those of Micrometer for what the JVM tells.
complaints=$(promtool check metrics <"$CHECK_WORK/metrics" 2>&1 | grep -vE '^(process_cpu_time_ns_total|system_cpu_count) ' || true)
if [ -z "$complaints" ]; then pass "promtool check metrics"; else fail "promtool check metrics: $complaints"; fi
# Not there before the first wrong answer, and no provider here gives one.
grep -rq '"jeth.verify.failures"' src/main/java/io/jethproxy/observe || fail "there is no metric jeth_verify_failures"
echo jeth_verify_failures_total >>"$CHECK_WORK/metrics"
# There only while a provider cannot be asked for its chain.
grep -rq '"jeth_provider_unidentified"' src/main/java/io/jethproxy/observe || fail "there is no metric jeth_provider_unidentified"
echo jeth_provider_unidentified >>"$CHECK_WORK/metrics"
ok python3 deploy/check/monitoring/dashboards.py --prometheus "http://127.0.0.1:$watch" --metrics "$CHECK_WORK/metrics" \
  deploy/monitoring/grafana/dashboards/*.json
for alert in JethProxyDown JethClientsFail JethNoProvider JethOneProviderLeft JethProviderOut JethHeadStalled; do
  clear "$alert" || fail "$alert fires while all is well"
done

kill_provider 1
kill_provider 2
expect 60 "JethOneProviderLeft fires when two of three are killed" fires JethOneProviderLeft
expect 60 "JethProviderOut fires" fires JethProviderOut
clear JethClientsFail || fail "JethClientsFail fires while one provider answers"
kill_provider 3
expect 60 "JethClientsFail fires when all are killed" fires JethClientsFail
expect 90 "JethHeadStalled or JethNoProvider fires" bash -c "$(declare -f firing fires); watch=$watch; fires JethHeadStalled || fires JethNoProvider"
for i in 1 2 3; do revive_provider "$i"; done
for alert in JethClientsFail JethOneProviderLeft JethProviderOut JethNoProvider JethHeadStalled; do
  expect 120 "$alert clears when providers are back" clear "$alert"
done
kill -9 "$gateway"
forget "$gateway"
expect 30 "JethProxyDown fires when the gateway is killed" fires JethProxyDown
finish
