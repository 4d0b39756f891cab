#!/usr/bin/env bash
# Runs every deployment check that this machine allows; see deploy/check/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

quick=no strict=no list=no names=()
for word in "$@"; do
  case $word in
    --quick) quick=yes ;;
    --strict) strict=yes ;;
    --list) list=yes ;;
    -h | --help)
      grep '^deploy/check.sh' deploy/check/README.md
      exit 0
      ;;
    -*)
      printf 'unknown option: %s (expected: --quick, --strict, --list)\n' "$word" >&2
      exit 2
      ;;
    *)
      if [ ! -x "deploy/check/$word.sh" ]; then
        printf 'no such part: %s (see deploy/check.sh --list)\n' "$word" >&2
        exit 2
      fi
      names+=("$word")
      ;;
  esac
done

head_line() { # the value of "# KEY: value" in the head of a part
  sed -n "1,12s/^# $2: *//p" "deploy/check/$1.sh" | head -n 1
}

parts() { # all parts, fast ones first
  local file name
  for file in deploy/check/*.sh; do
    [ -x "$file" ] || continue
    name=${file##*/} name=${name%.sh}
    printf '%s %s\n' "$(head_line "$name" seconds)" "$name"
  done | sed 's/^ /60 /' | sort -s -n | cut -d ' ' -f 2
}

wanted() { # whether a part is to be run now
  local name
  if [ "${#names[@]}" -eq 0 ]; then
    [ "$quick" = no ] || [ "$(head_line "$1" quick)" = yes ]
    return
  fi
  for name in "${names[@]}"; do
    if [ "$name" = "$1" ]; then return 0; fi
  done
  return 1
}

if [ "$list" = yes ]; then
  for part in $(parts); do
    printf '%-11s quick: %-3s  %s\n' "$part" "$(head_line "$part" quick)" "$(head_line "$part" what)"
  done
  exit 0
fi

export CHECK_QUICK=$quick CHECK_NAME=jeth-check-$$
logs=$PWD/target/check
mkdir -p "$logs"
work=$(mktemp -d "${TMPDIR:-/tmp}/$CHECK_NAME.XXXXXX")
child=''
stop() {
  if [ -n "$child" ]; then
    kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true # it tidies up after itself
  fi
}
trap 'rm -rf "$work"' EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM HUP

limited() { # a bound for what hangs; macOS has no timeout of its own
  if command -v timeout >/dev/null; then
    exec timeout -k 30 "${CHECK_TIMEOUT:-1800}" "$@"
  else
    exec "$@"
  fi
}

run() { # one part, its lines shown as they come and kept; its exit status
  local part=$1 status=0 reader waited=0 line
  mkdir -p "$work/$part"
  mkfifo "$work/lines"
  tee "$logs/$part.log" <"$work/lines" | while IFS= read -r line; do printf '[%s] %s\n' "$part" "$line"; done &
  reader=$!
  (CHECK_WORK=$work/$part limited "deploy/check/$part.sh") >"$work/lines" 2>&1 &
  child=$!
  wait "$child" || status=$?
  child=''
  while kill -0 "$reader" 2>/dev/null && [ "$waited" -lt 50 ]; do # longer only if the part left a process behind
    sleep 0.1
    waited=$((waited + 1))
  done
  kill "$reader" 2>/dev/null || true
  rm -rf "${work:?}/$part" "$work/lines"
  return "$status"
}

table='' passed=0 failed=0 skipped=0
add_row() { table="$table$(printf '%-4s  %-11s %5s s  %s' "$@")"$'\n'; }

for part in $(parts); do
  if ! wanted "$part"; then
    if [ "${#names[@]}" -eq 0 ]; then
      add_row '-' "$part" - 'not run: --quick'
    fi
    continue
  fi
  what=$(head_line "$part" what)
  case $(head_line "$part" quick)/$what in
    yes/?* | no/?*) ;;
    *)
      failed=$((failed + 1))
      add_row FAIL "$part" 0 "has no '# what:' or no '# quick: yes' or 'no' in its head"
      continue
      ;;
  esac
  printf '[%s] %s\n' "$part" "$what"
  began=$SECONDS status=0
  run "$part" || status=$?
  took=$((SECONDS - began))
  reasons=$(sed -n 's/^SKIP \(.*\)/\1/p' "$logs/$part.log")
  case $status in
    0)
      passed=$((passed + 1))
      add_row PASS "$part" "$took" "$what"
      ;;
    77)
      skipped=$((skipped + 1))
      add_row SKIP "$part" "$took" "$(paste -s -d ';' - <<<"${reasons:-it does not say why}" | sed 's/;/; /g')"
      reasons=''
      ;;
    *)
      failed=$((failed + 1))
      case $status in
        124) status="over ${CHECK_TIMEOUT:-1800} s" ;;
        *) status="exit $status" ;;
      esac
      add_row FAIL "$part" "$took" "$status; see target/check/$part.log"
      ;;
  esac
  if [ -n "$reasons" ]; then
    skipped=$((skipped + 1))
    while IFS= read -r reason; do
      add_row '' "$part" '' "left out: $reason"
    done <<<"$reasons"
  fi
done

printf '\n%s%d passed, %d failed, %d skipped or left something out\n' "$table" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] || exit 1
[ "$strict" = no ] || [ "$skipped" -eq 0 ] || exit 1
