#!/usr/bin/env bash
# what: on a machine with nothing but a JDK 25, ./jeth-proxy demo builds and answers, ./mvnw verify builds and tests
# quick: no
# seconds: 300
#
# `verify` takes minutes; here it runs with the tests that FRESH_TESTS names. FRESH_TESTS=all runs every one.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
need_docker
image=${FRESH_IMAGE:-$JDK_IMAGE}
need_image "$image"
tests=${FRESH_TESTS:-ArchitectureTest,CommandLineTest,ConfigLoaderTest,HealthCheckTest}

machine=$CHECK_NAME-fresh
clean_up() { docker rm -fv "$machine" >/dev/null 2>&1 || true; }
inside() { docker exec -u 1000:1000 -e HOME=/home/dev -w /home/dev/jeth-proxy "$machine" "$@"; }

# What is committed, changed or new here, but nothing that git ignores; owned by a user of no special rights.
docker run -d --init --name "$machine" --memory 4g "$image" sleep 3600 >/dev/null
git ls-files -z --cached --others --exclude-standard | tar -c --null -T - --ignore-failed-read 2>/dev/null >"$CHECK_WORK/checkout.tar"
docker exec "$machine" mkdir -p /home/dev/jeth-proxy
docker exec -i "$machine" tar -x -C /home/dev/jeth-proxy <"$CHECK_WORK/checkout.tar"
docker exec "$machine" chown -R 1000:1000 /home/dev
if inside sh -c 'command -v mvn git npm node' >/dev/null; then fail "this machine has more than a JDK"; fi

# A client in Java, because there is no curl.
cat >"$CHECK_WORK/Ask.java" <<'END'
import java.net.*;
import java.nio.charset.StandardCharsets;

class Ask {
  public static void main(String[] words) throws Exception {
    HttpURLConnection http = (HttpURLConnection) URI.create(words[0]).toURL().openConnection();
    http.setRequestProperty("content-type", "application/json");
    http.setDoOutput(true);
    http.getOutputStream().write(words[1].getBytes(StandardCharsets.UTF_8));
    System.out.println(new String(http.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }
}
END
docker cp "$CHECK_WORK/Ask.java" "$machine:/home/dev/Ask.java" >/dev/null
asks() {
  inside java /home/dev/Ask.java http://127.0.0.1:8000 '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' \
    | grep -q '"result":"0x'
}

began=$SECONDS
docker exec -d -u 1000:1000 -e HOME=/home/dev -w /home/dev/jeth-proxy "$machine" sh -c './jeth-proxy demo >/home/dev/demo.log 2>&1'
if await 900 asks; then
  pass "./jeth-proxy demo answers $((SECONDS - began)) s after the first start, building included"
else
  fail "./jeth-proxy demo does not answer"
  inside tail -n 20 /home/dev/demo.log
fi

began=$SECONDS
selection=()
if [ "$tests" != all ]; then selection=("-Dtest=$tests" -Dsurefire.failIfNoSpecifiedTests=false); fi
if inside ./mvnw -B -ntp verify ${selection[@]+"${selection[@]}"} >"$CHECK_WORK/verify.log" 2>&1; then
  pass "./mvnw verify with ${tests//,/, }: $((SECONDS - began)) s, $(grep '^\[.*Tests run:' "$CHECK_WORK/verify.log" | tail -n 1)"
else
  fail "./mvnw verify"
  tail -n 40 "$CHECK_WORK/verify.log"
fi
if [ "$tests" != all ]; then skip "the other tests of ./mvnw verify" "they take minutes; FRESH_TESTS=all runs them"; fi
finish
