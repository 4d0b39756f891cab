#!/usr/bin/env bash
# what: the simulation of scaling runs, and says what docs/scaling.md says of it
# quick: yes
# seconds: 4
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
major=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' || true)
if [ "${major:-0}" -lt 25 ]; then skip_all "needs a JDK 25 (JAVA_HOME)"; fi

simulate() { "$java" deploy/scaling/Simulation.java "$@"; }
row() { simulate "$@" | grep -E '^[0-9]+ %' | tail -n 1; } # of the only target

fails "an option that does not exist" simulate --pek 1000
fails "a target over the capacity" simulate --target 1.5
fails "a number that is none" simulate --peak many

# Every row of the tables between the marks in the document, as the command above each prints it.
document=docs/scaling.md
commands=$(sed -n 's/^<!-- simulation: \(.*\) -->$/\1/p' "$document")
if [ -z "$commands" ]; then fail "$document names no simulation"; fi
while IFS= read -r arguments; do
  # shellcheck disable=SC2086 # words
  simulate $arguments | grep -E '^[0-9]+ %' >"$CHECK_WORK/printed"
  while IFS= read -r line; do
    if grep -qxF "| $line |" "$document"; then pass "$arguments: $line"; else fail "$document does not have: | $line |"; fi
  done <"$CHECK_WORK/printed"
done <<<"$commands"

quiet=$(row --spike 1 --target 0.5)
case $quiet in
  *'| 0.0 | 0.000 %') pass "a day without a spike stays within the objective" ;;
  *) fail "a day without a spike: $quiet" ;;
esac
finish
