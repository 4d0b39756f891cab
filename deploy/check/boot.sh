#!/usr/bin/env bash
# what: an instance boots its user data until /ready answers, survives a killed JVM and a reboot, takes new secrets, tells CloudWatch
# quick: no
# seconds: 240
#
#   BOOT_BASE    the image of a bare Debian 13 (debian:trixie-slim)
#   BOOT_IMAGE   the gateway's image; without it, that which the other parts build
#
# The provider is anvil, from where .ci/run puts it (JETH_PEERS).
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. deploy/check/aws/lib.sh

need jq
need docker
docker info >/dev/null 2>&1 || skip_all "no Docker engine answers"
[ "$(uname -s)" = Linux ] || skip_all "the emulated AWS listens on a bridge of Docker, which takes Linux"
BOOT_BASE=${BOOT_BASE:-debian:trixie-slim}
docker image inspect "$BOOT_BASE" >/dev/null 2>&1 || docker pull -q "$BOOT_BASE" >/dev/null 2>&1 || skip_all "needs the image $BOOT_BASE"
image=${BOOT_IMAGE:-}
if [ -z "$image" ]; then
  declare -F build_image >/dev/null || skip_all "needs the image: set BOOT_IMAGE"
  build_image
  image=$CHECK_IMAGE
fi

anvil=$(find "${JETH_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/jeth-proxy/peers}/node_modules/@foundry-rs" -name anvil -path '*linux*' -type f 2>/dev/null | head -n 1)
[ -x "$anvil" ] || skip_all "needs anvil (.ci/run installs it)"

emulator_pid='' registry_pid='' provider_pid=''
clean_up() {
  for pid in $emulator_pid $registry_pid $provider_pid; do kill "$pid" 2>/dev/null || true; done
  docker rm -fv "$CHECK_NAME-instance" >/dev/null 2>&1 || true
  docker network rm "$CHECK_NAME" >/dev/null 2>&1 || true
  docker image rm "$CHECK_NAME-debian" >/dev/null 2>&1 || true
}
inside() { docker exec -i "$CHECK_NAME-instance" "$@"; }
dies() { # WHAT: with what the instance says
  fail "$1"
  inside journalctl --no-pager -n 40 || true
  inside docker ps -a || true
  finish
}
took() { # SECONDS WHAT COMMAND...: it comes true in that time
  local began=$SECONDS limit=$1 what=$2
  shift 2
  if await "$limit" "$@"; then pass "$what ($((SECONDS - began)) s)"; else dies "$what: not within $limit s"; fi
}

# ---------------------------------------------------------------- AWS, a registry and a provider on a network of their own
terraform_copy
terraform_init modules/region -backend=false
rendered_user_data "$CHECK_WORK/rendered.sh" || { fail "user data is not rendered"; finish; }
docker network create "$CHECK_NAME" >/dev/null
gateway=$(docker network inspect "$CHECK_NAME" --format '{{(index .IPAM.Config 0).Gateway}}')
python3 -c 'import socket,sys; socket.socket().bind((sys.argv[1], 0))' "$gateway" 2>/dev/null || skip_all "the engine's networks are not on this machine"
free_port() { python3 -c 'import socket,sys; s = socket.socket(); s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' "$gateway"; }
emulated_aws "$gateway"
mkdir "$CHECK_WORK/image"
docker save "$image" | tar xf - -C "$CHECK_WORK/image"
registry_port=$(free_port)
python3 deploy/check/aws/registry.py "$CHECK_WORK/image" "$gateway" "$registry_port" >"$CHECK_WORK/digest" 2>"$CHECK_WORK/registry.log" &
registry_pid=$!
await 20 test -s "$CHECK_WORK/digest" || { fail "the registry does not start"; cat "$CHECK_WORK/registry.log"; finish; }
registry=$gateway:$registry_port
provider=$gateway:$(free_port)
"$anvil" --silent --host "$gateway" --port "${provider##*:}" --block-time 1 >"$CHECK_WORK/anvil.log" 2>&1 &
provider_pid=$!

key='k-$1 "quoted" \back'
first=$(jq -n --arg good "http://$provider/" --arg key "$key" '{RPC_PROVIDERS_HTTP: $good, SOME_KEY: $key}')
aws secretsmanager create-secret --name jeth-proxy/gateway --secret-string "$first" >/dev/null
aws logs create-log-group --log-group-name /jeth-proxy/gateway

# ---------------------------------------------------------------- the instance
docker build -q -t "$CHECK_NAME-debian" --build-arg "BASE=$BOOT_BASE" -f deploy/check/aws/instance.Dockerfile deploy/check/aws >/dev/null
systemd=()
if [ "$(docker info --format '{{.CgroupVersion}}')" = 1 ]; then
  systemd=(/lib/systemd/systemd SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 systemd.unified_cgroup_hierarchy=0)
fi
docker run -d --name "$CHECK_NAME-instance" --network "$CHECK_NAME" -p 127.0.0.1::8000 --privileged --cgroupns=private -v /var/lib/docker \
  --tmpfs /run --tmpfs /run/lock --tmpfs /tmp:exec "$CHECK_NAME-debian" ${systemd[@]+"${systemd[@]}"} >/dev/null
runs() { # degraded: by what a container does not have
  case $(inside systemctl is-system-running 2>&1 || true) in running | degraded) ;; *) return 1 ;; esac
}
took 60 "systemd runs" runs
# Packages are fetched by HTTPS; behind a company's proxy that takes this machine's authorities.
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -r "$authorities" ]; then docker cp -qL "$authorities" "$CHECK_NAME-instance:$authorities"; fi
inside bash -s <<END
mkdir -p /etc/docker /etc/systemd/system.conf.d /root/agent/DEBIAN
echo '{"insecure-registries": ["$registry"], "bip": "10.213.0.1/24", "default-address-pools": [{"base": "10.214.0.0/16", "size": 24}]}' >/etc/docker/daemon.json
printf '[Manager]\nDefaultEnvironment=AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL AWS_EC2_METADATA_SERVICE_ENDPOINT=$AWS_ENDPOINT_URL/\n' >/etc/systemd/system.conf.d/emulated.conf
printf 'Package: amazon-ssm-agent\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: stands for the agent\n' >/root/agent/DEBIAN/control
dpkg-deb --build /root/agent /root/agent.deb >/dev/null
systemctl daemon-reexec
END
sed -e "s#^IMAGE=.*#IMAGE=$registry/jeth-proxy@$(cat "$CHECK_WORK/digest")#" -e 's#^SECRET_ARN=.*#SECRET_ARN=jeth-proxy/gateway#' \
  -e "s#^\( *\)awslogs-region: .*#&\n\1awslogs-endpoint: $AWS_ENDPOINT_URL#" -e "s#'https://s3[^']*ssm-agent.deb'#'file:///root/agent.deb'#" "$CHECK_WORK/rendered.sh" | inside tee /root/user-data.sh >/dev/null
began=$SECONDS
if inside bash /root/user-data.sh >"$CHECK_WORK/user-data.log" 2>&1; then pass "user data ($((SECONDS - began)) s)"; else
  tail -n 30 "$CHECK_WORK/user-data.log"
  dies "user data"
fi
url=http://$(docker port "$CHECK_NAME-instance" 8000/tcp | head -n 1)
ready() { curl -sf -m 5 "$url/ready"; }
took 120 "/ready answers over the network" ready
if inside grep -rhs 'http://' /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/mirrors | grep -v '^#'; then
  fail "packages are fetched by HTTP, and instances get out on port 443 alone"
else
  pass "packages are fetched by HTTPS alone"
fi
calls() { curl -sf -m 5 "$url" -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}' -H 'Content-Type: application/json' | grep -q '"result":"0x'; }
took 10 "a call is answered" calls
ok inside dpkg -s amazon-ssm-agent

# ---------------------------------------------------------------- secrets: where they are, and where they are not
if [ "$(inside stat -c '%a %u' /run/jeth-proxy/secrets/SOME_KEY)" = '400 10001' ] && [ "$(inside cat /run/jeth-proxy/secrets/SOME_KEY)" = "$key" ]; then
  pass "a secret is a file of the gateway's user, to the letter"
else
  fail "secret file: $(inside ls -ln /run/jeth-proxy/secrets)"
fi
if [ "$(inside stat -f -c %T /run/jeth-proxy)" = tmpfs ] && ! inside test -e /run/jeth-proxy/secret.json; then pass "secrets are on tmpfs, and each once"; else fail "secrets on a disk, or twice"; fi
leaks() {
  inside docker inspect jeth-proxy
  inside journalctl --no-pager
  inside bash -c 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline' | tr '\0' '\n'
  inside grep -rs . /etc/jeth-proxy /var/lib/systemd || true
  cat "$CHECK_WORK/user-data.log"
}
if leaks 2>/dev/null | grep -aqF -e "$provider" -e '"quoted"'; then fail "a secret shows in Docker's settings, the journal, the process list or on disk"; else pass "no secret in Docker's settings, journal, process list, disk"; fi

# ---------------------------------------------------------------- CloudWatch: the gateway's log, and the lines that alarms count
messages() { aws logs filter-log-events --log-group-name /jeth-proxy/gateway --query 'events[].message' --output json | jq -r '.[]'; }
as_jq() { # the pattern of a metric filter in Terraform, as jq
  local pattern
  pattern=$(sed -n 's/.*pattern *= *"{ \(.*\) }"$/\1/p' deploy/terraform/modules/region/watch.tf)
  printf '%s' "${pattern/'${each.value}'/"$1"}" | sed -e 's/\\"/"/g' -e 's/\$\././g' -e 's/ = / == /g' -e 's/&&/and/g' -e 's/||/or/g'
}
pattern_of() { sed -n "s/^ *$1 *= \"\(.*\$\..*\)\"\$/\1/p" deploy/terraform/modules/region/watch.tf; }
counted() { # METRIC: whether a line was written that it counts
  messages >"$CHECK_WORK/messages"
  jq -Rr "fromjson? | select($(as_jq "$(pattern_of "$1")"))" "$CHECK_WORK/messages" | grep -q .
}
logged() { messages | grep -q 'listens on '; }
took 60 "the log reaches CloudWatch" logged

# ---------------------------------------------------------------- a JVM that dies, a reboot, new secrets
inside bash -c 'kill -9 "$(docker inspect -f "{{.State.Pid}}" jeth-proxy)"'
took 60 "a killed JVM is back" calls
docker restart -t 150 "$CHECK_NAME-instance" >/dev/null
url=http://$(docker port "$CHECK_NAME-instance" 8000/tcp | head -n 1)
took 120 "after a reboot /ready answers" ready
if [ "$(inside docker ps -aq | wc -l)" = 1 ]; then pass "one container"; else fail "containers: $(inside docker ps -a)"; fi

aws secretsmanager put-secret-value --secret-id jeth-proxy/gateway --secret-string "$(jq -n --arg good "http://$provider/" '{RPC_PROVIDERS_HTTP: $good}')" >/dev/null
began=$SECONDS
inside systemctl restart jeth-proxy
took 60 "a restart ($((SECONDS - began)) s, with draining) takes new secrets" ready
if inside test -e /run/jeth-proxy/secrets/SOME_KEY; then fail "a removed secret is still there"; else pass "a removed secret is gone"; fi

kill "$provider_pid"
provider_pid=''
not_ready() { [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$url/ready")" = 503 ]; }
took 60 "without providers /ready is 503, for the balancer and the alarm of healthy hosts" not_ready
took 60 "a failed provider is a line that the alarm ProvidersOut counts" counted ProvidersOut

began=$SECONDS
inside systemctl stop jeth-proxy
if inside test -e /run/jeth-proxy; then fail "secrets stay after a stop"; else pass "after a stop ($((SECONDS - began)) s) no secret is left"; fi

# ---------------------------------------------------------------- what cannot start says why
aws secretsmanager put-secret-value --secret-id jeth-proxy/gateway --secret-string 'not JSON' >/dev/null
inside systemctl start --no-block jeth-proxy
says() { inside journalctl -u jeth-proxy --no-pager | grep -q 'the secret is not a JSON object'; }
took 30 "a secret of another form is named in the journal" says
inside systemctl stop jeth-proxy
finish
