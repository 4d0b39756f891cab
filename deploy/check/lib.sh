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
