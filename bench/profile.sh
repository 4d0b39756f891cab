#!/usr/bin/env bash
# Records the gateway under load with the JDK's flight recorder and prints where CPU time and memory go.
set -u

kind=small
seconds=20
warm_up=45
keep=

usage() {
  cat <<'TEXT'
usage: bench/profile.sh [--kind small|large|batch|local|ring|hit|large-hit] [--seconds 20] [--warm-up 45] [--keep FILE.jfr]

Prints the hottest methods, the stacks that lead to them, what is allocated and where. GATEWAY: as for bench/run.sh.
TEXT
}

# shellcheck source-path=SCRIPTDIR source=setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

while [ $# -gt 0 ]; do
  case $1 in
    --kind | --seconds | --warm-up | --keep) [ $# -gt 1 ] || die "$1 needs a value" ;;
  esac
  case $1 in
    --kind) kind=$2 ;;
    --seconds) seconds=$2 ;;
    --warm-up) warm_up=$2 ;;
    --keep) keep=$(readlink -f "$2") ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option: $1 (see --help)" ;;
  esac
  shift 2
done
case $kind in
  small | large | batch | local | ring | hit | large-hit) ;;
  *) die "unknown kind: $kind (expected: small, large, batch, local, ring, hit, large-hit)" ;;
esac

require wrk setsid getconf kill
find_jdk
[ -n "${GATEWAY:-}" ] || [ -x "$root/jeth-proxy" ] || die "no ./jeth-proxy here; set GATEWAY to its start command"
build

recording=$run_dir/gateway.jfr
run_java Profile "$kind" "$seconds" "$warm_up" "$recording" || exit 1

jfr=$JAVA_HOME/bin/jfr
view() {
  "$jfr" view --width 150 --truncate beginning --cell-height 1 "$1" "$recording"
}
# frames DEPTH: one line per CPU sample, its frames from the leaf, separated by tabs.
frames() {
  "$jfr" print --events jdk.CPUTimeSample --stack-depth "$1" "$recording" | awk '
    /stackTrace = \[/ { inside = 1; path = ""; next }
    inside && /^ *\]/ { inside = 0; if (path != "") print path; next }
    inside && !/^ *\.\.\./ { sub(/^ +/, ""); sub(/ *line:.*/, ""); sub(/\(.*/, ""); path = path (path == "" ? "" : "\t") $0 }'
}

view cpu-time-hot-methods
view hot-methods
echo
echo "CPU time with the method anywhere on the stack"
frames 64 | awk -F '\t' '
  { split("", seen); for (i = 1; i <= NF; i++) if (!seen[$i]++) count[$i]++ }
  END { for (method in count) printf "%5.1f%%  %s\n", 100 * count[method] / NR, method }' | sort -rn | head -60
echo
echo "CPU time by leaf and its callers"
frames 5 | awk '
  { gsub(/\t/, " < "); count[$0]++ }
  END { for (path in count) printf "%5.1f%%  %s\n", 100 * count[path] / NR, path }' | sort -rn | head -20
view allocation-by-class
view allocation-by-site
view gc-pauses
if [ -n "$keep" ]; then
  cp "$recording" "$keep"
  echo "recording kept: $keep"
fi
