#!/usr/bin/env bash
# what: the workflows' scripts deploy, wait, ask, roll back and scan as they should, against stand-ins of Terraform, AWS and OSV
# quick: yes
# seconds: 12
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need python3
need jq
unset GITHUB_ACTIONS GITHUB_OUTPUT GITHUB_STEP_SUMMARY # a runner's own
need curl

server=''
# shellcheck disable=SC2317 # called by lib.sh
clean_up() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; }

old=sha256:$(printf 'a%.0s' $(seq 64))
new=sha256:$(printf 'b%.0s' $(seq 64))

# A gateway and OSV: answers by what the files in $CHECK_WORK say.
cat >"$CHECK_WORK/server.py" <<'PYTHON'
import http.server, json, os, sys
work = sys.argv[1]
def said(name):
    with open(os.path.join(work, name)) as file:
        return file.read().strip()
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        self.answer(int(said("ready")), {})
    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/v1/querybatch":
            vulnerable = said("vulnerable")
            self.answer(200, {"results": [{"vulns": [{"id": "GHSA-test"}]} if vulnerable and vulnerable in q["package"]["purl"] else {} for q in ask["queries"]]})
        elif said("running") == "broken":
            self.answer(503, {"jsonrpc": "2.0", "id": 1, "error": {"code": -32002, "message": "no provider"}})
        else:
            self.answer(200, {"jsonrpc": "2.0", "id": 1, "result": "0x1"})
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(os.path.join(work, "port"), "w") as file:
    file.write(str(server.server_address[1]))
server.serve_forever()
PYTHON

# Terraform and AWS: keep in files what was applied, and say of its refresh what the file refresh-DIGEST says, and of its
# instances what versions-DIGEST says. As many calls of AWS fail first as the file `fail` says.
mkdir "$CHECK_WORK/bin"
cat >"$CHECK_WORK/bin/terraform" <<'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
shift # -chdir
case "$1 ${2:-} ${3:-}" in
  init*) ;;
  'output -json ') if [ -s "$CHECK_WORK/digest" ]; then jq -n --arg it "$(cat "$CHECK_WORK/digest")" '{image_digest: {value: $it}}'; else cat "$CHECK_WORK/outputs"; fi ;;
  'output -raw url') cat "$CHECK_WORK/url" ;;
  'output -json autoscaling_groups') cat "$CHECK_WORK/groups" ;;
  apply*)
    digest=$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$*")
    echo "$digest" >>"$CHECK_WORK/applied"
    grep -oE 'rollout_ends_at_errors=[a-z]*' <<<"$*" | cut -d= -f2 >>"$CHECK_WORK/ends_at_errors"
    echo "$digest" >"$CHECK_WORK/digest"
    cp "$CHECK_WORK/is-$digest" "$CHECK_WORK/running"
    ;;
  plan*) echo "Plan: 1 to add, 0 to change, 0 to destroy." && echo "$*" >"$CHECK_WORK/planned" ;;
  *) echo "terraform $*: not expected" >&2 && exit 1 ;;
esac
STAND_IN
cat >"$CHECK_WORK/bin/aws" <<'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
echo "$2" >>"$CHECK_WORK/calls"
left=$(cat "$CHECK_WORK/fail")
if [ "$left" -gt 0 ]; then
  echo $((left - 1)) >"$CHECK_WORK/fail"
  echo "Could not connect to the endpoint" >&2
  exit 255
fi
digest=$(cat "$CHECK_WORK/digest")
looks=$CHECK_WORK/looks
case "$1 $2" in
  'autoscaling describe-instance-refreshes')
    echo look >>"$looks"
    if [ "$(wc -l <"$looks")" = 1 ]; then
      printf 'InProgress\t50\tNone\n'
    else
      printf '%s\t100\tNone\n' "$(cat "$CHECK_WORK/refresh-$digest")"
    fi
    ;;
  'autoscaling describe-auto-scaling-groups') cat "$CHECK_WORK/versions-$digest" ;;
  *) echo "aws $*: not expected" >&2 && exit 1 ;;
esac
STAND_IN
chmod +x "$CHECK_WORK"/bin/*
export PATH=$CHECK_WORK/bin:$PATH POLL_SECONDS=0 SMOKE_SECONDS=1 REFRESH_SECONDS=20

# shellcheck disable=SC2317 # called by ok
is() { [ "$(cat "$CHECK_WORK/$1")" = "$2" ]; }
state() { # READY OLD_IMAGE NEW_IMAGE REFRESH_OF_NEW: what runs before
  echo "$1" >"$CHECK_WORK/ready"
  echo "$2" | tee "$CHECK_WORK/running" >"$CHECK_WORK/is-$old"
  echo "$3" >"$CHECK_WORK/is-$new"
  echo "$4" >"$CHECK_WORK/refresh-$new"
  echo Successful >"$CHECK_WORK/refresh-$old"
  case $4 in
    Successful | None) echo '["8", 2, ["8", "8"]]' ;;
    *) echo '["8", 2, ["7", "8", "7"]]' ;;
  esac >"$CHECK_WORK/versions-$new"
  echo '["9", 2, ["9", "9"]]' >"$CHECK_WORK/versions-$old"
  echo '{"eu-west-2": "gateways", "us-east-1": "gateways"}' >"$CHECK_WORK/groups"
  echo '{}' >"$CHECK_WORK/outputs"
  echo 0 >"$CHECK_WORK/fail"
  : >"$CHECK_WORK/calls"
  : >"$CHECK_WORK/ends_at_errors"
  echo "$old" >"$CHECK_WORK/digest"
  : >"$CHECK_WORK/applied"
  : >"$CHECK_WORK/looks"
  : >"$CHECK_WORK/vulnerable"
}

state 200 good good Successful
python3 "$CHECK_WORK/server.py" "$CHECK_WORK" &
server=$!
await 10 test -s "$CHECK_WORK/port"
url=http://127.0.0.1:$(cat "$CHECK_WORK/port")
echo "$url" >"$CHECK_WORK/url"

# The scripts run in a copy, so that no file of an operator is touched.
mkdir -p "$CHECK_WORK/tree/deploy/terraform/production"
cp -R deploy/ci "$CHECK_WORK/tree/deploy/"
ci=$CHECK_WORK/tree/deploy/ci
export TF_BACKEND='bucket = "state"' TF_VARIABLES='domain = "rpc.example.org"'

ok env IMAGE_DIGEST="$new" "$ci/deploy.sh"
ok is applied "$new"

state 200 good broken Successful
fails "an image that does not answer" env IMAGE_DIGEST="$new" "$ci/deploy.sh"
ok is applied "$new"$'\n'"$old"
ok is digest "$old"
ok is ends_at_errors $'true\nfalse'

for ended in Failed RollbackSuccessful Successful; do # the last: also the refresh of before, when the newest is not told yet
  state 200 good good "$ended"
  echo '["8", 2, ["7", "8", "7"]]' >"$CHECK_WORK/versions-$new"
  fails "an image that not all instances run, after a refresh that is $ended" env IMAGE_DIGEST="$new" "$ci/deploy.sh"
  ok is applied "$new"$'\n'"$old"
done
state 200 good good Failed
echo '["8", 2, ["8", "8", "8"]]' >"$CHECK_WORK/versions-$new"
ok env IMAGE_DIGEST="$new" "$ci/deploy.sh" # the failure is an older one's
ok is applied "$new"
state 200 good good None
echo '["1", 2, ["1"]]' >"$CHECK_WORK/versions-$new"
fails "a new group that stays too small" env REFRESH_SECONDS=1 POLL_SECONDS=0.2 IMAGE_DIGEST="$new" "$ci/deploy.sh"
state 200 good good Successful
echo null >"$CHECK_WORK/versions-$new"
fails "a group that is not there" env IMAGE_DIGEST="$new" "$ci/deploy.sh"

state 200 good good Successful
for groups in '{}' 'null' '' '[]' '{"eu-west-2": null}' '{"eu-west-2": "gateways", "us-east-1": ""}' '{"eu-west-2": '; do
  fails "groups of the form ${groups:-nothing}" env GROUPS_JSON="$groups" "$ci/refresh.sh"
done
ok is calls ''
echo '{}' >"$CHECK_WORK/groups"
fails "a deployment that watches no group" env IMAGE_DIGEST="$new" "$ci/deploy.sh"
state 200 good good Successful
echo 3 >"$CHECK_WORK/fail"
ok env IMAGE_DIGEST="$new" "$ci/deploy.sh"
echo 1000 >"$CHECK_WORK/fail"
fails "an AWS that never answers" env GROUPS_JSON='{"eu-west-2": "gateways"}' "$ci/refresh.sh"

state 200 good good Successful
fails "a workflow's environment that nobody protects" env GITHUB_ACTIONS=true IMAGE_DIGEST="$new" "$ci/deploy.sh"
ok is applied ''
ok env GITHUB_ACTIONS=true PRODUCTION_IS_PROTECTED=yes IMAGE_DIGEST="$new" DURING_ERRORS=true "$ci/deploy.sh"
ok is ends_at_errors false
fails "DURING_ERRORS=perhaps" env IMAGE_DIGEST="$new" DURING_ERRORS=perhaps "$ci/deploy.sh"

state 200 good good Successful
: >"$CHECK_WORK/digest"
ok env IMAGE_DIGEST="$new" "$ci/deploy.sh" # for the first time
for outputs in '' 'no JSON' '{"image_digest": {"value": "latest"}}'; do
  state 200 good good Successful
  : >"$CHECK_WORK/digest"
  echo "$outputs" >"$CHECK_WORK/outputs"
  fails "a state that says what runs as: ${outputs:-nothing}" env IMAGE_DIGEST="$new" "$ci/deploy.sh"
  ok is applied ''
done

state 503 good good Successful
fails "a gateway that is not ready" env IMAGE_DIGEST="$new" "$ci/deploy.sh"

state 200 good good Successful
fails "a tag in the place of a digest" env IMAGE_DIGEST=latest "$ci/deploy.sh"
ok is applied ''
rm "$CHECK_WORK"/tree/deploy/terraform/production/*
fails "a deployment without its variables" env -u TF_BACKEND IMAGE_DIGEST="$new" "$ci/deploy.sh"
ok "$ci/plan.sh"
ok grep -q "$old" "$CHECK_WORK/planned"
ok "$ci/smoke.sh" "$url/"
fails "an address where nothing listens" env SMOKE_SECONDS=0 "$ci/smoke.sh" http://127.0.0.1:9

printf '{"components": [{"purl": "pkg:maven/io.netty/netty-buffer@4.2.18.Final?type=jar"}, {"purl": "pkg:maven/a/b@1"}]}' >"$CHECK_WORK/bill.json"
ok env SBOM="$CHECK_WORK/bill.json" OSV_URL="$url" "$ci/scan-image.sh"
echo netty-buffer@4.2.18.Final >"$CHECK_WORK/vulnerable"
fails "an image with a known vulnerability" env SBOM="$CHECK_WORK/bill.json" OSV_URL="$url" "$ci/scan-image.sh"
echo 'GHSA-test not reached, until 2027-01-01' >>"$ci/vulnerabilities-accepted.txt"
ok env SBOM="$CHECK_WORK/bill.json" OSV_URL="$url" "$ci/scan-image.sh"
printf '{"components": []}' >"$CHECK_WORK/bill.json"
fails "a bill of materials without libraries" env SBOM="$CHECK_WORK/bill.json" OSV_URL="$url" "$ci/scan-image.sh"
finish
