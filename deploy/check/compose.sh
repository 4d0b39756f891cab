#!/usr/bin/env bash
# what: compose.yaml starts, answers, comes back after kill -9, reads secrets from files, and says what is missing
# quick: no
# seconds: 100
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
need_docker
need curl
docker compose version >/dev/null 2>&1 || skip_all "needs docker compose v2"

# Nothing of the caller's own settings or .env.
unset RPC_PROVIDERS_HTTP RPC_PROVIDERS_HTTP_FILE RPC_PROVIDERS_WS JETH_CONFIG LOKI_URL COMPOSE_PROFILES COMPOSE_FILE
export IMAGE=${CHECK_IMAGE%:*} IMAGE_TAG=${CHECK_IMAGE#*:} PORT=0 MANAGEMENT_PORT=0 PROMETHEUS_PORT=0 LOKI_PORT=0 GRAFANA_PORT=0 JDK_IMAGE
compose() { docker compose --env-file /dev/null -p "$CHECK_NAME" "$@"; }
clean_up() {
  RPC_PROVIDERS_HTTP='' compose --profile '*' down -v --timeout 1 >/dev/null 2>&1 || true
  docker rmi "$CHECK_NAME-prometheus" >/dev/null 2>&1 || true
}

RPC_PROVIDERS_HTTP=http://demo:8000 ok compose config -q
RPC_PROVIDERS_HTTP=http://demo:8000 ok compose --profile demo --profile observability config -q
if compose up -d >"$CHECK_WORK/missing" 2>&1; then
  fail "it starts without RPC_PROVIDERS_HTTP"
elif grep -q 'RPC_PROVIDERS_HTTP is missing a value: set it to' "$CHECK_WORK/missing"; then
  pass "without RPC_PROVIDERS_HTTP it says what to set"
else
  fail "without RPC_PROVIDERS_HTTP it says: $(cat "$CHECK_WORK/missing")"
fi

# ---------------------------------------------------------------- before the demo
build_image
export RPC_PROVIDERS_HTTP=http://demo:8000
began=$SECONDS
ok compose --profile demo up -d --wait --wait-timeout 120
if [ "$failures" -gt 0 ]; then finish; fi
printf '     up and healthy in %d s\n' $((SECONDS - began))
address() { compose port gateway "$1"; }
answers() { rpc "http://127.0.0.1:$(address 8000 | sed 's/.*://')" eth_blockNumber | grep -q '"result":"0x'; }
if await 30 answers; then pass "a call is answered"; else fail "no answer: $(compose logs --tail 20 gateway)"; fi
case $(address 8001) in
  127.0.0.1:*) pass "the management listener is on loopback: $(curl -sS -m 5 -o /dev/null -w '%{http_code}' "http://$(address 8001)/ready")" ;;
  *) fail "the management listener is published on $(address 8001)" ;;
esac

container=$(compose ps -q gateway)
pid=$(docker inspect -f '{{.State.Pid}}' "$container")
if kill -0 "$pid" 2>/dev/null; then
  kill -9 "$pid"
  again() { [ "$(docker inspect -f '{{.State.Pid}}' "$container")" -ne "$pid" ] && answers; }
  began=$SECONDS
  if await 60 again; then pass "after kill -9 of the JVM it answers again in $((SECONDS - began)) s"; else fail "after kill -9 it stays away"; fi
else
  skip "kill -9" "the engine's processes cannot be signalled from here"
fi

state() { docker inspect -f "$1" "$container"; }
if [ "$(state '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.Memory}}')" = 'true [ALL] 1073741824' ]; then
  pass "read-only, without capabilities, within 1 GB"
else
  fail "it is not locked down: $(state '{{json .HostConfig}}')"
fi
compose --profile demo stop -t 30 gateway >/dev/null 2>&1
if [ "$(state '{{.State.ExitCode}}')" -eq 0 ]; then pass "it stops with 0"; else fail "it stops with $(state '{{.State.ExitCode}}')"; fi

# ---------------------------------------------------------------- providers from a file
printf 'http://demo:8000\n' >"$CHECK_WORK/providers"
chmod 0444 "$CHECK_WORK/providers"
chmod a+x "$CHECK_WORK" "$CHECK_WORK/.." 2>/dev/null || true
if RPC_PROVIDERS_HTTP='' RPC_PROVIDERS_HTTP_FILE=$CHECK_WORK/providers compose --profile demo up -d --wait --wait-timeout 120 \
  >"$CHECK_WORK/up" 2>&1 && await 30 answers; then
  pass "the providers come from a file"
else
  fail "not with a file: $(tail -n 5 "$CHECK_WORK/up")"
fi
if docker inspect "$(compose ps -q gateway)" | grep -q 'HTTP=http://demo'; then fail "docker inspect tells them"; else pass "docker inspect does not tell them"; fi

# ---------------------------------------------------------------- the watchers, as many as there are images of
image_of() { compose --profile observability config --format json | jq -r ".services.$1.image"; }

stand_in() { # an image of the Prometheus that is installed here, where the real one cannot be pulled
  command -v prometheus >/dev/null && command -v promtool >/dev/null || return 1
  mkdir -p "$CHECK_WORK/prometheus"
  cp "$(command -v prometheus)" "$(command -v promtool)" "$CHECK_WORK/prometheus/"
  printf 'FROM %s\nCOPY prometheus promtool /bin/\nRUN mkdir /prometheus && chown 65534 /prometheus\nUSER 65534\nENTRYPOINT ["/bin/prometheus"]\n' \
    "$JDK_IMAGE" >"$CHECK_WORK/prometheus/Dockerfile"
  docker build -q -t "$CHECK_NAME-prometheus" "$CHECK_WORK/prometheus" >/dev/null
}

watchers=()
consider() { # SERVICE FILE: takes a service if its files and its image are to be had
  local service=$1 file=$2 image
  image=$(image_of "$service")
  if [ ! -e "$file" ]; then
    skip "$service" "there is no $file"
  elif has_image "$image"; then
    watchers+=("$service")
  elif [ "$service" = prometheus ] && stand_in; then
    export PROMETHEUS_IMAGE=$CHECK_NAME-prometheus
    skip "$image" "it cannot be pulled; $(prometheus --version 2>&1 | head -n 1 | cut -d ' ' -f 1-3) stands in for it"
    watchers+=("$service")
  else
    skip "$service" "the image $image is not here and cannot be pulled"
  fi
}
if command -v jq >/dev/null; then
  consider prometheus deploy/monitoring/prometheus/prometheus.yml
  consider loki deploy/monitoring/loki/loki.yml
  consider grafana deploy/monitoring/grafana/provisioning
else
  skip "the profile observability" "needs jq (apt install jq)"
fi
if [ "${#watchers[@]}" -gt 0 ]; then
  ok compose --profile demo --profile observability up -d --wait --wait-timeout 180 gateway "${watchers[@]}"
  case " ${watchers[*]} " in
    *" prometheus "*)
      scraped() {
        compose exec -T prometheus promtool query instant http://127.0.0.1:9090 'up{instance=~"gateway.*"} == 1' | grep -q '=> 1'
      }
      if await 60 scraped; then pass "Prometheus reads the gateway"; else fail "Prometheus does not read the gateway"; fi
      ;;
  esac
fi

ok compose --profile '*' down -v --timeout 5
left=$(docker ps -aq --filter "label=com.docker.compose.project=$CHECK_NAME")
if [ -z "$left" ]; then pass "nothing is left"; else fail "containers are left: $left"; fi
finish
