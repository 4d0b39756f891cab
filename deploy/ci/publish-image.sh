#!/usr/bin/env bash
# Joins the images of several architectures under the tags VERSION and COMMIT. Says the digest of the whole on standard
# output, and to the workflow as `digest`. Repeated, it changes nothing.
#
#   REPOSITORY  registry/name, required
#   VERSION     the tag; a leading v is dropped; required
#   DIGESTS     what build-image.sh said, separated by blanks; required
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/ci/registry.sh
. deploy/ci/registry.sh

repository=${REPOSITORY:?registry/name of the image is required}
version=${VERSION:?the version is required}
version=${version#v}
read -r -a digests <<<"${DIGESTS:?the digests of the images are required}"
commit=$(git rev-parse HEAD)

sources=()
for digest in "${digests[@]}"; do
  if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "publish-image: $digest (expected: sha256: and 64 hexadecimal digits)" >&2
    exit 1
  fi
  sources+=("$repository@$digest")
done

for tag in "$commit" "$version"; do
  there=$(digest_of "$repository:$tag")
  if [ -z "$there" ]; then
    docker buildx imagetools create --tag "$repository:$tag" "${sources[@]}" >&2
  fi
done
digest=$(digest_of "$repository:$commit")
published=$(digest_of "$repository:$version")
if [ -z "$digest" ] || [ "$digest" != "$published" ]; then
  echo "publish-image: $version is another commit's image already; a version is given once" >&2
  exit 1
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "digest=$digest" >>"$GITHUB_OUTPUT"; fi
echo "$digest"
