#!/usr/bin/env bash
# what: Terraform is formatted, valid against the AWS provider and passes its tests; what an instance boots is clean
# quick: no
# seconds: 90
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. deploy/check/aws/lib.sh

need jq
terraform_copy
ok terraform fmt -check -recursive deploy/terraform

for folder in bootstrap production modules/region modules/edge; do
  terraform_init "$folder" -backend=false
  ok terraform -chdir="$tf/$folder" validate -no-color
  ok terraform -chdir="$tf/$folder" test -no-color
done
for folder in bootstrap production; do
  if [ -e "deploy/terraform/$folder/.terraform.lock.hcl" ]; then pass "$folder: the provider's lock is kept"; else fail "$folder has no .terraform.lock.hcl"; fi
done

user_data=$CHECK_WORK/user-data.sh
if rendered_user_data "$user_data"; then pass "user data: $(wc -c <"$user_data") bytes of 16384"; else fail "user data is not rendered"; fi
file_in() { # what the user data writes to the file $1
  sed -n "\\#^cat >$1 <<'END_OF_FILE'\$#,/^END_OF_FILE\$/p" "$user_data" | sed '1d;$d'
}
ok bash -n "$user_data"
file_in /usr/local/lib/jeth-proxy/prepare >"$CHECK_WORK/prepare.sh"
file_in /etc/jeth-proxy/compose.yaml >"$CHECK_WORK/compose.yaml"
file_in /etc/systemd/system/jeth-proxy.service >"$CHECK_WORK/jeth-proxy.service"
if command -v shellcheck >/dev/null; then
  ok shellcheck "$user_data" "$CHECK_WORK/prepare.sh"
else
  skip "shellcheck of user data" "needs shellcheck"
fi
if command -v systemd-analyze >/dev/null; then
  # Commands that only an instance has are put where it will not miss them.
  sed -i "s#^ExecStartPre=.*#ExecStartPre=/bin/true#; s#=/usr/bin/docker #=/bin/true #" "$CHECK_WORK/jeth-proxy.service"
  silent systemd-analyze verify --man=no "$CHECK_WORK/jeth-proxy.service"
else
  skip "the systemd unit" "needs systemd-analyze"
fi
if docker compose version >/dev/null 2>&1; then
  sed -i 's#/run/jeth-proxy/secrets.env#/dev/null#' "$CHECK_WORK/compose.yaml"
  fails "compose without its variables" docker compose -f "$CHECK_WORK/compose.yaml" config -q
  ok env IMAGE=a@sha256:b MEMORY_LIMIT=1 MANAGEMENT_ADDRESS=127.0.0.1 AWS_REGION=r LOG_GROUP=g INSTANCE_ID=i \
    docker compose -f "$CHECK_WORK/compose.yaml" config -q
else
  skip "the instance's compose file" "needs docker compose v2"
fi

# The alarm of providers counts lines of this form, which boot.sh reads back from CloudWatch: the logger's name is cut by LogEntry.
if grep -q 'getLogger("io.jethproxy.fleet")' src/main/java/io/jethproxy/observe/Transitions.java &&
  grep -q 'log("provider is {}"' src/main/java/io/jethproxy/observe/Transitions.java &&
  grep -q 'OURS = "io.jethproxy."' src/main/java/io/jethproxy/observe/LogEntry.java; then
  pass "the log lines that the alarm counts are written"
else
  fail "the alarm counts log lines that the gateway does not write (modules/region/watch.tf, observe/Transitions.java)"
fi
finish
