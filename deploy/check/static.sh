#!/usr/bin/env bash
# what: YAML is well formed; the launcher, the image, compose and the documents name the same flags and variables
# quick: yes
# seconds: 2
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

if command -v yamllint >/dev/null; then
  # Templates of charts are no YAML yet, and inputs of tests are bad on purpose.
  yaml=$(git ls-files --cached --others --exclude-standard -- '*.yaml' '*.yml' | grep -v -e '/templates/' -e '^src/test/')
  # shellcheck disable=SC2086 # names without blanks
  ok yamllint -d '{extends: relaxed, rules: {line-length: disable}}' $yaml
else
  skip yamllint "not there (apt install yamllint)"
fi

# The image runs with the launcher's flags; only the heap is a share of the container's memory.
launcher=$(sed -n "s/^flags=[\"']\(\$flags \)\{0,1\}\(.*\)[\"']$/\2/p; s/^collector=\(-.*\)$/\1/p" jeth-proxy \
  | tr ' ' '\n' | grep -v -e '^-Xmx' | sort)
image=$(grep -v -e '^#' -e MaxRAMPercentage deploy/image/java.args | sort)
if [ "$launcher" = "$image" ]; then
  pass "the image has the launcher's $(wc -l <<<"$image" | tr -d ' ') flags"
else
  fail "the flags of ./jeth-proxy (<) and deploy/image/java.args (>) differ"
  diff <(printf '%s\n' "$launcher") <(printf '%s\n' "$image") || true
fi

# Each variable of the gateway can be set through compose, or does not belong into a container.
for variable in $(sed -n 's/^| .*`\([A-Z][A-Z_]*\)`.*/\1/p' docs/config.md | sort -u); do
  case $variable in
    HOST | LOG_FILE | JETH_JAVA_OPTS) continue ;; # the container's own address, its output, its JDK_JAVA_OPTIONS
  esac
  if ! grep -q "^      $variable:" compose.yaml; then fail "compose.yaml does not pass $variable on"; fi
done
for secret in RPC_PROVIDERS_HTTP RPC_PROVIDERS_WS ADMIN_TOKEN REDIS_URL LOKI_PASSWORD OTEL_EXPORTER_OTLP_HEADERS; do
  if ! grep -q "^      ${secret}_FILE:" compose.yaml; then fail "compose.yaml does not take ${secret}_FILE"; fi
done
if [ "$failures" -eq 0 ]; then pass "compose.yaml passes on every variable of docs/config.md"; fi

if grep -n -i '^# *syntax=' Dockerfile; then fail "a syntax line makes the build download a frontend"; fi
finish
