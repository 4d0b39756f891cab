#!/usr/bin/env bash
# what: the image is small, has no shell, runs locked down, stops in time, uses its start-up cache, is reproducible
# quick: no
# seconds: 180
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
need_docker
need curl

one=$CHECK_NAME-image
clean_up() { docker rm -fv "$one" >/dev/null 2>&1 || true; }

ok docker build --check --build-arg "JDK_IMAGE=$JDK_IMAGE" .
build_image

bytes=$(docker image inspect -f '{{.Size}}' "$CHECK_IMAGE")
if [ "$bytes" -lt 150000000 ]; then pass "$((bytes / 1000000)) MB, under 150"; else fail "$((bytes / 1000000)) MB, not under 150"; fi
docker save "$CHECK_IMAGE" | gzip -1 | wc -c | awk '{printf "     %d MB compressed\n", $1 / 1000000}'

# ---------------------------------------------------------------- what is in it
docker create --name "$one" "$CHECK_IMAGE" >/dev/null
docker export "$one" | tar -t >"$CHECK_WORK/files"
docker export "$one" | tar -tv >"$CHECK_WORK/modes"
if grep -E '(^|/)(sh|bash|dash|ash|busybox|apt|apt-get|curl|wget|perl|python[0-9.]*)$' "$CHECK_WORK/files"; then
  fail "there are programs that need not be there"
else
  pass "no shell, no package manager, no downloader; $(wc -l <"$CHECK_WORK/files" | tr -d ' ') files"
fi
programs=$(grep -E '^opt/java/bin/[^/]+$' "$CHECK_WORK/files" | sed 's#.*/##' | paste -s -d ' ' -)
printf '     programs: %s\n' "$programs"
for file in app/jeth-proxy.jar app/jeth-proxy.cdx.json app/jeth-proxy.aot app/LICENSE; do
  grep -qx "$file" "$CHECK_WORK/files" || fail "$file is missing"
done
if awk '$1 ~ /^-..s|^-.....s/ {print; bad = 1} END {exit bad}' "$CHECK_WORK/modes"; then
  pass "no program that changes its user"
else
  fail "there are programs that change their user"
fi
docker cp "$one:/app/jeth-proxy.cdx.json" "$CHECK_WORK/" >/dev/null
if grep -q '"specVersion"' "$CHECK_WORK/jeth-proxy.cdx.json" && grep -q 'netty-codec-http' "$CHECK_WORK/jeth-proxy.cdx.json" \
  && ! grep -q 'junit' "$CHECK_WORK/jeth-proxy.cdx.json"; then
  pass "the bill of materials names $(grep -c '"purl"' "$CHECK_WORK/jeth-proxy.cdx.json") components, none of the tests'"
else
  fail "the bill of materials is not of this jar"
fi
# The authorities are those of the JDK that it was built from: nothing of a build machine's gets in on the way.
docker cp "$one:/opt/java/lib/security/cacerts" "$CHECK_WORK/cacerts" >/dev/null
there=$(docker run --rm --entrypoint sha256sum "$JDK_IMAGE" /opt/java/openjdk/lib/security/cacerts 2>/dev/null | cut -d ' ' -f 1)
if [ -z "$there" ]; then
  skip "the authorities" "$JDK_IMAGE has its JDK in another place than /opt/java/openjdk"
elif [ "$(sha256sum "$CHECK_WORK/cacerts" | cut -d ' ' -f 1)" = "$there" ]; then
  pass "it trusts the authorities of $JDK_IMAGE and no others"
else
  fail "its authorities are not those of $JDK_IMAGE"
fi
docker cp "$one:/app/jeth-proxy.jar" "$CHECK_WORK/" >/dev/null
docker rm "$one" >/dev/null

inspect() { docker image inspect -f "$1" "$CHECK_IMAGE"; }
if [ "$(inspect '{{.Config.User}}')" = 10001:10001 ]; then pass "its user is 10001"; else fail "its user is not 10001"; fi
case $(inspect '{{json .Config.Entrypoint}}') in
  '["/bin/sh'*) fail "a shell stands between the signals and the JVM" ;;
  *) pass "the JVM is process 1" ;;
esac
for label in title description licenses version revision; do
  [ -n "$(inspect "{{index .Config.Labels \"org.opencontainers.image.$label\"}}")" ] || fail "no label $label"
done

# ---------------------------------------------------------------- run, with nothing that it does not need
locked="--read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 512 --memory 512m"
# shellcheck disable=SC2086 # several options in one word
run_locked() { docker run -d --name "$one" $locked -p 127.0.0.1::8000 "$@" >/dev/null; }

# shellcheck disable=SC2086
ok docker run --rm $locked --network none --entrypoint /opt/java/bin/java "$CHECK_IMAGE" \
  @/app/java.args -XX:AOTCache=/app/jeth-proxy.aot -XX:AOTMode=on -jar /app/jeth-proxy.jar --version

run_locked "$CHECK_IMAGE" demo
if await 60 is_healthy "$one"; then pass "healthy without a file that it can write"; else fail "it does not become healthy"; fi
url=http://$(docker port "$one" 8000 | head -n 1)
asks() { rpc "$url" eth_blockNumber | grep -q '"result":"0x'; }
if await 20 asks; then pass "a call is answered"; else fail "no answer: $(rpc "$url" eth_blockNumber 2>&1)"; fi
docker exec "$one" /opt/java/bin/java @/app/java.args -XX:AOTCache=/app/jeth-proxy.aot -jar /app/jeth-proxy.jar \
  healthcheck >"$CHECK_WORK/asked" 2>&1 && pass "healthcheck says: $(cat "$CHECK_WORK/asked")" || fail "healthcheck fails"
pid=$(docker inspect -f '{{.State.Pid}}' "$one")
if [ -r "/proc/$pid/maps" ] && [ -r "/proc/$pid/status" ]; then
  if grep -q libnetty "/proc/$pid/maps"; then pass "epoll is used"; else fail "the native transport is not loaded"; fi
  if grep -q 'jeth-proxy\.aot' "/proc/$pid/maps"; then pass "the start-up cache is used"; else fail "the start-up cache is not used"; fi
  if [ "$(awk '/^CapEff/ {print $2}' "/proc/$pid/status")" = 0000000000000000 ]; then pass "no capabilities"; else fail "capabilities"; fi
else
  skip "maps and capabilities" "the engine's processes are not to be seen from here"
fi
began=$SECONDS
docker stop -t 30 "$one" >/dev/null
took=$((SECONDS - began)) status=$(docker inspect -f '{{.State.ExitCode}}' "$one")
if [ "$status" -eq 0 ] && [ "$took" -lt 20 ]; then pass "SIGTERM ends the demo in $took s with 0"; else fail "SIGTERM: $took s, exit $status"; fi
docker rm "$one" >/dev/null

# Draining takes its 10 s; who serves nobody has nothing more to wait for.
run_locked -e RPC_PROVIDERS_HTTP=http://127.0.0.1:9/a-secret-key "$CHECK_IMAGE"
await 60 is_healthy "$one" || fail "it is not healthy while its provider is down"
began=$SECONDS
docker stop -t 30 "$one" >/dev/null
took=$((SECONDS - began)) status=$(docker inspect -f '{{.State.ExitCode}}' "$one")
if [ "$status" -eq 0 ] && [ "$took" -lt 20 ]; then pass "SIGTERM ends the gateway in $took s with 0"; else fail "SIGTERM: $took s, exit $status"; fi
if docker logs "$one" 2>&1 | grep -q a-secret-key; then fail "the log tells a key"; else pass "the log tells no key"; fi
docker rm "$one" >/dev/null

# Half of the container's memory is the heap's.
for megabytes in 256 1024; do
  heap=$(docker run --rm --memory ${megabytes}m --entrypoint /opt/java/bin/java "$CHECK_IMAGE" @/app/java.args \
    -XX:+PrintFlagsFinal -version 2>/dev/null | awk '$2 == "MaxHeapSize" {print int($4 / 1048576)}')
  if [ $((heap * 2)) -ge $((megabytes - 4)) ] && [ $((heap * 2)) -le $((megabytes + 4)) ]; then
    pass "of $megabytes MB, $heap are the heap's"
  else
    fail "of $megabytes MB, $heap are the heap's"
  fi
done

docker run --name "$one" --read-only "$CHECK_IMAGE" >"$CHECK_WORK/nothing" 2>&1 && status=0 || status=$?
if [ "$status" -eq 2 ] && grep -q RPC_PROVIDERS_HTTP "$CHECK_WORK/nothing"; then
  pass "without providers it says what to do and ends with 2"
else
  fail "without providers: exit $status"
fi
docker rm "$one" >/dev/null

# ---------------------------------------------------------------- built again, the same jar comes out
docker build -q --build-arg "JDK_IMAGE=$JDK_IMAGE" --no-cache-filter build --target dist --output "$CHECK_WORK/again" . >/dev/null
for file in jeth-proxy.jar jeth-proxy.cdx.json; do
  if cmp -s "$CHECK_WORK/$file" "$CHECK_WORK/again/$file"; then
    pass "built again, $file is the same: sha256 $(sha256sum "$CHECK_WORK/$file" | cut -c 1-16)…"
  else
    fail "built again, $file is another"
  fi
done
finish
