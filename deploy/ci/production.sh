# shellcheck shell=bash
# What plan.sh and deploy.sh share: where production is, and its variables. Read with `.`; begins at the repository's root.
#
#   TF_BACKEND    the lines of backend.hcl
#   TF_VARIABLES  the lines of terraform.tfvars, no secrets
production=deploy/terraform/production

tf() { terraform -chdir="$production" "$@"; }

# A variable of the workflow is written over the file that lies there; without it, the file is used as it is.
set_up() {
  umask 077
  if [ -n "${TF_BACKEND:-}" ]; then printf '%s\n' "$TF_BACKEND" >"$production/backend.hcl"; fi
  if [ -n "${TF_VARIABLES:-}" ]; then printf '%s\n' "$TF_VARIABLES" >"$production/terraform.tfvars"; fi
  local file
  for file in backend.hcl terraform.tfvars; do
    if [ ! -s "$production/$file" ]; then
      echo "$production/$file is missing (see $file.example; in a workflow: TF_BACKEND, TF_VARIABLES)" >&2
      exit 1
    fi
  done
  tf init -input=false -backend-config=backend.hcl >/dev/null
}

# The digest that production was told to run last; empty before the first time. A state that cannot be read is an error: taken for
# the first time, it would leave nothing to go back to.
running_digest() {
  local outputs digest
  outputs=$(tf output -json) || return 1
  digest=$(jq -er 'if has("image_digest") then .image_digest.value else "none" end' <<<"$outputs") || return 1
  if [ "$digest" = none ]; then return 0; fi
  if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "the state names $digest as what runs (expected: sha256: and 64 hexadecimal digits)" >&2
    return 1
  fi
  printf '%s' "$digest"
}
