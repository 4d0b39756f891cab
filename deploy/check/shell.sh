#!/usr/bin/env bash
# what: every shell script parses, and shellcheck has no remark
# quick: yes
# seconds: 3
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

scripts=$(git ls-files --cached --others --exclude-standard -- jeth-proxy .ci/run '*.sh')
for script in $scripts; do
  case $(head -n 1 "$script") in
    '#!/bin/sh') shell='sh' ;;
    *) shell='bash' ;;
  esac
  $shell -n "$script" || fail "$script does not parse"
done
if [ "$failures" -eq 0 ]; then pass "$(wc -w <<<"$scripts") scripts parse"; fi

for script in deploy/check.sh deploy/check/*.sh; do
  case $script in */lib.sh) continue ;; esac
  if [ ! -x "$script" ]; then fail "$script is not executable"; fi
done

if command -v shellcheck >/dev/null; then
  # shellcheck disable=SC2086 # names without blanks
  ok shellcheck -x -P deploy/check -e SC2013,SC2015,SC2016,SC2119,SC2120,SC2317 $scripts
else
  skip shellcheck "not there (apt install shellcheck)"
fi
finish
