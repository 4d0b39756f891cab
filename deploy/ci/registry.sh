# shellcheck shell=bash
# What build-image.sh and publish-image.sh share. Read with `.`.

# digest_of REFERENCE: its digest; nothing when the registry has no such tag. Whatever else goes wrong is an error.
digest_of() {
  local answer
  if answer=$(docker buildx imagetools inspect "$1" --format '{{json .Manifest.Digest}}' 2>&1); then
    grep -oE '^"sha256:[0-9a-f]{64}"$' <<<"$answer" | tr -d '"'
  elif ! grep -qE ': not found$' <<<"$answer"; then
    echo "$1: $answer" >&2
    return 1
  fi
}
