#!/usr/bin/env bash
# Asks OSV (https://osv.dev) for known vulnerabilities of every library in the bill of materials inside an image, and fails on
# any that deploy/ci/vulnerabilities-accepted.txt does not name. (The registry's own scan does not read an image without
# packages of a distribution. What is left to people: the JVM and glibc, which come from the base image of the build.)
#
#   REPOSITORY, DIGESTS  as for publish-image.sh; the first is scanned, libraries being the same for all
#   SBOM                 a file to read instead
#   OSV_URL              (https://api.osv.dev)
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

accepted=deploy/ci/vulnerabilities-accepted.txt
work=$(mktemp -d)
container=
clean_up() {
  if [ -n "$container" ]; then docker rm "$container" >/dev/null; fi
  rm -rf "$work"
}
trap clean_up EXIT

bill=${SBOM:-}
if [ -z "$bill" ]; then
  read -r -a digests <<<"${DIGESTS:?the digests of the images are required}"
  container=$(docker create "${REPOSITORY:?registry/name of the image is required}@${digests[0]}")
  docker cp -q "$container:/app/jeth-proxy.cdx.json" "$work/bill.json"
  bill=$work/bill.json
fi

jq '{queries: [.components[].purl | select(startswith("pkg:maven/")) | {package: {purl: sub("[?].*"; "")}}]}' "$bill" >"$work/ask.json"
count=$(jq '.queries | length' "$work/ask.json")
if [ "$count" -lt 1 ]; then
  echo "scan-image: $bill names no library" >&2
  exit 1
fi
curl -fsS --retry 4 --retry-connrefused --max-time 60 -H 'content-type: application/json' \
  --data-binary "@$work/ask.json" "${OSV_URL:-https://api.osv.dev}/v1/querybatch" >"$work/answer.json"
if [ "$(jq '.results | length' "$work/answer.json")" != "$count" ]; then
  echo "scan-image: asked for $count libraries, and OSV answered for $(jq '.results | length' "$work/answer.json")" >&2
  exit 1
fi

jq -r --slurpfile ask "$work/ask.json" '.results | to_entries[] | .key as $i | .value.vulns // [] | .[]
  | "\(.id) \($ask[0].queries[$i].package.purl)"' "$work/answer.json" | sort -u >"$work/found.txt"
sed -n 's/^\([A-Za-z0-9-]*\) .*/\1/p' "$accepted" | sort -u >"$work/accepted.txt"
join -v 2 "$work/accepted.txt" "$work/found.txt" >"$work/new.txt"
echo "scan-image: $count libraries, $(wc -l <"$work/found.txt") known vulnerabilities, $(wc -l <"$work/new.txt") of them not accepted"
if [ -s "$work/new.txt" ]; then
  cat "$work/new.txt"
  exit 1
fi
