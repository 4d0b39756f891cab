# shellcheck shell=bash
# Sourced by run.sh and profile.sh: finds what they need, compiles bench/src, and cleans up whatever way the run ends.

bench_home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench_home")
run_dir=
bench_pid=

die() {
  echo "bench: $*" >&2
  exit 2
}

java_major() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

find_jdk() {
  local home on_path
  on_path=$(readlink -f "$(command -v java 2>/dev/null)" 2>/dev/null) || on_path=
  for home in "${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/* /opt/*; do
    if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ "$(java_major "$home")" -ge 25 ] 2>/dev/null; then
      JAVA_HOME=$home
      export JAVA_HOME
      return
    fi
  done
  die "needs a JDK 25 or newer: set JAVA_HOME (Debian and Ubuntu: temurin-25-jdk from packages.adoptium.net)"
}

require() {
  local missing=() tool
  PATH=$PATH:/usr/sbin:/sbin
  export PATH
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] ||
    die "missing: ${missing[*]}. Debian and Ubuntu: sudo apt-get install nginx haproxy wrk util-linux procps"
  [ -r /proc/self/stat ] || die "needs Linux: it reads the CPU time of the proxies from /proc"
}

build() {
  if [ -x "$root/jeth-proxy" ]; then
    "$root/jeth-proxy" --version >/dev/null || die "./jeth-proxy does not build"
  fi
  BENCH_JAR=${BENCH_JAR:-$root/target/jeth-proxy.jar}
  if [ ! -f "$BENCH_JAR" ]; then
    (cd "$root" && ./mvnw -q -B -ntp -DskipTests package) || die "the build failed"
  fi
  run_dir=$(mktemp -d "${TMPDIR:-/tmp}/jeth-bench.XXXXXX")
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  "$JAVA_HOME/bin/javac" -proc:none -d "$run_dir/classes" -cp "$BENCH_JAR" "$bench_home"/src/*.java
}

cleanup() {
  local note
  if [ -n "$bench_pid" ]; then
    kill "$bench_pid" 2>/dev/null
    wait "$bench_pid" 2>/dev/null
  fi
  for note in "$run_dir"/pids/*; do
    [ -e "$note" ] && kill -s KILL -- "-${note##*/}" 2>/dev/null
  done
  rm -rf "$run_dir"
}

# run_java MAIN ARGS...: in the background, so that a signal to this shell is acted on at once.
run_java() {
  local status=0
  cd "$root" || exit 1
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dbench.home="$bench_home" -Dbench.run="$run_dir" -Dbench.document="$root/docs/performance.md" \
    -Dbench.gateway="${GATEWAY:-./jeth-proxy serve}" \
    -Dbench.sources="$(git describe --always --dirty 2>/dev/null || echo unknown)" \
    -cp "$run_dir/classes:$BENCH_JAR" "$@" &
  bench_pid=$!
  wait "$bench_pid" || status=$?
  bench_pid=
  return $status
}
