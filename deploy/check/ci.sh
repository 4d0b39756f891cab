#!/usr/bin/env bash
# what: the workflows' scripts deploy, wait, ask, roll back and scan as they should, against stand-ins of Terraform, AWS and OSV
# quick: yes
# seconds: 6
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need python3
need jq
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

# Terraform and AWS: keep in files what was applied, and say of its refresh what the file refresh-DIGEST says.
mkdir "$CHECK_WORK/bin"
cat >"$CHECK_WORK/bin/terraform" <<'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
shift # -chdir
case "$1 ${2:-} ${3:-}" in
  init*) ;;
  'output -raw image_digest') cat "$CHECK_WORK/digest" ;;
  'output -raw url') cat "$CHECK_WORK/url" ;;
  'output -json autoscaling_groups') echo '{"eu-west-2": "gateways", "us-east-1": "gateways"}' ;;
  apply*)
    digest=$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$*")
    echo "$digest" >>"$CHECK_WORK/applied"
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
looks=$CHECK_WORK/looks
echo look >>"$looks"
if [ $(($(wc -l <"$looks") % 2)) = 1 ]; then
  printf 'InProgress\t50\tNone\n'
else
  printf '%s\t100\tNone\n' "$(cat "$CHECK_WORK/refresh-$(cat "$CHECK_WORK/digest")")"
fi
STAND_IN
chmod +x "$CHECK_WORK"/bin/*
export PATH=$CHECK_WORK/bin:$PATH POLL_SECONDS=0 SMOKE_SECONDS=1

# shellcheck disable=SC2317 # called by ok
is() { [ "$(cat "$CHECK_WORK/$1")" = "$2" ]; }
state() { # READY OLD_IMAGE NEW_IMAGE REFRESH_OF_NEW: what runs before
  echo "$1" >"$CHECK_WORK/ready"
  echo "$2" | tee "$CHECK_WORK/running" >"$CHECK_WORK/is-$old"
  echo "$3" >"$CHECK_WORK/is-$new"
  echo "$4" >"$CHECK_WORK/refresh-$new"
  echo Successful >"$CHECK_WORK/refresh-$old"
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

state 200 good good RollbackSuccessful
fails "an image that never becomes healthy" env IMAGE_DIGEST="$new" "$ci/deploy.sh"
ok is applied "$new"$'\n'"$old"

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
