# shellcheck shell=bash
# What the parts of deploy/check.sh share. Sourced from the repository's root; a part may also be run by itself.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
CHECK_NAME=${CHECK_NAME:-jeth-check-$$}
CHECK_QUICK=${CHECK_QUICK:-no}
own_work=''
if [ -z "${CHECK_WORK:-}" ]; then
  CHECK_WORK=$(mktemp -d "${TMPDIR:-/tmp}/$CHECK_NAME.XXXXXX")
  own_work=$CHECK_WORK
fi
export CHECK_NAME CHECK_QUICK CHECK_WORK
failures=0

# clean_up: a part defines it to remove what it made; called at its end, however that comes.
clean_up() { :; }
at_end() {
  clean_up
  if [ -n "$own_work" ]; then rm -rf "$own_work"; fi
}
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# pass WHAT: says that something holds.
pass() { printf 'PASS %s\n' "$*"; }

# fail WHAT: says that something does not hold; the part goes on and fails at its end.
fail() {
  printf 'FAIL %s\n' "$*"
  failures=$((failures + 1))
}

# skip PIECE REASON: leaves out one piece of this part, aloud.
skip() { printf 'SKIP %s: %s\n' "$1" "$2"; }

# skip_all REASON: leaves out this part.
skip_all() {
  printf 'SKIP %s\n' "$*"
  exit 77
}

# need COMMAND [HOW TO GET IT]: leaves out this part where there is no such command.
need() {
  command -v "$1" >/dev/null || skip_all "needs $1${2:+ ($2)}"
}

# ok COMMAND...: must succeed; its output is shown when it does not.
ok() {
  local output
  if output=$("$@" 2>&1); then
    pass "$*"
  else
    fail "$* (exit $?)"
    printf '%s\n' "$output" | tail -n 40
  fi
}

# fails WHAT COMMAND...: must not succeed.
fails() {
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then fail "$what is accepted: $*"; else pass "$what is refused"; fi
}

# silent COMMAND...: must succeed and print nothing.
silent() {
  local output status=0
  output=$("$@" 2>&1) || status=$?
  if [ "$status" -eq 0 ] && [ -z "$output" ]; then
    pass "$*"
  else
    fail "$* (exit $status, and it must be silent)"
    printf '%s\n' "$output" | tail -n 40
  fi
}

# await SECONDS COMMAND...: tries until it succeeds; fails after so many seconds.
await() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.2
  done
}

# finish: the part's exit status.
finish() { if [ "$failures" -gt 0 ]; then exit 1; else exit 0; fi; }

# need_docker: leaves out this part where no engine answers.
need_docker() {
  need docker "https://docs.docker.com/engine/install"
  docker info >/dev/null 2>&1 || skip_all "no Docker engine answers (DOCKER_HOST: ${DOCKER_HOST:-not set})"
  docker buildx version >/dev/null 2>&1 || skip_all "needs docker buildx"
}

# need_image NAME: leaves out this part where an image is neither here nor to be had.
need_image() { has_image "$1" || skip_all "the image $1 is not here and cannot be pulled"; }
has_image() { docker image inspect "$1" >/dev/null 2>&1 || docker pull -q "$1" >/dev/null 2>&1; }

JDK_IMAGE=${JDK_IMAGE:-eclipse-temurin:25-jdk}
CHECK_IMAGE=jeth-proxy:check

# build_image [OPTION...]: builds the image as CHECK_IMAGE from what is in the working tree; quick when nothing has changed.
build_image() {
  need_image "$JDK_IMAGE"
  local log=$CHECK_WORK/build.log began=$SECONDS
  if docker build --progress=plain --build-arg "JDK_IMAGE=$JDK_IMAGE" -t "$CHECK_IMAGE" "$@" . >"$log" 2>&1; then
    pass "the image is built ($((SECONDS - began)) s)"
  else
    tail -n 40 "$log"
    fail "the image cannot be built"
    finish
  fi
}

# is_healthy CONTAINER: whether its health check says so.
is_healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$1" 2>/dev/null)" = healthy ]; }

# rpc URL METHOD [PARAMS]: the answer to a call.
rpc() {
  curl -sS -m 10 -H 'content-type: application/json' \
    -d '{"jsonrpc":"2.0","id":1,"method":"'"$2"'","params":'"${3:-[]}"'}' "$1"
}
