#!/usr/bin/env bash
# Compares the gateway with nginx and HAProxy in front of the same providers. See bench/README.md.
set -u

usage() {
  cat <<'TEXT'
usage: bench/run.sh [options]

  --quick             short rounds and a short warm-up (about 12 minutes instead of 40): a first look, no judgement
  --only A,B,…        scenarios: small, large, batch, local, ring, hit, large-hit, dead, open, capacity, start, mix,
                      follow, fan-out, sockets
                      (default: all)
  --proxies A,B,…     of nginx, haproxy, gateway (default: all)
  --rounds N          rounds per proxy and scenario (7; quick: 3)
  --seconds N         length of a closed-loop round (5; quick: 2)
  --warm-up N         seconds of load on the gateway before its first round (45; quick: 15)
  --write, --no-write whether to rewrite the tables in docs/performance.md (default: after a whole run that is not quick)

environment:
  GATEWAY             the gateway's start command, run from the repository's root (default: ./jeth-proxy serve)
  BENCH_JAR           a jar that holds Netty (default: target/jeth-proxy.jar, built if missing)

exit: 0 all bars met, 1 a bar missed or the run failed, 2 bad usage or something is not installed
TEXT
}

for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit 0
      ;;
  esac
done

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

require nginx haproxy wrk setsid getconf kill
find_jdk
case ",${GATEWAY:-},$*," in
  ,,*gateway*) [ -x "$root/jeth-proxy" ] || die "no ./jeth-proxy here; set GATEWAY to its start command" ;;
  ,,*--proxies*) ;;
  ,,*) [ -x "$root/jeth-proxy" ] || die "no ./jeth-proxy here; set GATEWAY, or leave it out: --proxies nginx,haproxy" ;;
esac
build
run_java Bench "$@"
