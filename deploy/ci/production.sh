# shellcheck shell=bash
# What plan.sh and deploy.sh share: where production is, and its variables. Read with `.`; begins at the repository's root.
#
#   TF_BACKEND    the lines of backend.hcl
#   TF_VARIABLES  the lines of terraform.tfvars, no secrets
production=deploy/terraform/production

tf() { terraform -chdir="$production" "$@"; }

# Files made from variables of the workflow; what lies there already is left alone.
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

# The digest that production was told to run last; empty before the first time.
running_digest() { tf output -raw image_digest 2>/dev/null | grep -oE '^sha256:[0-9a-f]{64}$' || true; }
