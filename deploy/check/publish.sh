#!/usr/bin/env bash
# what: the image is built, pushed to a registry, joined under its version once and scanned there, as a release does it
# quick: no
# seconds: 90
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need_docker
need docker-registry "apt install docker-registry"
need python3
need jq
need curl
need_image "$JDK_IMAGE"
case ${DOCKER_HOST:-unix://} in unix://*) ;; *) skip_all "the registry is on this machine's loopback, and the engine elsewhere" ;; esac

processes=''
clean_up() {
  for process in $processes; do kill "$process" 2>/dev/null || true; done
  if [ -n "${REPOSITORY:-}" ]; then docker images -q "$REPOSITORY" | sort -u | xargs -r docker image rm -f >/dev/null 2>&1 || true; fi
}

# ---------------------------------------------------------------- a registry, an OSV, and a checkout whose commits are ours
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$CHECK_WORK/registry.yml" <<END
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $CHECK_WORK/registry}}
http: {addr: "127.0.0.1:$port"}
END
docker-registry serve "$CHECK_WORK/registry.yml" >"$CHECK_WORK/registry.log" 2>&1 &
registry=$!
cat >"$CHECK_WORK/osv.py" <<'PYTHON'
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with open(sys.argv[2], "w") as file:
            file.write("\n".join(q["package"]["purl"] for q in ask["queries"]))
        data = json.dumps({"results": [{} for _ in ask["queries"]]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1], "w") as file:
    file.write(str(server.server_address[1]))
server.serve_forever()
PYTHON
python3 "$CHECK_WORK/osv.py" "$CHECK_WORK/osv-port" "$CHECK_WORK/asked" &
processes="$registry $!"
await 20 curl -sf "http://127.0.0.1:$port/v2/" || { fail "the registry does not start"; cat "$CHECK_WORK/registry.log"; finish; }
await 10 test -s "$CHECK_WORK/osv-port"

unset GITHUB_OUTPUT
tree=$CHECK_WORK/tree
mkdir "$tree"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done |
  tar cf - --null -T - | tar xf - -C "$tree"
commit() { git -C "$tree" -c user.name=check -c user.email=check@example.org commit -q --allow-empty -m "$1"; }
git -C "$tree" init -q
git -C "$tree" add -A
commit first
ci=$tree/deploy/ci
export REPOSITORY=127.0.0.1:$port/$CHECK_NAME VERSION=v1.2.3 PROVENANCE=false BUILD_ARGS="--build-arg JDK_IMAGE=$JDK_IMAGE"

# says NAME SCRIPT...: runs it; the digest that it says is kept in the variable NAME.
says() {
  local name=$1 began=$SECONDS answer
  shift
  if answer=$("$@" 2>"$CHECK_WORK/says.log") && [[ $answer =~ ^sha256:[0-9a-f]{64}$ ]]; then
    pass "${1##*/}: $answer ($((SECONDS - began)) s)"
    printf -v "$name" %s "$answer"
  else
    fail "$* says: $answer"
    tail -n 30 "$CHECK_WORK/says.log"
    finish
  fi
}
same() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: $2, and $3"; fi; }
built='' again='' joined='' other=''

# ---------------------------------------------------------------- build, join, and both again
says built env GITHUB_OUTPUT="$CHECK_WORK/output" "$ci/build-image.sh"
same "the workflow is told of it" "$(cut -d= -f2 "$CHECK_WORK/output")" "$built"
says again env BUILD_ARGS="--build-arg JDK_IMAGE=127.0.0.1:$port/none" "$ci/build-image.sh"
same "repeated, it does not build, and says the same" "$again" "$built"
docker images -q "$REPOSITORY" | sort -u | xargs -r docker image rm -f >/dev/null
docker pull -q "$REPOSITORY@$built" >/dev/null
same "labels" "$(docker image inspect "$REPOSITORY@$built" --format '{{index .Config.Labels "org.opencontainers.image.version"}} {{index .Config.Labels "org.opencontainers.image.revision"}}')" \
  "1.2.3 $(git -C "$tree" rev-parse HEAD)"
export DIGESTS=$built
says joined "$ci/publish-image.sh"
says again "$ci/publish-image.sh"
same "repeated, it changes nothing" "$again" "$joined"
digest_at() { curl -sf -o /dev/null -D - -I "http://127.0.0.1:$port/v2/$CHECK_NAME/manifests/$1" -H 'accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json' | tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'; }
same "the version is a tag of it" "$(digest_at 1.2.3)" "$joined"
same "the commit is a tag of it" "$(digest_at "$(git -C "$tree" rev-parse HEAD)")" "$joined"
fails "a tag in the place of a digest" env DIGESTS=latest "$ci/publish-image.sh"

ok env OSV_URL="http://127.0.0.1:$(cat "$CHECK_WORK/osv-port")" "$ci/scan-image.sh"
if grep -q '^pkg:maven/io.netty/' "$CHECK_WORK/asked"; then pass "what is scanned is the bill of materials inside the image"; else fail "OSV was not asked for Netty"; fi

# ---------------------------------------------------------------- another commit, and a registry that fails
commit second
mkdir "$CHECK_WORK/other"
printf 'FROM scratch\nCOPY Dockerfile /\n' >"$CHECK_WORK/other/Dockerfile"
docker buildx build -q --push --provenance false -t "$REPOSITORY:other" "$CHECK_WORK/other" >/dev/null 2>&1
# shellcheck source=deploy/ci/registry.sh
. deploy/ci/registry.sh
other=$(digest_of "$REPOSITORY:other")
fails "another commit under a version that is given" env DIGESTS="$other" "$ci/publish-image.sh"
same "the version stays" "$(digest_at 1.2.3)" "$joined"
silent digest_of "$REPOSITORY:none"
kill "$registry"
wait "$registry" || true
fails "a registry that does not answer" digest_of "$REPOSITORY:none"
finish
