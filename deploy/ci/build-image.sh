#!/usr/bin/env bash
# Builds the image for this machine's architecture and pushes it, with its provenance, as REPOSITORY:build-COMMIT-ARCHITECTURE.
# Says its digest on standard output, and to the workflow as the output that is named as the architecture.
#
#   REPOSITORY  registry/name, required
#   VERSION     for the label and the tag; a leading v is dropped; required
#   PROVENANCE  what buildx attests (mode=max; false where the engine cannot)
#   BUILD_ARGS  further arguments of `docker build`, separated by blanks
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/registry.sh
. deploy/ci/registry.sh

repository=${REPOSITORY:?registry/name of the image is required}
version=${VERSION:?the version is required}
commit=$(git rev-parse HEAD)
case $(uname -m) in
  x86_64) architecture=amd64 ;;
  aarch64 | arm64) architecture=arm64 ;;
  *)
    echo "build-image: $(uname -m) (expected: x86_64 or aarch64)" >&2
    exit 1
    ;;
esac
tag=$repository:build-$commit-$architecture

# Tags cannot be overwritten: a repeated run takes what the first one made.
digest=$(digest_of "$tag")
if [ -z "$digest" ]; then
  read -r -a arguments <<<"${BUILD_ARGS:-}"
  docker buildx build . --tag "$tag" --push --provenance "${PROVENANCE:-mode=max}" \
    --build-arg "VERSION=${version#v}" --build-arg "REVISION=$commit" \
    ${arguments[@]+"${arguments[@]}"} >&2
  digest=$(digest_of "$tag")
fi
case $digest in
  sha256:*) ;;
  *)
    echo "build-image: the registry has no digest for $tag" >&2
    exit 1
    ;;
esac
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "$architecture=$digest" >>"$GITHUB_OUTPUT"; fi
echo "$digest"
