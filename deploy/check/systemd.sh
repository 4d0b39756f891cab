#!/usr/bin/env bash
# what: the systemd unit verifies silently, is exposed at most 1.5 of 10, and runs the gateway under systemd
# quick: yes
# seconds: 4
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

unit=deploy/systemd/jeth-proxy.service
container=$CHECK_NAME-systemd
clean_up() {
  if [ -e "$CHECK_WORK/container" ]; then docker rm -fv "$container" >/dev/null 2>&1 || true; fi
  if [ -e "$CHECK_WORK/image" ]; then docker rmi "$container" >/dev/null 2>&1 || true; fi
}

if command -v systemd-analyze >/dev/null; then
  # Here is no /opt/jeth-proxy; and verify says nothing by its exit status of keys that it does not know.
  sed 's#^ExecStart=.*#ExecStart=/bin/true#' "$unit" >"$CHECK_WORK/jeth-proxy.service"
  silent systemd-analyze verify "$CHECK_WORK/jeth-proxy.service"
  exposure=$(systemd-analyze security --offline=true --threshold=15 "$CHECK_WORK/jeth-proxy.service" 2>&1) \
    || fail "the exposure is over 1.5"
  printf '%s\n' "$exposure" | tail -n 1
else
  skip "verify and security" "no systemd-analyze"
fi
if [ "$CHECK_QUICK" = yes ]; then finish; fi

# ---------------------------------------------------------------- really started, by a systemd that is process 1
leave_out() {
  skip "the unit under systemd" "$*"
  finish
}
command -v docker >/dev/null && docker info >/dev/null 2>&1 || leave_out "no Docker engine answers"
has_image "$JDK_IMAGE" || leave_out "the image $JDK_IMAGE is not here and cannot be pulled"
build_image

# The checkout as it would lie in /opt, with the jar that the image has; the launcher makes its start-up cache.
context=$CHECK_WORK/context
mkdir -p "$context/jeth-proxy/target"
git ls-files -z --cached --others --exclude-standard -- jeth-proxy pom.xml src/main deploy/systemd \
  | tar -c --null -T - | tar -x -C "$context/jeth-proxy"
docker build -q --build-arg "JDK_IMAGE=$JDK_IMAGE" --target dist --output "$context/jeth-proxy/target" . >/dev/null
cat >"$context/Dockerfile" <<'END'
ARG JDK_IMAGE
FROM ${JDK_IMAGE}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd systemd-sysv curl >/dev/null
COPY jeth-proxy /opt/jeth-proxy
RUN touch /opt/jeth-proxy/target/jeth-proxy.jar && /opt/jeth-proxy/jeth-proxy --version \
  && install -D -m 0644 /opt/jeth-proxy/deploy/systemd/jeth-proxy.service /etc/systemd/system/jeth-proxy.service \
  && install -D -m 0600 /opt/jeth-proxy/deploy/systemd/jeth-proxy.env.example /etc/jeth-proxy/jeth-proxy.env \
  && printf 'http://127.0.0.1:9/a-secret-key\n' >/etc/jeth-proxy/providers && chmod 0600 /etc/jeth-proxy/providers
CMD ["/lib/systemd/systemd"]
END
touch "$CHECK_WORK/image"
if ! docker build -q --build-arg "JDK_IMAGE=$JDK_IMAGE" -t "$container" "$context" >"$CHECK_WORK/build.log" 2>&1; then
  tail -n 20 "$CHECK_WORK/build.log"
  leave_out "a machine with systemd cannot be made from $JDK_IMAGE (no apt-get, or no network)"
fi
touch "$CHECK_WORK/container"
docker run -d --name "$container" --privileged --cgroupns=private --tmpfs /run --tmpfs /tmp:exec \
  "$container" /lib/systemd/systemd SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 >/dev/null
inside() { docker exec "$container" "$@"; }
await 30 inside systemctl list-units || leave_out "systemd does not start in a container here"
inside mount --make-rshared / # as on a machine; in containers systemd leaves it private, and credentials do not arrive

ok inside systemctl start jeth-proxy
give_up() {
  fail "$*"
  inside systemctl status --no-pager jeth-proxy | head -n 12 || true
  inside journalctl -u jeth-proxy --no-pager | tail -n 20 || true
  finish
}
await 60 inside curl -sf http://127.0.0.1:8000/health || give_up "no answer on /health"
pass "/health answers"
main=$(inside systemctl show -p MainPID --value jeth-proxy)
case $(inside cat "/proc/$main/cmdline" | tr '\0' ' ') in
  *a-secret-key*) fail "the process list tells a secret" ;;
  *-XX:AOTCache=*) pass "it runs with the start-up cache, and its arguments tell no secret" ;;
  *) fail "it runs without the start-up cache" ;;
esac
if [ "$(inside stat -c %u "/proc/$main")" -ne 0 ]; then pass "it is not root"; else fail "it runs as root"; fi
inside systemctl kill -s KILL jeth-proxy
is_another() { [ "$(inside systemctl show -p MainPID --value jeth-proxy)" -ne "$main" ] && inside curl -sf http://127.0.0.1:8000/health; }
await 60 is_another || give_up "it stays away after SIGKILL"
pass "it is back after SIGKILL"
began=$SECONDS
ok inside systemctl stop jeth-proxy
result=$(inside systemctl show -p Result -p ExecMainStatus jeth-proxy | paste -s -d ' ' -)
if [ "$result" = "Result=success ExecMainStatus=0" ] || [ "$result" = "ExecMainStatus=0 Result=success" ]; then
  pass "it stops in $((SECONDS - began)) s with 0"
else
  fail "it stops with: $result"
fi
inside sh -c ': >/etc/jeth-proxy/providers'
inside systemctl start jeth-proxy || true
stays_down() { [ "$(inside systemctl show -p SubState --value jeth-proxy)" = failed ]; }
if await 15 stays_down; then pass "a mistake in the configuration is not retried"; else fail "it retries for ever"; fi
finish
